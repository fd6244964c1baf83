using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;

namespace IlgpuEdm.SelfTests;

internal static class SelfTestElementwise
{
    public static void Silu(SelfTestRun run, int rows, int columns)
    {
        var name = $"SiLU, {rows} of {columns}";

        // From where the sigmoid is nearly 0 to where it is nearly 1.
        var hx = Array.ConvertAll(run.Numbers(rows * columns), v => 20f * v);
        var hg = run.Numbers(hx.Length);
        var x = run.Leaf(hx, rows, columns);

        var y = run.Tape.Silu(x);
        run.Compare(name, y, ReferenceSilu.Forward(SelfTestRun.Widen(hx)));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient", x, ReferenceSilu.Gradient(SelfTestRun.Widen(hx), SelfTestRun.Widen(hg)));
    }

    public static void Add(SelfTestRun run, int rows, int columns)
    {
        var name = $"sum, {rows} of {columns}";
        float[] ha = run.Numbers(rows * columns), hb = run.Numbers(ha.Length), hg = run.Numbers(ha.Length);
        Tensor a = run.Leaf(ha, rows, columns), b = run.Leaf(hb, rows, columns);

        var y = run.Tape.Add(a, b);
        run.Compare(name, y, [.. ha.Zip(hb, (u, v) => (double)u + v)]);
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient of first", a, SelfTestRun.Widen(hg));
        run.CompareGradient($"{name}: gradient of second", b, SelfTestRun.Widen(hg));
    }

    public static void AddScaled(SelfTestRun run, int rows, int columns)
    {
        const float scale = 0.70710678f;
        var name = $"scaled sum, {rows} of {columns}";
        float[] ha = run.Numbers(rows * columns), hb = run.Numbers(ha.Length), hg = run.Numbers(ha.Length);
        Tensor a = run.Leaf(ha, rows, columns), b = run.Leaf(hb, rows, columns);

        var y = run.Tape.AddScaled(a, b, scale);
        run.Compare(name, y, [.. ha.Zip(hb, (u, v) => ((double)u + v) * scale)]);
        run.Backward(y, hg);
        var gradient = Array.ConvertAll(hg, g => (double)g * scale);
        run.CompareGradient($"{name}: gradient of first", a, gradient);
        run.CompareGradient($"{name}: gradient of second", b, gradient);
    }

    public static void Approach(SelfTestRun run, int count)
    {
        const float rate = 0.3f;
        float[] hx = run.Numbers(count), hy = run.Numbers(count);
        var y = run.Tape.From(hy, count);
        Elementwise.Approach(run.Tape.From(hx, count), y, rate);
        run.Compare($"moving average, {count}", y, [.. hx.Zip(hy, (to, old) => old + (double)rate * ((double)to - old))]);
    }

    public static void CombineImages(SelfTestRun run, int n, int size, bool two)
    {
        var name = $"weighted {(two ? "sum of two images" : "images")}, {n} of {size}";
        float[] ha = run.Numbers(n * size), hb = run.Numbers(ha.Length), hg = run.Numbers(ha.Length);
        float[] p = run.Numbers(n), q = run.Numbers(n);
        var a = run.Leaf(ha, n, size);
        var b = two ? run.Leaf(hb, n, size) : null;

        var y = run.Tape.CombineImages(a, b, p, two ? q : default);
        run.Compare(name, y, Map(i => (double)p[i / size] * ha[i] + (two ? (double)q[i / size] * hb[i] : 0)));
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient of first", a, Map(i => (double)p[i / size] * hg[i]));
        if (b != null)
        {
            run.CompareGradient($"{name}: gradient of second", b, Map(i => (double)q[i / size] * hg[i]));
        }

        double[] Map(Func<int, double> value) => [.. Enumerable.Range(0, n * size).Select(value)];
    }
}
