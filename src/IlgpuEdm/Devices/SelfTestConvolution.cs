using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Devices;

internal static class SelfTestConvolution
{
    public static void Convolve(SelfTestRun run, int n, int h, int w, int inC, int outC, int k, bool epilogue)
    {
        var name = $"convolution {k}x{k}, {n} of {h}x{w}, {inC} to {outC} channels{(epilogue ? ", shift, residual, scale" : "")}";
        int pixels = h * w, size = n * pixels * outC;
        float[] hx = run.Numbers(n * pixels * inC), hw = run.Numbers(k * k * inC * outC), hb = run.Numbers(outC), hg = run.Numbers(size);
        float[] hs = run.Numbers(n * outC), hr = run.Numbers(size);
        var x = run.Leaf(hx, n, h, w, inC);
        var weight = run.Parameter(hw, k, k, inC, outC);
        var bias = run.Parameter(hb, outC);
        var shift = epilogue ? run.Leaf(hs, n, outC) : null;
        var residual = epilogue ? run.Leaf(hr, n, h, w, outC) : null;
        var scale = epilogue ? 0.7f : 1f;

        var y = run.Tape.Convolve(x, weight, bias, shift, residual, scale);
        double[] dx = SelfTestRun.Widen(hx), dw = SelfTestRun.Widen(hw);
        var expected = ReferenceConvolution.Forward(dx, dw, SelfTestRun.Widen(hb), n, h, w, inC, outC, k);
        for (var i = 0; epilogue && i < size; i++)
        {
            expected[i] = (expected[i] + hs[i / (pixels * outC) * outC + i % outC] + hr[i]) * scale;
        }

        run.Compare(name, y, expected);
        run.Backward(y, hg);
        var dy = Array.ConvertAll(hg, g => (double)g * scale);
        run.CompareGradient($"{name}: gradient of input", x, ReferenceConvolution.InputGradient(dy, dw, n, h, w, inC, outC, k));
        run.CompareGradient($"{name}: gradient of weights", weight, ReferenceConvolution.WeightGradient(dx, dy, n, h, w, inC, outC, k));
        run.CompareGradient($"{name}: gradient of bias", bias, ReferenceConvolution.BiasGradient(dy, outC));
        if (epilogue)
        {
            run.CompareGradient($"{name}: gradient of shift", shift!, SumOfPixels(dy, n, pixels, outC));
            run.CompareGradient($"{name}: gradient of residual", residual!, dy);
        }
    }

    private static double[] SumOfPixels(double[] values, int n, int pixels, int channels)
    {
        var sums = new double[n * channels];
        for (var i = 0; i < values.Length; i++)
        {
            sums[i / (pixels * channels) * channels + i % channels] += values[i];
        }

        return sums;
    }
}
