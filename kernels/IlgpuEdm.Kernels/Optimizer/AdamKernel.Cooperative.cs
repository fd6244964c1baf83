using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Optimizer;

/// <content>The cooperative schedule: a thread takes four parameters at a time, a group of threads 4,096.</content>
public static partial class AdamKernel
{
    /// <summary>Groups of threads for a task of <see cref="Piece"/> parameters.</summary>
    public const int GroupsOfTask = Piece / GroupPiece;

    private const int GroupPiece = 4096;
    private const int Stride = 4 * CooperativeAttribute.GroupSize;

    /// <summary>As <see cref="Step"/>, with <see cref="GroupsOfTask"/> groups a task, which may lie behind the last parameter.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="m">First moments.</param>
    /// <param name="v">Second moments.</param>
    /// <param name="ema">The moving average.</param>
    /// <param name="scalars">The numbers of this step.</param>
    /// <param name="replaced">Receives, for each group, how many gradients were not finite.</param>
    /// <param name="count">Parameters.</param>
    [Cooperative]
    public static void StepCooperative(
        ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> m, ArrayView<float> v, ArrayView<float> ema,
        ArrayView<float> scalars, ArrayView<float> replaced, int count)
    {
        var shared = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var numbers = StepNumbers.Read(scalars);
        var start = Grid.IdxX * GroupPiece;
        var left = count - start;
        var end = start + (left < GroupPiece ? left : GroupPiece);
        var last = end - 4;
        var bad = 0f;
        for (var i = start + 4 * Group.IdxX; i <= last; i += Stride)
        {
            var g = Float32.Load4(gradients, i);
            var w = Float32.Load4(weights, i);
            var first = Float32.Load4(m, i);
            var second = Float32.Load4(v, i);
            var average = Float32.Load4(ema, i);
            bad += Bad(g.X) + Bad(g.Y) + (Bad(g.Z) + Bad(g.W));
            var x = Next(w.X, g.X, first.X, second.X, average.X, numbers);
            var y = Next(w.Y, g.Y, first.Y, second.Y, average.Y, numbers);
            var z = Next(w.Z, g.Z, first.Z, second.Z, average.Z, numbers);
            var u = Next(w.W, g.W, first.W, second.W, average.W, numbers);
            Float32.Store4(weights, i, new Float4(x.Weight, y.Weight, z.Weight, u.Weight));
            Float32.Store4(m, i, new Float4(x.First, y.First, z.First, u.First));
            Float32.Store4(v, i, new Float4(x.Second, y.Second, z.Second, u.Second));
            Float32.Store4(ema, i, new Float4(x.Average, y.Average, z.Average, u.Average));
        }

        // The last parameters of all, where they fill no four.
        var rest = left > 0 && left < GroupPiece ? left & 3 : 0;
        if (Group.IdxX < rest)
        {
            var i = end - rest + Group.IdxX;
            bad += Bad(gradients[i]);
            var x = Next(weights[i], gradients[i], m[i], v[i], ema[i], numbers);
            weights[i] = x.Weight;
            m[i] = x.First;
            v[i] = x.Second;
            ema[i] = x.Average;
        }

        bad = GroupSums.OverRuns(shared, bad, CooperativeAttribute.GroupSize);
        if (Group.IdxX == 0)
        {
            replaced[Grid.IdxX] = bad;
        }
    }

    // 1 for what is not finite.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Bad(float gradient) => gradient <= float.MaxValue && gradient >= -float.MaxValue ? 0f : 1f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Updated Next(float weight, float gradient, float first, float second, float average, StepNumbers s)
    {
        if (!(gradient <= float.MaxValue && gradient >= -float.MaxValue))
        {
            gradient = gradient > 0f ? 1e5f : gradient < 0f ? -1e5f : 0f;
        }

        first = s.Beta1 * first + s.Rest1 * gradient;
        second = s.Beta2 * second + s.Rest2 * gradient * gradient;
        weight -= s.StepSize * first / (MathF.Sqrt(second) * s.Correction + s.Epsilon);
        return new Updated { Weight = weight, First = first, Second = second, Average = weight + s.Keep * (average - weight) };
    }

    private struct Updated
    {
        public float Weight;
        public float First;
        public float Second;
        public float Average;
    }

    private struct StepNumbers
    {
        public float StepSize;
        public float Beta1;
        public float Rest1;
        public float Beta2;
        public float Rest2;
        public float Correction;
        public float Epsilon;
        public float Keep;

        public static StepNumbers Read(ArrayView<float> scalars) => new()
        {
            StepSize = scalars[Adam.StepSize],
            Beta1 = scalars[Adam.Beta1],
            Rest1 = scalars[Adam.Rest1],
            Beta2 = scalars[Adam.Beta2],
            Rest2 = scalars[Adam.Rest2],
            Correction = scalars[Adam.SquareCorrection],
            Epsilon = scalars[Adam.Epsilon],
            Keep = scalars[Adam.EmaBeta],
        };
    }
}
