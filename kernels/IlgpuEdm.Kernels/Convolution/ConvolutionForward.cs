using ILGPU;
using IlgpuEdm.Kernels.Normalization;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The forward pass, and with turned weights the input's gradient. Fat schedule: a work item takes strips of an image's rows; it copies
/// the strip, joined and normalised and with a border of zeros, into its scratch, so that the three taps of a line and all channels are
/// one contiguous run; then the strip's pixels meet every packed block of output channels.
/// </summary>
public static partial class ConvolutionForward
{
    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>The padded strip, a row of biases and a tile.</returns>
    public static int ScratchSize(in ConvolutionShape s) =>
        Tile.ScratchSize + PackedWeights.PaddedColumns(s.Out) + (s.StripRows + 2 * s.Border) * s.Pitch * s.In + Slack;

    private const int Slack = 16;

    /// <summary><c>y = (conv(x) + bias + shift + residual) * scale</c>, added to y if asked for.</summary>
    /// <param name="x">The input, <c>[N, H, W, In]</c>.</param>
    /// <param name="packed">Weights in blocks of columns (see <see cref="PackedWeights"/>).</param>
    /// <param name="y">Output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part beside the sum.</param>
    /// <param name="norm">Where y is the gradient of a normalised input: that input.</param>
    public static void Fat(
        ConvolutionInput x, ArrayView<float> packed, ArrayView<float> y, ArrayView<float> scratch, ConvolutionShape s, Epilogue e,
        ConvolutionInput norm)
    {
        var tile = WorkItem.Index() * s.Scratch;
        var biases = tile + Tile.ScratchSize;
        var strip = biases + PackedWeights.PaddedColumns(s.Out);
        var inPlace = InputStrip.InPlace(x, s);
        var tasks = s.Batch * s.Strips;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / s.Strips;
            var row0 = task % s.Strips * s.StripRows;
            var rows = s.Height - row0 < s.StripRows ? s.Height - row0 : s.StripRows;
            Biases(scratch, biases, s.Out, image * s.Out, e);
            if (inPlace)
            {
                Strip(x.First, (image * s.Height + row0) * s.Width * s.In, packed, y, scratch, s, image, row0, rows, tile, biases, e);
            }
            else
            {
                InputStrip.Gather(x, scratch, strip, s, image, row0, rows);
                Strip(scratch, strip, packed, y, scratch, s, image, row0, rows, tile, biases, e);
            }

            Gather(y, s, task, image, row0, rows, e, norm);
        }
    }

    /// <summary>Gathers from a strip what is asked for.</summary>
    internal static void Gather(
        ArrayView<float> y, ConvolutionShape s, int strip, int image, int row0, int rows, Epilogue e, ConvolutionInput norm)
    {
        if (e.Gather == Epilogue.GatherMoments)
        {
            Moments(y, s, strip, (image * s.Height + row0) * s.Width, rows * s.Width, e);
        }
        else if (e.Gather == Epilogue.GatherNormGradient)
        {
            NormSums(y, s, strip, image, (image * s.Height + row0) * s.Width, rows * s.Width, e, norm);
        }
    }

    private static void Strip(
        ArrayView<float> x, int xOffset, ArrayView<float> packed, ArrayView<float> y, ArrayView<float> scratch,
        ConvolutionShape s, int image, int row0, int rows, int tile, int biases, Epilogue e)
    {
        var yOffset = (image * s.Height + row0) * s.Width * s.Out;
        for (var column = 0; column < s.Out; column += Tile.BlockWidth)
        {
            var columns = s.Out - column < Tile.BlockWidth ? s.Out - column : Tile.BlockWidth;
            Tile.MultiplyLines(
                x, xOffset, rows, s.Width, s.In, s.Pitch * s.In, s.Kernel, packed, column * s.Depth, scratch, tile,
                y, yOffset + column, s.Out, columns, scratch, e.UseBias + e.UseShift != 0 ? biases + column : -1,
                e.Residual, e.UseResidual != 0 ? yOffset + column : -1, e.Scale, e.Accumulate);
        }
    }

    private static void Biases(ArrayView<float> scratch, int biases, int channels, int shiftOffset, Epilogue e)
    {
        if (e.UseBias != 0)
        {
            Rows.Copy(e.Bias, 0, scratch, biases, channels);
        }
        else if (e.UseShift != 0)
        {
            Rows.Fill(scratch, biases, channels, 0f);
        }

        if (e.UseShift != 0)
        {
            for (var i = 0; i < channels; i++)
            {
                scratch[biases + i] += e.Shift[shiftOffset + i];
            }
        }
    }

    private static void Moments(ArrayView<float> y, ConvolutionShape s, int task, int pixel, int pixels, Epilogue e)
    {
        var to = task * 2 * s.Out;
        for (var c = 0; c < s.Out; c += Channels.BlockWidth)
        {
            var count = s.Out - c < Channels.BlockWidth ? s.Out - c : Channels.BlockWidth;
            Channels.Moments(y, pixel * s.Out + c, pixels, s.Out, count, e.Gathered, to + c, to + s.Out + c);
        }
    }

    private static void NormSums(
        ArrayView<float> y, ConvolutionShape s, int task, int image, int pixel, int pixels, Epilogue e, ConvolutionInput norm)
    {
        var silu = norm.Mode == ConvolutionInput.NormalizedSilu ? 1 : 0;
        var table = image * GroupNormForward.CoefficientRows * s.Out;
        var sums = task * 2 * s.Out;
        var second = s.Out - norm.FirstChannels;
        for (var c = 0; c < norm.FirstChannels; c += Channels.BlockWidth)
        {
            var count = norm.FirstChannels - c < Channels.BlockWidth ? norm.FirstChannels - c : Channels.BlockWidth;
            NormGradient.Reduce(
                norm.First, pixel * norm.FirstChannels + c, norm.FirstChannels, y, pixel * s.Out + c, s.Out, pixels, count,
                norm.Table, table + c, s.Out, silu, e.Gathered, sums + c);
        }

        for (var c = 0; c < second; c += Channels.BlockWidth)
        {
            var count = second - c < Channels.BlockWidth ? second - c : Channels.BlockWidth;
            var o = norm.FirstChannels + c;
            NormGradient.Reduce(
                norm.Second, pixel * second + c, second, y, pixel * s.Out + o, s.Out, pixels, count,
                norm.Table, table + o, s.Out, silu, e.Gathered, sums + o);
        }
    }
}
