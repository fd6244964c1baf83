using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;

namespace IlgpuEdm.SelfTests;

internal static class SelfTestResampling
{
    /// <summary>Up or down with a filter; h and w are those of the small images.</summary>
    public static void Filter(SelfTestRun run, int n, int h, int w, int c, int[] filter, bool up)
    {
        var name = $"{(up ? "up" : "down")}sampling with [{string.Join(", ", filter)}], {n} of {h}x{w}, {c} channels";
        var padding = ReferenceFilter.Padding(filter);
        float[] small = run.Numbers(n * h * w * c), large = run.Numbers(4 * small.Length);
        var x = up ? run.Leaf(small, n, h, w, c) : run.Leaf(large, n, 2 * h, 2 * w, c);
        double[] dsmall = SelfTestRun.Widen(small), dlarge = SelfTestRun.Widen(large);

        var y = up ? run.Tape.Upsample(x, filter) : run.Tape.Downsample(x, filter);
        run.Compare(
            name, y,
            up ? ReferenceFilter.Up(dsmall, filter, n, h, w, c, padding) : ReferenceFilter.Down(dlarge, filter, n, h, w, c, padding));
        run.Backward(y, up ? large : small);
        run.CompareGradient(
            $"{name}: gradient", x,
            up ? ReferenceFilter.UpGradient(dlarge, filter, n, h, w, c, padding)
                : ReferenceFilter.DownGradient(dsmall, filter, n, h, w, c, padding));
    }

    public static void Convolve(SelfTestRun run, ReferenceResamplingConvolution.Sizes s, int[] filter, bool up)
    {
        var name = $"convolution {s.K}x{s.K} {(up ? "up" : "down")} with [{string.Join(", ", filter)}], "
            + $"{s.N} of {s.H}x{s.W}, {s.In} to {s.Out} channels";
        int pixels = s.N * s.H * s.W, outPixels = up ? 4 * pixels : pixels / 4;
        float[] hx = run.Numbers(pixels * s.In), hw = run.Numbers(s.K * s.K * s.In * s.Out), hb = run.Numbers(s.Out);
        var hg = run.Numbers(outPixels * s.Out);
        var x = run.Leaf(hx, s.N, s.H, s.W, s.In);
        var weight = run.Parameter(hw, s.K, s.K, s.In, s.Out);
        var bias = run.Parameter(hb, s.Out);
        double[] dx = SelfTestRun.Widen(hx), dw = SelfTestRun.Widen(hw), db = SelfTestRun.Widen(hb), dg = SelfTestRun.Widen(hg);

        var y = up ? run.Tape.ConvolveUp(x, weight, bias, filter) : run.Tape.ConvolveDown(x, weight, bias, filter);
        run.Compare(
            name, y, up ? ReferenceResamplingConvolution.Up(dx, dw, db, filter, s) : ReferenceResamplingConvolution.Down(dx, dw, db, filter, s));
        run.Backward(y, hg);
        var gradients = up ? ReferenceResamplingConvolution.UpGradients(dx, dw, dg, filter, s)
            : ReferenceResamplingConvolution.DownGradients(dx, dw, dg, filter, s);
        run.CompareGradient($"{name}: gradient of input", x, gradients.X);
        run.CompareGradient($"{name}: gradient of weights", weight, gradients.Weight);
        run.CompareGradient($"{name}: gradient of bias", bias, gradients.Bias);
    }
}
