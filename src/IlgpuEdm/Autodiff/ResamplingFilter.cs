using ILGPU;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Kernels.Resampling;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Autodiff;

/// <summary>Resampling by two with a filter of any even length and an explicit padding of the large images.</summary>
internal static class ResamplingFilter
{
    /// <summary>Whether a filter is [1, 1] but for a factor; null is.</summary>
    /// <exception cref="ArgumentException">The filter cannot resample.</exception>
    public static bool IsBox(IReadOnlyList<int>? filter)
    {
        if (filter == null)
        {
            return true;
        }

        if (filter.Count < 2 || filter.Count % 2 != 0 || Sum(filter) == 0)
        {
            throw new ArgumentException(
                $"[{string.Join(", ", filter)}] does not resample; a filter has an even number of taps whose sum is not 0", nameof(filter));
        }

        return filter.Count == 2 && filter[0] == filter[1];
    }

    /// <summary>Upsampling that leaves <paramref name="padding"/> pixels at each edge of the large images out.</summary>
    public static Tensor Up(Tape tape, Tensor x, IReadOnlyList<int> filter, int padding)
    {
        var shape = Shape(x.Size(0), x.Size(1), x.Size(2), x.Size(3), filter, padding);
        var y = tape.New(x.Storage, shape.Batch, shape.LargeHeight, shape.LargeWidth, shape.Channels);
        var weights = Weights(tape, filter, 2);
        Spread(x, y, weights, shape, 0);
        tape.Record(
            y, [x],
            dy =>
            {
                if (tape.WantsGradient(x, out var dx, out var accumulate))
                {
                    Gather(dy, dx, weights, shape, accumulate);
                }

                dy.Release();
            },
            weights);
        return y;
    }

    /// <summary>Downsampling of images with <paramref name="padding"/> zeros at each edge.</summary>
    public static Tensor Down(Tape tape, Tensor x, IReadOnlyList<int> filter, int padding)
    {
        var beyond = filter.Count / 2 - 1 - padding;
        var shape = Shape(x.Size(0), x.Size(1) / 2 - beyond, x.Size(2) / 2 - beyond, x.Size(3), filter, padding);
        Shapes.Require(x.Size(1) == shape.LargeHeight && x.Size(2) == shape.LargeWidth, [x]);
        var y = tape.New(x.Storage, shape.Batch, shape.Height, shape.Width, shape.Channels);
        var weights = Weights(tape, filter, 1);
        Gather(x, y, weights, shape, 0);
        tape.Record(
            y, [x],
            dy =>
            {
                if (tape.WantsGradient(x, out var dx, out var accumulate))
                {
                    Spread(dy, dx, weights, shape, accumulate);
                }

                dy.Release();
            },
            weights);
        return y;
    }

    private static FilterShape Shape(int batch, int height, int width, int channels, IReadOnlyList<int> filter, int padding)
    {
        var shape = new FilterShape
        {
            Batch = batch,
            Height = height,
            Width = width,
            Channels = channels,
            HalfTaps = filter.Count / 2,
            Padding = padding,
        };
        shape.Scratch = FilterKernels.ScratchSize(shape);
        return shape;
    }

    private static long Sum(IReadOnlyList<int> filter) => filter.Sum(tap => (long)tap);

    // The filter, then its even taps backwards, then its odd taps backwards.
    private static Tensor Weights(Tape tape, IReadOnlyList<int> filter, double gain)
    {
        double sum = Sum(filter);
        var half = filter.Count / 2;
        var weights = new float[2 * filter.Count];
        for (var k = 0; k < filter.Count; k++)
        {
            weights[k] = (float)(gain * filter[k] / sum);
            weights[(2 + k % 2) * half + half - 1 - k / 2] = weights[k];
        }

        return tape.From(weights, weights.Length);
    }

    private static void Spread(Tensor x, Tensor y, Tensor weights, in FilterShape shape, int accumulate) => Launch(
        x, y, weights, shape, shape.LargeHeight, accumulate, FilterKernels.Spread,
        x.Storage == TensorStorage.BFloat16 ? FilterPass.Spread<BFloat16> : FilterPass.Spread<Float32>);

    private static void Gather(Tensor x, Tensor y, Tensor weights, in FilterShape shape, int accumulate) => Launch(
        x, y, weights, shape, shape.Height, accumulate, FilterKernels.Gather,
        x.Storage == TensorStorage.BFloat16 ? FilterPass.Gather<BFloat16> : FilterPass.Gather<Float32>);

    private static void Launch(
        Tensor x, Tensor y, Tensor weights, in FilterShape shape, int rows, int accumulate,
        Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, FilterShape, int> fat,
        Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, FilterShape, int> cooperative)
    {
        Shapes.Require(Shapes.Stored(x, y), [x, y]);
        var device = x.Device;
        if (device.IsCooperative)
        {
            device.Launch(
                cooperative, Device.Groups((y.Length + 3) / 4), Traffic.Of(x, y), x.View, y.View, weights.View, shape, accumulate);
            return;
        }

        using var from = x.Read();
        using var to = y.Write(keep: accumulate != 0);
        var items = device.WorkItems(shape.Batch * rows, shape.Scratch);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(fat, items, Traffic.Of(x, y), from.View, to.View, weights.View, scratch.View, shape, accumulate);
    }
}
