using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;

namespace IlgpuEdm.Autodiff;

/// <summary>Element-wise operations.</summary>
public static class Elementwise
{
    /// <summary>Sum: <c>a + b</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">First term.</param>
    /// <param name="b">Second term, of the same shape.</param>
    /// <returns>The sum.</returns>
    public static Tensor Add(this Tape tape, Tensor a, Tensor b)
    {
        Shapes.Require(Shapes.Same(b, a), [a, b]);
        var y = tape.New([.. a.Shape]);
        Combine(a, b, y, 1f, 1f, accumulate: false);
        tape.Record(y, [a, b], dy =>
        {
            if (tape.WantsGradient(b, out var db, out var accumulate))
            {
                Combine(dy, null, db, 1f, 0f, accumulate != 0);
            }

            tape.AddGradient(a, dy);
        });
        return y;
    }

    /// <summary>Scaled sum: <c>(a + b) * scale</c>, such as a residual connection with the factor sqrt(0.5) that keeps the variance.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">First term.</param>
    /// <param name="b">Second term, of the same shape.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <returns>The scaled sum.</returns>
    public static Tensor AddScaled(this Tape tape, Tensor a, Tensor b, float scale)
    {
        Shapes.Require(Shapes.Same(b, a), [a, b]);
        var y = tape.New([.. a.Shape]);
        Combine(a, b, y, scale, scale, accumulate: false);
        tape.Record(y, [a, b], dy =>
        {
            if (tape.WantsGradient(b, out var db, out var accumulate))
            {
                Combine(dy, null, db, scale, 0f, accumulate != 0);
            }

            if (a.RequiresGradient)
            {
                Combine(dy, null, dy, scale, 0f, accumulate: false);
            }

            tape.AddGradient(a, dy);
        });
        return y;
    }

    /// <summary>SiLU, <c>x * sigmoid(x)</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">The input.</param>
    /// <returns>As the input.</returns>
    public static Tensor Silu(this Tape tape, Tensor x)
    {
        var device = tape.Device;
        var y = tape.New([.. x.Shape]);
        var items = device.WorkItems(ElementwiseKernels.Tasks(x.Length));
        device.Launch(ElementwiseKernels.Silu, items, new KernelWork(0, 8.0 * x.Length), x.View, y.View, x.Length);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                device.Launch(
                    ElementwiseKernels.SiluBackward, items, new KernelWork(0, 12.0 * x.Length),
                    x.View, dy.View, dx.View, x.Length, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    /// <summary>A weighted sum with factors of each image: <c>p[n] * a[n] + q[n] * b[n]</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">First tensor, <c>[N, ...]</c>.</param>
    /// <param name="b">Second tensor, of the same shape; null for none.</param>
    /// <param name="p">Factors of the first.</param>
    /// <param name="q">Factors of the second; not read where there is none.</param>
    /// <returns>As the inputs.</returns>
    public static Tensor CombineImages(this Tape tape, Tensor a, Tensor? b, ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        var batch = a.Size(0);
        Shapes.Require(Shapes.Same(b, a), [a, b]);
        Shapes.Require(p.Length == batch && (b == null || q.Length == batch), [a]);
        var factors = tape.New(5 * batch);
        // (p, q) forward, (q, 0) for b's gradient, (p, 0) for a's: each a window of this list.
        var list = new float[5 * batch];
        p.CopyTo(list);
        p.CopyTo(list.AsSpan(3 * batch));
        if (b != null)
        {
            q.CopyTo(list.AsSpan(batch));
        }

        factors.Upload(list);
        var y = tape.New([.. a.Shape]);
        Launch(a, b ?? a, 0, y, 0);
        tape.Record(
            y, [a, b],
            dy =>
            {
                if (tape.WantsGradient(b, out var db, out var accumulate))
                {
                    Launch(dy, dy, batch, db, accumulate);
                }

                if (tape.WantsGradient(a, out var da, out accumulate))
                {
                    Launch(dy, dy, 3 * batch, da, accumulate);
                }

                dy.Release();
            },
            factors);
        return y;

        void Launch(Tensor first, Tensor second, int window, Tensor result, int accumulate) => tape.Device.Launch(
            ElementwiseKernels.CombineImages, tape.Device.WorkItems(batch), new KernelWork(0, 12.0 * a.Length),
            first.View, second.View, factors.View.SubView(window, 2 * batch), result.View, batch, a.Length / batch, accumulate);
    }

    /// <summary><c>y = p * a + q * b</c>, or added to y; not recorded.</summary>
    internal static void Combine(Tensor a, Tensor? b, Tensor y, float p, float q, bool accumulate)
    {
        var device = a.Device;
        device.Launch(
            ElementwiseKernels.Combine, device.WorkItems(ElementwiseKernels.Tasks(a.Length)), new KernelWork(0, 12.0 * a.Length),
            a.View, (b ?? a).View, y.View, a.Length, p, b == null ? 0f : q, accumulate ? 1 : 0);
    }

    /// <summary><c>y += rate * (x - y)</c>; not recorded.</summary>
    internal static void Approach(Tensor x, Tensor y, float rate)
    {
        Shapes.Require(Shapes.Same(x, y), [x, y]);
        var device = x.Device;
        device.Launch(
            ElementwiseKernels.Approach, device.WorkItems(ElementwiseKernels.Tasks(x.Length)), new KernelWork(0, 12.0 * x.Length),
            x.View, y.View, x.Length, rate);
    }

    /// <summary>Writes one value everywhere; not recorded.</summary>
    internal static void Fill(Tensor y, float value)
    {
        var device = y.Device;
        device.Launch(
            ElementwiseKernels.Fill, device.WorkItems(ElementwiseKernels.Tasks(y.Length)), new KernelWork(0, 4.0 * y.Length),
            y.View, y.Length, value);
    }
}
