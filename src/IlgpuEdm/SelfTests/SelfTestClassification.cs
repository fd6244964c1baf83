using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.SelfTests;

internal static class SelfTestClassification
{
    public static void MeanPixels(SelfTestRun run, int n, int h, int w, int c)
    {
        var name = $"mean over pixels, {n} of {h}x{w}, {c} channels";
        float[] hx = run.Numbers(n * h * w * c), hg = run.Numbers(n * c);
        var x = run.Leaf(hx, n, h, w, c);

        var y = run.Tape.MeanPixels(x);
        run.Compare(name, y, ReferenceClassification.MeanPixels(SelfTestRun.Widen(hx), n, h * w, c));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient", x, ReferenceClassification.MeanPixelsGradient(SelfTestRun.Widen(hg), n, h * w, c));
    }

    public static void CrossEntropy(SelfTestRun run, int n, int classes, float size)
    {
        var name = $"cross-entropy, {n} of {classes} classes, logits up to {size}";
        const float factor = 0.25f;
        float[] hz = [.. run.Numbers(n * classes).Select(v => size * v)];
        int[] labels = [.. run.Numbers(n).Select(v => (int)((v + 1) / 2 * classes) % classes)];

        var (loss, gradient) = run.Tape.SoftmaxCrossEntropy(run.Tape.From(hz, n, classes), labels, factor);
        run.Compare(name, loss, ReferenceClassification.CrossEntropy(SelfTestRun.Widen(hz), labels));
        run.Compare(
            $"{name}: gradient", gradient, ReferenceClassification.CrossEntropyGradient(SelfTestRun.Widen(hz), labels, factor));
    }
}
