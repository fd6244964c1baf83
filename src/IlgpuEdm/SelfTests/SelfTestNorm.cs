using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;

namespace IlgpuEdm.SelfTests;

internal static class SelfTestNorm
{
    private const float Epsilon = 1e-6f;

    public static void Normalize(SelfTestRun run, int n, int h, int w, int c, int groups, bool silu)
    {
        var name = $"group norm{(silu ? " and SiLU" : "")}, {n} of {h}x{w}, {c} channels in {groups} groups";
        float[] hx = run.Numbers(n * h * w * c), hgamma = run.Numbers(c), hbeta = run.Numbers(c), hg = run.Numbers(hx.Length);
        var x = run.Leaf(hx, n, h, w, c);
        var gamma = run.Parameter(hgamma, c);
        var beta = run.Parameter(hbeta, c);

        var y = run.Tape.Normalize(x, gamma, beta, groups, Epsilon, silu);
        double[] dx = SelfTestRun.Widen(hx), dgamma = SelfTestRun.Widen(hgamma), dbeta = SelfTestRun.Widen(hbeta);
        run.Compare(name, y, ReferenceGroupNorm.Forward(dx, dgamma, dbeta, n, h * w, c, groups, Epsilon, silu));
        run.Backward(y, hg);
        var gradients = ReferenceGroupNorm.Backward(dx, dgamma, dbeta, SelfTestRun.Widen(hg), n, h * w, c, groups, Epsilon, silu);
        run.CompareGradient($"{name}: gradient of input", x, gradients.X);
        run.CompareGradient($"{name}: gradient of scale", gamma, gradients.Gamma);
        run.CompareGradient($"{name}: gradient of shift", beta, gradients.Beta);
    }

    public static void NormalizeAdaptive(SelfTestRun run, int n, int h, int w, int c, int groups)
    {
        var name = $"adaptive group norm and SiLU, {n} of {h}x{w}, {c} channels in {groups} groups";
        float[] hx = run.Numbers(n * h * w * c), hgamma = run.Numbers(c), hbeta = run.Numbers(c), hg = run.Numbers(hx.Length);
        var hscale = Array.ConvertAll(run.Numbers(n * 2 * c), v => 2f * v);
        Tensor x = run.Leaf(hx, n, h, w, c), scaleShift = run.Leaf(hscale, n, 2 * c);
        Tensor gamma = run.Parameter(hgamma, c), beta = run.Parameter(hbeta, c);

        var y = run.Tape.NormalizeAdaptive(x, gamma, beta, scaleShift, groups, Epsilon);
        double[] dx = SelfTestRun.Widen(hx), dgamma = SelfTestRun.Widen(hgamma), dbeta = SelfTestRun.Widen(hbeta);
        var dscale = SelfTestRun.Widen(hscale);
        run.Compare(name, y, ReferenceAdaptiveGroupNorm.Forward(dx, dgamma, dbeta, dscale, n, h * w, c, groups, Epsilon));
        run.Backward(y, hg);
        var gradients = ReferenceAdaptiveGroupNorm.Backward(
            dx, dgamma, dbeta, dscale, SelfTestRun.Widen(hg), n, h * w, c, groups, Epsilon);
        run.CompareGradient($"{name}: gradient of input", x, gradients.X);
        run.CompareGradient($"{name}: gradient of the norm's scale", gamma, gradients.Gamma);
        run.CompareGradient($"{name}: gradient of the norm's shift", beta, gradients.Beta);
        run.CompareGradient($"{name}: gradient of each image's scale and shift", scaleShift, gradients.ScaleShift);
    }
}
