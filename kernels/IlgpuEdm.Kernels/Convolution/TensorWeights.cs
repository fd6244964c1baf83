using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// Weights as words of tensor cores, <c>[tap][word][Out]</c>: TF32 numbers, or pairs of bfloat16 of neighbouring input channels. The words
/// of a tap are filled up with zeros to a multiple of 16.
/// </summary>
public static class TensorWeights
{
    /// <summary>Words that a group loads at once of each row and column.</summary>
    public const int Chunk = 16;

    /// <summary>Words of a tap.</summary>
    /// <param name="channels">Input channels.</param>
    /// <param name="numbers">Numbers of a word.</param>
    /// <returns>A multiple of 16.</returns>
    public static int TapWords(int channels, int numbers) => (channels + numbers * Chunk - 1) / (numbers * Chunk) * Chunk;

    /// <summary>Packs the weights of a forward pass or, turned, of an input's gradient.</summary>
    /// <param name="weights">Weights of the forward pass, <c>[k, k, In, Out]</c>.</param>
    /// <param name="words">Receives the words.</param>
    /// <param name="s">The convolution that is made, in whose sense channels are input or output.</param>
    /// <param name="turned">Not 0 for an input's gradient.</param>
    /// <typeparam name="TFormat">What the words are.</typeparam>
    [EitherSchedule]
    public static void Pack<TFormat>(ArrayView<float> weights, ArrayView<float> words, ConvolutionShape s, int turned)
        where TFormat : struct, IMatrixFormat
    {
        var tapWords = TapWords(s.In, TFormat.Numbers);
        var taps = s.Kernel * s.Kernel;
        var target = words.Cast<uint>();
        for (var i = WorkItem.Index(); i < taps * tapWords * s.Out; i += WorkItem.Count())
        {
            var column = i % s.Out;
            var row = i / s.Out;
            var tap = row / tapWords;
            var channel = (row - tap * tapWords) * TFormat.Numbers;
            var first = Weight(weights, s, turned, tap, channel, column);
            target[i] = TFormat.Numbers == 1
                ? TensorCore.Round(first)
                : BFloat16.Pack(first, Weight(weights, s, turned, tap, channel + 1, column));
        }
    }

    private static float Weight(ArrayView<float> weights, ConvolutionShape s, int turned, int tap, int channel, int column)
    {
        if (channel >= s.In)
        {
            return 0f;
        }

        return turned == 0
            ? weights[(tap * s.In + channel) * s.Out + column]
            : weights[((s.Kernel * s.Kernel - 1 - tap) * s.Out + column) * s.In + channel];
    }
}
