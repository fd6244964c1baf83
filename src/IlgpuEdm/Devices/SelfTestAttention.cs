using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Devices;

/// <summary>What is made of matrix products.</summary>
internal static class SelfTestAttention
{
    public static void Attend(SelfTestRun run, int n, int h, int w, int c, int heads)
    {
        var name = $"attention, {n} of {h}x{w}, {c} channels in {heads} heads";

        // Scores of a few units, so that the softmax is neither flat nor a choice of one.
        var hx = Array.ConvertAll(run.Numbers(n * h * w * 3 * c), v => 2f * v);
        var hg = run.Numbers(n * h * w * c);
        var qkv = run.Leaf(hx, n, h, w, 3 * c);

        var y = run.Tape.Attend(qkv, heads);
        var dx = SelfTestRun.Widen(hx);
        run.Compare(name, y, ReferenceAttention.Forward(dx, n, h * w, c, heads));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient", qkv, ReferenceAttention.Gradient(dx, SelfTestRun.Widen(hg), n, h * w, c, heads));
    }

    public static void Linear(SelfTestRun run, int rows, int inF, int outF, bool useBias = true)
    {
        var name = $"linear, {rows} rows, {inF} to {outF} features{(useBias ? "" : ", no bias")}";
        float[] hx = run.Numbers(rows * inF), hw = run.Numbers(inF * outF), hb = run.Numbers(outF), hg = run.Numbers(rows * outF);
        var x = run.Leaf(hx, rows, inF);
        var weight = run.Parameter(hw, inF, outF);
        var bias = useBias ? run.Parameter(hb, outF) : null;

        var y = run.Tape.Linear(x, weight, bias);
        double[] dx = SelfTestRun.Widen(hx), dw = SelfTestRun.Widen(hw), dy = SelfTestRun.Widen(hg);
        run.Compare(name, y, ReferenceLinear.Forward(dx, dw, useBias ? SelfTestRun.Widen(hb) : null, rows, inF, outF));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient of input", x, ReferenceLinear.InputGradient(dy, dw, rows, inF, outF));
        run.CompareGradient($"{name}: gradient of weights", weight, ReferenceLinear.WeightGradient(dx, dy, rows, inF, outF));
        if (bias != null)
        {
            run.CompareGradient($"{name}: gradient of bias", bias, ReferenceLinear.BiasGradient(dy, outF));
        }
    }
}
