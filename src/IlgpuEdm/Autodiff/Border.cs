using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Resampling;

namespace IlgpuEdm.Autodiff;

/// <summary>A border of zeros around images.</summary>
internal static class Border
{
    /// <summary>Puts a border of zeros around images.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="width">Pixels of the border.</param>
    /// <returns><c>[N, H + 2 width, W + 2 width, C]</c>.</returns>
    public static Tensor Pad(this Tape tape, Tensor x, int width)
    {
        var y = tape.New(x.Size(0), x.Size(1) + 2 * width, x.Size(2) + 2 * width, x.Size(3));
        PutOn(x, y, width, 0);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                TakeOff(dy, dx, width, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    /// <summary>Takes a border off images.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x"><c>[N, H, W, C]</c> with H and W above twice the border's width.</param>
    /// <param name="width">Pixels of the border.</param>
    /// <returns><c>[N, H - 2 width, W - 2 width, C]</c>.</returns>
    public static Tensor Crop(this Tape tape, Tensor x, int width)
    {
        Shapes.Require(x.Size(1) > 2 * width && x.Size(2) > 2 * width, [x]);
        var y = tape.New(x.Size(0), x.Size(1) - 2 * width, x.Size(2) - 2 * width, x.Size(3));
        TakeOff(x, y, width, 0);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                PutOn(dy, dx, width, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    private static void PutOn(Tensor small, Tensor large, int width, int accumulate) => small.Device.Launch(
        BorderKernels.PutOn, small.Device.WorkItems(large.Size(0) * large.Size(1)), new KernelWork(0, 4.0 * (small.Length + large.Length)),
        small.View, large.View, small.Size(0), small.Size(1), small.Size(2) * small.Size(3), width, width * small.Size(3), accumulate);

    private static void TakeOff(Tensor large, Tensor small, int width, int accumulate) => small.Device.Launch(
        BorderKernels.TakeOff, small.Device.WorkItems(small.Size(0) * small.Size(1)), new KernelWork(0, 8.0 * small.Length),
        large.View, small.View, small.Size(0), small.Size(1), small.Size(2) * small.Size(3), width, width * small.Size(3), accumulate);
}
