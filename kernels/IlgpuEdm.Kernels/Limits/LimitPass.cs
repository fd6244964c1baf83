using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Limits;

/// <summary>
/// The cooperative schedule of <see cref="LimitKernels"/>: a group has a run of numbers, of which its threads take sixteen bytes at a time,
/// side by side.
/// </summary>
public static class LimitPass
{
    /// <summary>Numbers of a group of <see cref="MultiplyAdd"/>.</summary>
    public const int Width = 2 * Step;

    /// <summary>Operations of a group and round of <see cref="MultiplyAdd"/>.</summary>
    public const int Flops = 2 * Width;

    // Floats that a group takes at once.
    private const int Step = 4 * CooperativeAttribute.GroupSize;

    private const float Factor = 0.75f;
    private const float Summand = 0.25f;

    /// <summary>Multiplies and adds in registers, <c>x = 0.75 x + 0.25</c>: eight chains a thread, four rounds without a branch.</summary>
    /// <param name="x"><see cref="Width"/> numbers a group.</param>
    /// <param name="rounds">How often; a multiple of 4.</param>
    /// <param name="repeats">How often to begin anew.</param>
    [Cooperative]
    public static void MultiplyAdd(ArrayView<float> x, int rounds, int repeats)
    {
        var i = Grid.IdxX * Width + 4 * Group.IdxX;
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var a = Float32.Load4(x, i);
            var b = Float32.Load4(x, i + Step);
            for (var round = 0; round < rounds; round += 4)
            {
                a = Once(Once(Once(Once(a))));
                b = Once(Once(Once(Once(b))));
            }

            Float32.Store4(x, i, a);
            Float32.Store4(x, i + Step, b);
        }
    }

    /// <summary>Copies a run to another.</summary>
    /// <param name="x">A run a group.</param>
    /// <param name="y">The copy.</param>
    /// <param name="count">Floats of a run; a multiple of 4.</param>
    /// <param name="repeats">How often.</param>
    [Cooperative]
    public static void Copy(ArrayView<float> x, ArrayView<float> y, int count, int repeats)
    {
        var start = Grid.IdxX * count + 4 * Group.IdxX;
        var end = (Grid.IdxX + 1) * count;
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var i = start;
            for (; i < end - 3 * Step; i += 4 * Step)
            {
                var v0 = Float32.Load4(x, i);
                var v1 = Float32.Load4(x, i + Step);
                var v2 = Float32.Load4(x, i + 2 * Step);
                var v3 = Float32.Load4(x, i + 3 * Step);
                Float32.Store4(y, i, v0);
                Float32.Store4(y, i + Step, v1);
                Float32.Store4(y, i + 2 * Step, v2);
                Float32.Store4(y, i + 3 * Step, v3);
            }

            for (; i < end; i += Step)
            {
                Float32.Store4(y, i, Float32.Load4(x, i));
            }
        }
    }

    /// <summary>Reads a run.</summary>
    /// <param name="x">A run a group.</param>
    /// <param name="y">A sum a thread; a group's together are that of its run.</param>
    /// <param name="count">Floats of a run; a multiple of 4.</param>
    /// <param name="repeats">How often.</param>
    [Cooperative]
    public static void Read(ArrayView<float> x, ArrayView<float> y, int count, int repeats)
    {
        var start = Grid.IdxX * count + 4 * Group.IdxX;
        var end = (Grid.IdxX + 1) * count;
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            Float4 s0 = default, s1 = default, s2 = default, s3 = default;
            var i = start;
            for (; i < end - 3 * Step; i += 4 * Step)
            {
                s0 = Float4.MultiplyAdd(1f, Float32.Load4(x, i), s0);
                s1 = Float4.MultiplyAdd(1f, Float32.Load4(x, i + Step), s1);
                s2 = Float4.MultiplyAdd(1f, Float32.Load4(x, i + 2 * Step), s2);
                s3 = Float4.MultiplyAdd(1f, Float32.Load4(x, i + 3 * Step), s3);
            }

            for (; i < end; i += Step)
            {
                s0 = Float4.MultiplyAdd(1f, Float32.Load4(x, i), s0);
            }

            y[WorkItem.Index()] = Sum(s0) + Sum(s1) + (Sum(s2) + Sum(s3));
        }
    }

    private static Float4 Once(Float4 v) => Float4.MultiplyAdd(Factor, v, new Float4(Summand, Summand, Summand, Summand));

    private static float Sum(Float4 v) => v.X + v.Y + (v.Z + v.W);
}
