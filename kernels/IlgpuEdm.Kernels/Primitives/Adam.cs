using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>One step of Adam and of the moving average on a run of parameters, with the guard against non-finite gradients.</summary>
public static class Adam
{
    /// <summary>Where each number of the step stands in the small buffer that the kernel reads.</summary>
    /// <remarks>
    /// learning rate / (1 - beta1^t); beta1; 1 - beta1; beta2; 1 - beta2 (rounded after the subtraction, which matters for betas near
    /// 1); 1 / sqrt(1 - beta2^t); epsilon; the factor that keeps the old average.
    /// </remarks>
    public const int StepSize = 0, Beta1 = 1, Rest1 = 2, Beta2 = 3, Rest2 = 4, SquareCorrection = 5, Epsilon = 6, EmaBeta = 7;

    /// <summary>How many numbers there are.</summary>
    public const int ScalarCount = 8;

    /// <summary>The numbers of a step, in their places.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    /// <param name="step">The step's number t, from 1.</param>
    /// <param name="emaBeta">What the average keeps of itself.</param>
    /// <returns>What the kernel reads.</returns>
    public static float[] Scalars(double learningRate, double beta1, double beta2, double epsilon, long step, double emaBeta)
    {
        var scalars = new float[ScalarCount];
        scalars[StepSize] = (float)(learningRate / (1 - Math.Pow(beta1, step)));
        scalars[Beta1] = (float)beta1;
        scalars[Rest1] = (float)(1 - beta1);
        scalars[Beta2] = (float)beta2;
        scalars[Rest2] = (float)(1 - beta2);
        scalars[SquareCorrection] = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
        scalars[Epsilon] = (float)epsilon;
        scalars[EmaBeta] = (float)emaBeta;
        return scalars;
    }

    /// <summary>
    /// A gradient that is not a number counts as 0, an infinite one as +-1e5; then <c>m = beta1 m + (1 - beta1) g</c>,
    /// <c>v = beta2 v + (1 - beta2) g^2</c>, <c>w -= step m / (sqrt(v) correction + epsilon)</c>, <c>ema = beta ema + (1 - beta) w</c>.
    /// </summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="m">First moments.</param>
    /// <param name="v">Second moments.</param>
    /// <param name="ema">The moving average of the parameters.</param>
    /// <param name="scalars">The numbers of the step.</param>
    /// <param name="offset">Where the run starts.</param>
    /// <param name="count">Its length.</param>
    /// <param name="replaced">Receives how many gradients were not finite.</param>
    /// <param name="replacedOffset">Where.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Update(
        ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> m, ArrayView<float> v, ArrayView<float> ema,
        ArrayView<float> scalars, int offset, int count, ArrayView<float> replaced, int replacedOffset)
    {
        ref var w = ref weights[offset];
        ref var g = ref gradients[offset];
        ref var m1 = ref m[offset];
        ref var m2 = ref v[offset];
        ref var average = ref ema[offset];
        var step = new Vector<float>(scalars[StepSize]);
        var beta1 = new Vector<float>(scalars[Beta1]);
        var rest1 = new Vector<float>(scalars[Rest1]);
        var beta2 = new Vector<float>(scalars[Beta2]);
        var rest2 = new Vector<float>(scalars[Rest2]);
        var correction = new Vector<float>(scalars[SquareCorrection]);
        var epsilon = new Vector<float>(scalars[Epsilon]);
        var keep = new Vector<float>(scalars[EmaBeta]);
        var limit = new Vector<float>(float.MaxValue);
        var bad = Vector<int>.Zero;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var gradient = Vector.LoadUnsafe(ref g, (nuint)i);
            var finite = Vector.LessThanOrEqual(Vector.Abs(gradient), limit);
            bad += Vector<int>.One + finite;
            var infinite = Vector.ConditionalSelect(
                Vector.GreaterThan(gradient, limit), new Vector<float>(1e5f),
                Vector.ConditionalSelect(Vector.LessThan(gradient, -limit), new Vector<float>(-1e5f), Vector<float>.Zero));
            gradient = Vector.ConditionalSelect(finite, gradient, infinite);
            var first = beta1 * Vector.LoadUnsafe(ref m1, (nuint)i) + rest1 * gradient;
            var second = beta2 * Vector.LoadUnsafe(ref m2, (nuint)i) + rest2 * gradient * gradient;
            var weight = Vector.LoadUnsafe(ref w, (nuint)i) - step * first / (Vector.SquareRoot(second) * correction + epsilon);
            var old = Vector.LoadUnsafe(ref average, (nuint)i);
            first.StoreUnsafe(ref m1, (nuint)i);
            second.StoreUnsafe(ref m2, (nuint)i);
            weight.StoreUnsafe(ref w, (nuint)i);
            (weight + keep * (old - weight)).StoreUnsafe(ref average, (nuint)i);
        }

        UpdatePortable(weights, gradients, m, v, ema, scalars, offset + i, count - i, replaced, replacedOffset);
        replaced[replacedOffset] += Vector.Sum(bad);
    }

    /// <summary>The portable body of <see cref="Update"/>.</summary>
    /// <inheritdoc cref="Update"/>
    public static void UpdatePortable(
        ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> m, ArrayView<float> v, ArrayView<float> ema,
        ArrayView<float> scalars, int offset, int count, ArrayView<float> replaced, int replacedOffset)
    {
        var step = scalars[StepSize];
        var beta1 = scalars[Beta1];
        var rest1 = scalars[Rest1];
        var beta2 = scalars[Beta2];
        var rest2 = scalars[Rest2];
        var correction = scalars[SquareCorrection];
        var epsilon = scalars[Epsilon];
        var keep = scalars[EmaBeta];
        var bad = 0f;
        for (var i = offset; i < offset + count; i++)
        {
            var gradient = gradients[i];
            if (!(gradient <= float.MaxValue && gradient >= -float.MaxValue))
            {
                bad += 1f;
                gradient = gradient > 0f ? 1e5f : gradient < 0f ? -1e5f : 0f;
            }

            var first = beta1 * m[i] + rest1 * gradient;
            var second = beta2 * v[i] + rest2 * gradient * gradient;
            var weight = weights[i] - step * first / (MathF.Sqrt(second) * correction + epsilon);
            m[i] = first;
            v[i] = second;
            weights[i] = weight;
            ema[i] = weight + keep * (ema[i] - weight);
        }

        replaced[replacedOffset] = bad;
    }
}
