using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Devices;

internal static class SelfTestImages
{
    public static void Concatenate(SelfTestRun run, int n, int h, int w, int first, int second)
    {
        var name = $"joined channels, {n} of {h}x{w}, {first} and {second}";
        int pixels = n * h * w, size = first + second;
        float[] ha = run.Numbers(pixels * first), hb = run.Numbers(pixels * second), hg = run.Numbers(pixels * size);
        Tensor a = run.Leaf(ha, n, h, w, first), b = run.Leaf(hb, n, h, w, second);

        var y = run.Tape.Concatenate(a, b);
        var expected = new double[pixels * size];
        double[] da = new double[ha.Length], db = new double[hb.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            int pixel = i / size, channel = i % size;
            if (channel < first)
            {
                expected[i] = ha[pixel * first + channel];
                da[pixel * first + channel] = hg[i];
            }
            else
            {
                expected[i] = hb[pixel * second + channel - first];
                db[pixel * second + channel - first] = hg[i];
            }
        }

        run.Compare(name, y, expected);
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient of first", a, da);
        run.CompareGradient($"{name}: gradient of second", b, db);
    }

    public static void Upsample(SelfTestRun run, int n, int h, int w, int c)
    {
        var name = $"upsampling, {n} of {h}x{w}, {c} channels";
        float[] hx = run.Numbers(n * h * w * c), hg = run.Numbers(4 * hx.Length);
        var x = run.Leaf(hx, n, h, w, c);

        var y = run.Tape.Upsample(x);
        run.Compare(name, y, ReferenceResample.Up(SelfTestRun.Widen(hx), n, h, w, c));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient", x, ReferenceResample.UpGradient(SelfTestRun.Widen(hg), n, h, w, c));
    }

    public static void Downsample(SelfTestRun run, int n, int h, int w, int c)
    {
        var name = $"downsampling, {n} of {h}x{w}, {c} channels";
        float[] hx = run.Numbers(n * h * w * c), hg = run.Numbers(hx.Length / 4);
        var x = run.Leaf(hx, n, h, w, c);

        var y = run.Tape.Downsample(x);
        run.Compare(name, y, ReferenceResample.Down(SelfTestRun.Widen(hx), n, h, w, c));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient", x, ReferenceResample.DownGradient(SelfTestRun.Widen(hg), n, h, w, c));
    }
}
