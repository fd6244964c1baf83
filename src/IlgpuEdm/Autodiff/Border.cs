using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Kernels.Resampling;
using Device = IlgpuEdm.Devices.Device;
using Kernel = System.Action<ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, int, int, int, int, int, int>;

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
        var y = tape.New(x.Storage, x.Size(0), x.Size(1) + 2 * width, x.Size(2) + 2 * width, x.Size(3));
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
        var y = tape.New(x.Storage, x.Size(0), x.Size(1) - 2 * width, x.Size(2) - 2 * width, x.Size(3));
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

    private static void PutOn(Tensor small, Tensor large, int width, int accumulate) => Launch(
        small, large, small, width, accumulate, large.Size(0) * large.Size(1), BorderKernels.PutOn,
        small.Storage == TensorStorage.BFloat16 ? BorderPass.PutOn<BFloat16> : BorderPass.PutOn<Float32>);

    private static void TakeOff(Tensor large, Tensor small, int width, int accumulate) => Launch(
        large, small, small, width, accumulate, small.Size(0) * small.Size(1), BorderKernels.TakeOff,
        small.Storage == TensorStorage.BFloat16 ? BorderPass.TakeOff<BFloat16> : BorderPass.TakeOff<Float32>);

    private static void Launch(Tensor from, Tensor to, Tensor small, int width, int accumulate, int rows, Kernel fat, Kernel cooperative)
    {
        Shapes.Require(Shapes.Stored(from, to), [from, to]);
        var device = from.Device;
        if (device.IsCooperative)
        {
            Run(cooperative, Device.Groups((to.Length + 3) / 4), from.View, to.View);
            return;
        }

        using var input = from.Read();
        using var result = to.Write(keep: accumulate != 0);
        Run(fat, device.WorkItems(rows), input.View, result.View);

        void Run(Kernel kernel, LaunchSize size, ArrayView<float> x, ArrayView<float> y) => device.Launch(
            kernel, size, Traffic.Of(small, to),
            x, y, small.Size(0), small.Size(1), small.Size(2) * small.Size(3), width, width * small.Size(3), accumulate);
    }
}
