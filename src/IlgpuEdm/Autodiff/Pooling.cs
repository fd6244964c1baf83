using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Kernels.Resampling;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Pools over square windows of pixels, for networks that are run and not trained. Tensors are float32 whatever the device's precision.
/// </summary>
internal static class Pooling
{
    /// <summary>The largest value of each window and channel.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="size">Rows and columns of a window.</param>
    /// <param name="stride">Pixels from a window to the next.</param>
    /// <param name="padding">How far windows reach beyond each edge, less than their size; there is nothing there.</param>
    /// <param name="into">Which channels of which tensor are written; null for a new tensor.</param>
    /// <returns>The tensor that was written, <c>[N, (H + 2 padding - size) / stride + 1, likewise, C or more]</c>.</returns>
    /// <exception cref="ArgumentException">The windows do not fit the images.</exception>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public static Tensor MaxPool(
        this Tape tape, Tensor x, int size, int stride = 1, int padding = 0, ChannelRange? into = null) =>
        Pool(tape, x, size, stride, padding, into, maximum: 1);

    /// <summary>The mean of each window and channel over the pixels that exist (<c>count_include_pad=False</c>).</summary>
    /// <inheritdoc cref="MaxPool"/>
    public static Tensor AveragePool(
        this Tape tape, Tensor x, int size, int stride = 1, int padding = 0, ChannelRange? into = null) =>
        Pool(tape, x, size, stride, padding, into, maximum: 0);

    private static Tensor Pool(Tape tape, Tensor x, int size, int stride, int padding, ChannelRange? into, int maximum)
    {
        ChannelRange.RequireInference(tape, maximum != 0 ? nameof(MaxPool) : nameof(AveragePool));
        Shapes.Require(x.Shape.Count == 4 && x.Storage == TensorStorage.Float32, [x]);
        if (size < 1 || stride < 1 || padding < 0 || padding >= size || Math.Min(x.Size(1), x.Size(2)) + 2 * padding < size)
        {
            throw new ArgumentException(
                $"windows of {size}, stride {stride}, padding {padding}, do not fit images of {x.Size(1)}x{x.Size(2)}");
        }

        var shape = new PoolShape
        {
            Batch = x.Size(0),
            Height = x.Size(1),
            Width = x.Size(2),
            Channels = x.Size(3),
            OutHeight = SlidingWindows.Count(x.Size(1), size, stride, padding),
            OutWidth = SlidingWindows.Count(x.Size(2), size, stride, padding),
            Size = size,
            Stride = stride,
            Padding = padding,
            Maximum = maximum,
        };
        var (y, first) = ChannelRange.Of(tape, into, shape.Batch, shape.OutHeight, shape.OutWidth, shape.Channels);
        (shape.OutStride, shape.OutFirst) = (y.Size(3), first);
        var device = tape.Device;
        var written = shape.Batch * shape.OutHeight * shape.OutWidth * shape.Channels;
        var work = new KernelWork(0, 4.0 * (x.Length + written));
        if (device.IsCooperative)
        {
            var byFour = ((shape.Channels | shape.OutStride | first) & 3) == 0;
            device.Launch(
                byFour ? PoolKernels.Cooperative<ByFour> : PoolKernels.Cooperative<ByOne>, Device.Groups(byFour ? written / 4 : written),
                work, x.View, y.View, shape);
        }
        else
        {
            device.Launch(PoolKernels.Fat, device.WorkItems(shape.Batch * shape.OutHeight), work, x.View, y.View, shape);
        }

        return y;
    }
}
