using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// Weights of F(2x2, 3x3), <c>U = G g G^T</c>, in the order in which the products read them: blocks of 32 output columns,
/// <c>[block][frequency][In][32]</c>, the last block 16 wide if that is enough, filled up with zeros.
/// </summary>
public static class WinogradWeights
{
    private const int Taps = 9;
    private const int Chunk = 16;

    /// <summary>Floats of the transformed weights.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>16 * In * Out, with the columns that fill the last block.</returns>
    public static long PackedLength(in ConvolutionShape s) =>
        (long)WinogradInput.Frequencies * s.In * PackedWeights.PaddedColumns(s.Out);

    /// <summary>Tasks of the transforms.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>A task for every 16 input channels of each block.</returns>
    public static int Tasks(in ConvolutionShape s) => (s.Out + 31) / 32 * ((s.In + Chunk - 1) / Chunk);

    /// <summary>Transforms weights <c>[3, 3, In, Out]</c> for the forward pass.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Receives the blocks.</param>
    /// <param name="s">The convolution.</param>
    public static void Forward(ArrayView<float> weights, ArrayView<float> packed, ConvolutionShape s) => Transform(weights, packed, s, 0);

    /// <summary>
    /// Transforms weights <c>[3, 3, Out, In]</c> turned by half a revolution and with input and output exchanged: convolving the
    /// output's gradient with them gives the input's gradient. <c>In</c> and <c>Out</c> are those of that convolution.
    /// </summary>
    /// <param name="weights">The weights of the forward pass.</param>
    /// <param name="packed">Receives the blocks.</param>
    /// <param name="s">The convolution of the gradient.</param>
    public static void Backward(ArrayView<float> weights, ArrayView<float> packed, ConvolutionShape s) => Transform(weights, packed, s, 1);

    private static void Transform(ArrayView<float> weights, ArrayView<float> packed, ConvolutionShape s, int turned)
    {
        var chunks = (s.In + Chunk - 1) / Chunk;
        var tasks = (s.Out + 31) / 32 * chunks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var column = task / chunks * 32;
            var channel = task % chunks * Chunk;
            var channels = s.In - channel < Chunk ? s.In - channel : Chunk;
            var valid = s.Out - column < 32 ? s.Out - column : 32;
            var width = valid > 16 ? 32 : 16;
            var stride = s.In * width;
            var block = WinogradInput.Frequencies * column * s.In + channel * width;

            // The taps first lie where the first frequencies will.
            for (var tap = 0; tap < Taps; tap++)
            {
                if (turned == 0)
                {
                    Rows.Pack(
                        weights, (tap * s.In + channel) * s.Out + column, s.Out, channels, valid, packed, block + tap * stride, width);
                }
                else
                {
                    Rows.PackTransposed(
                        weights, ((Taps - 1 - tap) * s.Out + column) * s.In + channel, s.In, channels, valid,
                        packed, block + tap * stride, width);
                }
            }

            WinogradKernel.Transform(packed, block, stride, channels * width);
        }
    }
}
