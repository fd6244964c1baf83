using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Autodiff;

/// <summary>Sums of each channel over an image's pixels, on either schedule.</summary>
internal static class ChannelReduction
{
    /// <summary><c>y[n, c] = factor * sum of x[n, p, c] over p</c>; the factor is the cooperative schedule's alone.</summary>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="y"><c>[N, C]</c>, of float32.</param>
    /// <param name="factor">Factor of the sums.</param>
    /// <param name="accumulate">Whether y is added to.</param>
    public static void Cooperative(Tensor x, Tensor y, float factor, bool accumulate)
    {
        var device = x.Device;
        int batch = y.Size(0), channels = y.Size(1), pixels = x.Length / (batch * channels);
        var byFour = channels % 4 == 0;
        var (tiles, size) = KernelVariant.Divide(batch, pixels, channels, byFour);
        using var parts = device.Pool.RentScratch((long)batch * tiles.Parts * channels);
        var kernel = KernelVariant.Of(
            x.Storage, byFour, ChannelSums.Parts<Float32, ByFour>, ChannelSums.Parts<Float32, ByOne>,
            ChannelSums.Parts<BFloat16, ByFour>, ChannelSums.Parts<BFloat16, ByOne>);
        device.Launch(kernel, size, new KernelWork(0, x.Bytes), x.View, parts.View, tiles);
        device.Launch(
            ChannelSums.AddParts, Device.Groups(batch * channels), default,
            parts.View, y.View, batch, tiles.Parts, channels, factor, accumulate ? 1 : 0);
    }

    /// <summary><c>y[n, c] = sum of x[n, p, c] over p</c>, added to y if asked for.</summary>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="y"><c>[N, C]</c>, of float32.</param>
    /// <param name="accumulate">Whether y is added to.</param>
    public static void Sum(Tensor x, Tensor y, bool accumulate)
    {
        var device = x.Device;
        if (device.IsCooperative)
        {
            Cooperative(x, y, 1f, accumulate);
            return;
        }

        int batch = y.Size(0), channels = y.Size(1);
        var items = device.WorkItems(batch * ((channels + 15) / 16));
        using var from = x.Read();
        using var scratch = device.Pool.RentScratch(items * 16L);
        device.Launch(
            ChannelKernels.Sum, items, new KernelWork(0, 4.0 * x.Length),
            from.View, y.View, scratch.View, batch, x.Length / (batch * channels), channels, accumulate ? 1 : 0);
    }

    /// <summary><c>y[n, c] = mean of x[n, p, c] over p</c>.</summary>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <param name="y"><c>[N, C]</c>, of float32.</param>
    public static void Mean(Tensor x, Tensor y)
    {
        var device = x.Device;
        int batch = y.Size(0), channels = y.Size(1), pixels = x.Length / (batch * channels);
        if (device.IsCooperative)
        {
            Cooperative(x, y, 1f / pixels, accumulate: false);
            return;
        }

        using var from = x.Read();
        device.Launch(
            PixelMeanKernels.Forward, device.WorkItems(batch * ((channels + 15) / 16)), new KernelWork(0, 4.0 * x.Length),
            from.View, y.View, batch, pixels, channels);
    }

    /// <summary><c>dx[n, p, c] = dy[n, c] / pixels</c>, added to dx if asked for.</summary>
    /// <param name="dy"><c>[N, C]</c>, of float32.</param>
    /// <param name="dx"><c>[N, H, W, C]</c>.</param>
    /// <param name="accumulate">Not 0 to add to dx.</param>
    public static void MeanBackward(Tensor dy, Tensor dx, int accumulate)
    {
        var device = dx.Device;
        int batch = dy.Size(0), channels = dy.Size(1), pixels = dx.Length / (batch * channels);
        if (!device.IsCooperative)
        {
            using var to = dx.Write(keep: accumulate != 0);
            device.Launch(
                PixelMeanKernels.Backward, device.WorkItems(batch), new KernelWork(0, 4.0 * dx.Length),
                dy.View, to.View, batch, pixels, channels, accumulate);
            return;
        }

        var byFour = channels % 4 == 0;
        var (tiles, size) = KernelVariant.Divide(batch, pixels, channels, byFour);
        var kernel = KernelVariant.Of(
            dx.Storage, byFour, PixelMeanKernels.BackwardCooperative<Float32, ByFour>, PixelMeanKernels.BackwardCooperative<Float32, ByOne>,
            PixelMeanKernels.BackwardCooperative<BFloat16, ByFour>, PixelMeanKernels.BackwardCooperative<BFloat16, ByOne>);
        device.Launch(kernel, size, new KernelWork(0, dx.Bytes), dy.View, dx.View, tiles, accumulate);
    }
}
