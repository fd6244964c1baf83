using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Softmax of rows of scores, <c>p = exp(scale * (s - m)) * f</c> with the row's greatest score m and its factor f = 1 / sum, and its
/// gradient. Rows have room for a multiple of 16 floats; what lies behind the last score becomes 0.
/// </summary>
public static partial class Softmax
{
    private const int Lanes = 16;

    /// <summary>Replaces rows of scores by their softmax.</summary>
    /// <param name="scores">Holds the rows.</param>
    /// <param name="offset">Where the first starts.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Scores in a row.</param>
    /// <param name="scale">Factor of the scores, above 0.</param>
    /// <param name="numbers">Receives m and f of each row.</param>
    /// <param name="numbersOffset">Where they start.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Forward(
        ArrayView<float> scores, int offset, int stride, int rows, int count, float scale, ArrayView<float> numbers, int numbersOffset)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            ref var row = ref scores[offset];
            ref var number = ref numbers[numbersOffset];
            Maxima512(ref row, stride, rows, count, ref number);
            Exponentials512(ref row, stride, rows, count, scale, ref number);
            Factors512(ref row, stride, rows, count, ref number);
        }
        else
        {
            ForwardNarrow(scores, offset, stride, rows, count, scale, numbers, numbersOffset);
        }
    }

    /// <summary>The portable body of <see cref="Forward"/>.</summary>
    /// <inheritdoc cref="Forward"/>
    public static void ForwardPortable(
        ArrayView<float> scores, int offset, int stride, int rows, int count, float scale, ArrayView<float> numbers, int numbersOffset)
    {
        for (var r = 0; r < rows; r++)
        {
            var row = offset + r * stride;
            var maximum = scores[row];
            for (var i = 1; i < count; i++)
            {
                var s = scores[row + i];
                maximum = s > maximum ? s : maximum;
            }

            var sum = 0f;
            for (var i = 0; i < count; i++)
            {
                var e = FloatMath.Exp((scores[row + i] - maximum) * scale);
                sum += e;
                scores[row + i] = e;
            }

            var factor = 1f / sum;
            for (var i = 0; i < count; i++)
            {
                scores[row + i] *= factor;
            }

            for (var i = count; i % Lanes != 0; i++)
            {
                scores[row + i] = 0f;
            }

            numbers[numbersOffset + 2 * r] = maximum;
            numbers[numbersOffset + 2 * r + 1] = factor;
        }
    }

    /// <summary>
    /// Replaces rows of scores by their softmax p again, and the gradients dp of that by those of the scores,
    /// <c>ds = scale * p * (dp - sum of p * dp)</c>.
    /// </summary>
    /// <param name="scores">Holds the rows of scores, and receives p.</param>
    /// <param name="offset">Where the first starts.</param>
    /// <param name="gradients">Holds the rows of dp, and receives ds.</param>
    /// <param name="gradientsOffset">Where the first starts.</param>
    /// <param name="stride">From a row of either to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Scores in a row.</param>
    /// <param name="scale">Factor of the scores, above 0.</param>
    /// <param name="numbers">Holds m and f of each row, as <see cref="Forward"/> left them.</param>
    /// <param name="numbersOffset">Where they start.</param>
    [IntrinsicImplementation]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Backward(
        ArrayView<float> scores, int offset, ArrayView<float> gradients, int gradientsOffset, int stride, int rows, int count, float scale,
        ArrayView<float> numbers, int numbersOffset)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Backward512(
                ref scores[offset], ref gradients[gradientsOffset], stride, rows, count, scale, ref numbers[numbersOffset]);
        }
        else
        {
            BackwardNarrow(scores, offset, gradients, gradientsOffset, stride, rows, count, scale, numbers, numbersOffset);
        }
    }

    /// <summary>The portable body of <see cref="Backward"/>.</summary>
    /// <inheritdoc cref="Backward"/>
    public static void BackwardPortable(
        ArrayView<float> scores, int offset, ArrayView<float> gradients, int gradientsOffset, int stride, int rows, int count, float scale,
        ArrayView<float> numbers, int numbersOffset)
    {
        for (var r = 0; r < rows; r++)
        {
            var row = offset + r * stride;
            var gradient = gradientsOffset + r * stride;
            var maximum = numbers[numbersOffset + 2 * r];
            var factor = numbers[numbersOffset + 2 * r + 1];
            var dot = 0f;
            for (var i = 0; i < count; i++)
            {
                var p = FloatMath.Exp((scores[row + i] - maximum) * scale) * factor;
                scores[row + i] = p;
                dot += p * gradients[gradient + i];
            }

            for (var i = 0; i < count; i++)
            {
                gradients[gradient + i] = scale * scores[row + i] * (gradients[gradient + i] - dot);
            }

            for (var i = count; i % Lanes != 0; i++)
            {
                scores[row + i] = 0f;
                gradients[gradient + i] = 0f;
            }
        }
    }
}
