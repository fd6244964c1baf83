using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Resampling;

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

        var y = tape.New(x.Size(0), 2 * x.Size(1), 2 * x.Size(2), x.Size(3));
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

        var y = tape.New(x.Size(0), x.Size(1) / 2, x.Size(2) / 2, x.Size(3));
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

    private static void Spread(Tensor small, Tensor large, float factor, int accumulate)
    {
        var rows = small.Size(0) * small.Size(1);
        small.Device.Launch(
            ResampleKernels.Spread, small.Device.WorkItems(rows), new KernelWork(0, 4.0 * (small.Length + large.Length)),
            small.View, large.View, rows, small.Size(2), small.Size(3), factor, accumulate);
    }

    private static void Gather(Tensor large, Tensor small, float factor, int accumulate)
    {
        var rows = small.Size(0) * small.Size(1);
        small.Device.Launch(
            ResampleKernels.Gather, small.Device.WorkItems(rows), new KernelWork(0, 4.0 * (small.Length + large.Length)),
            large.View, small.View, rows, small.Size(2), small.Size(3), factor, accumulate);
    }
}
