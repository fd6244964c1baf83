using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Kernels.Resampling;
using Device = IlgpuEdm.Devices.Device;
using Kernel = System.Action<ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, int, int, int, float, int>;

namespace IlgpuEdm.Autodiff;

/// <summary>Resampling by two, with the [1, 1] filter or a longer one such as [1, 3, 3, 1].</summary>
public static class Resampling
{
    /// <summary>
    /// Twice the height and width. With a filter f: along each axis <c>y[2 i + k - padding] += 2 f[k] / sum(f) * x[i]</c>, padding
    /// (L - 2) / 2 for L taps; pixels beyond the edges count as zeros. [1, 1] repeats each pixel four times.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="filter">An even number of taps whose sum is not 0; null for [1, 1].</param>
    /// <returns><c>[N, 2H, 2W, C]</c>.</returns>
    /// <exception cref="ArgumentException">The filter cannot resample.</exception>
    public static Tensor Upsample(this Tape tape, Tensor x, IReadOnlyList<int>? filter = null)
    {
        if (!ResamplingFilter.IsBox(filter))
        {
            return ResamplingFilter.Up(tape, x, filter!, filter!.Count / 2 - 1);
        }

        var y = tape.New(x.Storage, x.Size(0), 2 * x.Size(1), 2 * x.Size(2), x.Size(3));
        Spread(x, y, 1f, 0);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                Gather(dy, dx, 1f, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    /// <summary>
    /// Half the height and width. With a filter f: along each axis <c>y[i] = sum over k of f[k] / sum(f) * x[2 i + k - padding]</c>,
    /// padding (L - 2) / 2 for L taps; pixels beyond the edges count as zeros. [1, 1] takes the mean of 2x2 pixels.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x"><c>[N, H, W, C]</c> with even H and W.</param>
    /// <param name="filter">An even number of taps whose sum is not 0; null for [1, 1].</param>
    /// <returns><c>[N, H/2, W/2, C]</c>.</returns>
    /// <exception cref="ArgumentException">The filter cannot resample, or H or W is odd.</exception>
    public static Tensor Downsample(this Tape tape, Tensor x, IReadOnlyList<int>? filter = null)
    {
        Shapes.Require(x.Size(1) % 2 == 0 && x.Size(2) % 2 == 0, [x]);
        if (!ResamplingFilter.IsBox(filter))
        {
            return ResamplingFilter.Down(tape, x, filter!, filter!.Count / 2 - 1);
        }

        var y = tape.New(x.Storage, x.Size(0), x.Size(1) / 2, x.Size(2) / 2, x.Size(3));
        Gather(x, y, 0.25f, 0);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                Spread(dy, dx, 0.25f, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    private static void Spread(Tensor small, Tensor large, float factor, int accumulate) => Launch(
        small, large, small, factor, accumulate, ResampleKernels.Spread,
        small.Storage == TensorStorage.BFloat16 ? ResamplePass.Spread<BFloat16> : ResamplePass.Spread<Float32>);

    private static void Gather(Tensor large, Tensor small, float factor, int accumulate) => Launch(
        large, small, small, factor, accumulate, ResampleKernels.Gather,
        small.Storage == TensorStorage.BFloat16 ? ResamplePass.Gather<BFloat16> : ResamplePass.Gather<Float32>);

    private static void Launch(Tensor from, Tensor to, Tensor small, float factor, int accumulate, Kernel fat, Kernel cooperative)
    {
        Shapes.Require(Shapes.Stored(from, to), [from, to]);
        var device = from.Device;
        var rows = small.Size(0) * small.Size(1);
        if (device.IsCooperative)
        {
            Run(cooperative, Device.Groups((small.Length + 3) / 4), from.View, to.View);
            return;
        }

        using var input = from.Read();
        using var result = to.Write(keep: accumulate != 0);
        Run(fat, device.WorkItems(rows), input.View, result.View);

        void Run(Kernel kernel, LaunchSize size, ArrayView<float> x, ArrayView<float> y) => device.Launch(
            kernel, size, Traffic.Of(from, to), x, y, rows, small.Size(2), small.Size(3), factor, accumulate);
    }
}
