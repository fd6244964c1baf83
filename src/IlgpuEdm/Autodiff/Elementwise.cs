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
        var y = tape.NewLike(a);
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
        var y = tape.NewLike(a);
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
        var y = tape.NewLike(x);
        ElementwiseLaunch.Silu(x, y);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                ElementwiseLaunch.SiluGradient(x, dy, dx, accumulate);
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
        var y = tape.NewLike(a);
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

        void Launch(Tensor first, Tensor second, int window, Tensor result, int accumulate) =>
            ElementwiseLaunch.CombineImages(first, second, factors.View.SubView(window, 2 * batch), result, batch, accumulate);
    }

    /// <summary><c>y = p * a + q * b</c>, or added to y; not recorded.</summary>
    internal static void Combine(Tensor a, Tensor? b, Tensor y, float p, float q, bool accumulate) =>
        ElementwiseLaunch.Combine(a, b ?? a, y, p, b == null ? 0f : q, accumulate ? 1 : 0);

    /// <summary><c>y += rate * (x - y)</c>; not recorded.</summary>
    internal static void Approach(Tensor x, Tensor y, float rate)
    {
        Shapes.Require(Shapes.Same(x, y), [x, y]);
        ElementwiseLaunch.Approach(x, y, rate);
    }

    /// <summary>Writes one value everywhere; not recorded.</summary>
    internal static void Fill(Tensor y, float value) => ElementwiseLaunch.Fill(y, value);
}
