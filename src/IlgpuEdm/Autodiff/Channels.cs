using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Autodiff;

/// <summary>Operations along channels.</summary>
public static class Channels
{
    /// <summary>Joins the channels of two tensors, as the decoder does with the encoder's skips.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="a">First channels, <c>[N, H, W, A]</c>.</param>
    /// <param name="b">Last channels, <c>[N, H, W, B]</c>.</param>
    /// <returns><c>[N, H, W, A + B]</c>.</returns>
    public static Tensor Concatenate(this Tape tape, Tensor a, Tensor b)
    {
        int sizeA = a.Size(-1), sizeB = b.Size(-1), size = sizeA + sizeB;
        Shapes.Require(a.Shape.SkipLast(1).SequenceEqual(b.Shape.SkipLast(1)), [a, b]);
        var y = tape.New(a.Storage, [.. a.Shape.Take(a.Shape.Count - 1), size]);
        var pixels = a.Length / sizeA;
        Copy(a, y, pixels, sizeA, 0, 0, 0);
        Copy(b, y, pixels, sizeB, 0, sizeA, 0);
        tape.Record(y, [a, b], dy =>
        {
            Split(tape, dy, new Joined(a, b));
            dy.Release();
        });
        return y;
    }

    /// <summary>Adds the gradient of joined tensors to theirs.</summary>
    internal static void Split(Tape tape, Tensor dy, Joined x)
    {
        var pixels = dy.Length / dy.Size(-1);
        if (tape.WantsGradient(x.First, out var dx, out var accumulate))
        {
            Copy(dy, dx, pixels, dx.Size(-1), 0, 0, accumulate);
        }

        if (tape.WantsGradient(x.Second, out dx, out accumulate))
        {
            Copy(dy, dx, pixels, dx.Size(-1), x.First.Size(-1), 0, accumulate);
        }
    }

    /// <summary>Takes the first channels of each pixel, as iDDPM's denoiser does of the network's outputs.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="count">How many; at most C.</param>
    /// <returns><c>[N, H, W, count]</c>.</returns>
    public static Tensor FirstChannels(this Tape tape, Tensor x, int count)
    {
        Shapes.Require(count > 0 && count <= x.Size(-1), [x]);
        var y = tape.New(x.Storage, [.. x.Shape.Take(x.Shape.Count - 1), count]);
        var pixels = x.Length / x.Size(-1);
        Copy(x, y, pixels, count, 0, 0, 0);
        tape.Record(y, [x], dy =>
        {
            if (tape.GradientToAddTo(x) is { } dx)
            {
                Copy(dy, dx, pixels, count, 0, 0, accumulate: 1);
            }

            dy.Release();
        });
        return y;
    }

    /// <summary>Sums each channel over an image's pixels: <c>[N, H, W, C]</c> to <c>[N, C]</c>; not recorded.</summary>
    internal static void Sum(Tensor x, Tensor y, bool accumulate) => ChannelReduction.Sum(x, y, accumulate);

    private static void Copy(Tensor x, Tensor y, int pixels, int channels, int xOffset, int yOffset, int accumulate)
    {
        var device = x.Device;
        var work = new KernelWork(0, (y.Storage == TensorStorage.BFloat16 ? 4.0 : 8.0) * pixels * channels);
        if (device.IsCooperative)
        {
            Shapes.Require(Shapes.Stored(x, y), [x, y]);
            device.Launch(
                y.Storage == TensorStorage.BFloat16 ? ChannelCopy.Copy<BFloat16> : ChannelCopy.Copy<Float32>,
                Device.Groups((pixels * channels + 3) / 4), work,
                x.View, y.View, pixels, channels, x.Size(-1), xOffset, y.Size(-1), yOffset, accumulate);
            return;
        }

        using var from = x.Read();
        using var to = y.Write(keep: accumulate != 0 || channels < y.Size(-1));
        device.Launch(
            ChannelKernels.Copy, device.WorkItems(ChannelKernels.CopyTasks(pixels)), work,
            from.View, to.View, pixels, channels, x.Size(-1), xOffset, y.Size(-1), yOffset, accumulate);
    }
}
