using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Kernels.Random;

namespace IlgpuEdm.Autodiff;

/// <summary>Dropout with counter-based draws: the mask of an image depends on its number and the layer alone.</summary>
public static class Dropout
{
    private const int LayerShift = 8;

    /// <summary>
    /// Drops elements with a probability and scales the others to keep the mean; does nothing on a tape without a dropout key.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, ...]</c>.</param>
    /// <param name="rate">Probability to drop, 0 to below 1.</param>
    /// <param name="layer">Which layer of the network this is.</param>
    /// <returns>As the input; the input itself if nothing is dropped.</returns>
    public static Tensor Drop(this Tape tape, Tensor x, float rate, int layer)
    {
        if (!(rate >= 0f && rate < 1f))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "a probability to drop is at least 0 and below 1");
        }

        if (rate == 0f || tape.DropoutKey is not { } key)
        {
            return x;
        }

        var batch = x.Size(0);
        var purpose = (uint)RandomPurpose.Dropout | ((uint)layer << LayerShift);
        var y = tape.NewLike(x);
        Launch(x, y, 0);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                Launch(dy, dx, accumulate);
            }

            dy.Release();
        });
        return y;

        void Launch(Tensor from, Tensor to, int accumulate)
        {
            Shapes.Require(Shapes.Stored(from, to), [from, to]);
            var device = tape.Device;
            var imageSize = x.Length / batch;
            var size = device.Spread(RandomKernels.Tasks(batch, imageSize));
            if (device.IsCooperative)
            {
                device.Launch(
                    to.Storage == TensorStorage.BFloat16 ? RandomPass.Dropout<BFloat16> : RandomPass.Dropout<Float32>,
                    size, Traffic.Of(from, to), from.View, to.View, key.View, purpose, batch, imageSize, rate, accumulate);
                return;
            }

            using var input = from.Read();
            using var result = to.Write(keep: accumulate != 0);
            device.Launch(
                RandomKernels.Dropout, size, Traffic.Of(from, to),
                input.View, result.View, key.View, purpose, batch, imageSize, rate, accumulate);
        }
    }
}
