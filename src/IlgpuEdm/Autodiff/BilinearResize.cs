using IlgpuEdm.Kernels.Resampling;

namespace IlgpuEdm.Autodiff;

/// <summary>Bilinear resizing of images, for networks that are run and not trained.</summary>
internal static class BilinearResize
{
    /// <summary>
    /// <c>scale * resized(x) + shift</c>, without antialiasing, pixel centres at halves (<c>align_corners=False</c>).
    /// </summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Pixels of a row of the result.</param>
    /// <param name="channels">Channels of the result: C, or any number if C is 1, which they all repeat.</param>
    /// <param name="scale">Factor of the values.</param>
    /// <param name="shift">Added to the product.</param>
    /// <returns><c>[N, height, width, channels]</c>.</returns>
    /// <exception cref="ArgumentException">The channels do not fit.</exception>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public static Tensor ResizeBilinear(this Tape tape, Tensor x, int height, int width, int channels, float scale = 1f, float shift = 0f)
    {
        ChannelRange.RequireInference(tape, nameof(ResizeBilinear));
        Shapes.Require(x.Shape.Count == 4 && x.Storage == TensorStorage.Float32, [x]);
        Shapes.Require(x.Size(3) == 1 || x.Size(3) == channels, [x]);
        var y = tape.New(x.Size(0), height, width, channels);

        // Places are whole numbers in units of 1 / (2 size).
        Shapes.Require(2L * height * x.Size(1) < int.MaxValue && 2L * width * x.Size(2) < int.MaxValue, [x, y]);
        var shape = new BilinearShape
        {
            Batch = x.Size(0),
            Height = x.Size(1),
            Width = x.Size(2),
            Channels = x.Size(3),
            OutHeight = height,
            OutWidth = width,
            OutChannels = channels,
        };
        tape.Device.Launch(
            BilinearKernels.Resize, tape.Device.Spread(x.Size(0) * height * width), Traffic.Of(x, y), x.View, y.View, shape, scale, shift);
        return y;
    }
}
