using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Normalization;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Autodiff;

/// <content>The launches of the cooperative schedule.</content>
internal sealed partial class NormTable
{
    private void FillCooperative(ChannelMoments first, ChannelMoments second)
    {
        var groups = (Shape.Batch * Shape.Groups + GroupNormForward.NormsOfThreads - 1) / GroupNormForward.NormsOfThreads;
        Device.Launch(
            GroupNormForward.CoefficientsCooperative, LaunchSize.OfGroups(groups), default,
            first, second, _options.Gamma.View, _options.Beta.View, Coefficients.View, Shape);
        if (_options.ScaleShift is { } scaleShift)
        {
            Device.Launch(
                AdaptiveScale.FoldCooperative, Device.Groups(Shape.Batch * Shape.Channels), default,
                scaleShift.View, Coefficients.View, Shape);
        }
    }

    private TensorMoments MomentsCooperative(Tensor x)
    {
        var channels = x.Size(-1);
        var byFour = channels % 4 == 0;
        var (tiles, size) = KernelVariant.Divide(Shape.Batch, Shape.Pixels, channels, byFour);
        var moments = new TensorMoments(Device.Pool.Rent(2L * Shape.Batch * tiles.Parts * channels), tiles.Parts, tiles.PartPixels);
        var kernel = KernelVariant.Of(
            x.Storage, byFour, GroupNormForward.MomentsCooperative<Float32, ByFour>, GroupNormForward.MomentsCooperative<Float32, ByOne>,
            GroupNormForward.MomentsCooperative<BFloat16, ByFour>, GroupNormForward.MomentsCooperative<BFloat16, ByOne>);
        Device.Launch(kernel, size, new KernelWork(0, x.Bytes), x.View, moments.Buffer.View, tiles);
        return moments;
    }

    private void ApplyCooperative(Tensor y)
    {
        foreach (var (x, channel) in Sources())
        {
            var (pass, size, byFour) = Pass(x, channel);
            var kernel = KernelVariant.Of(
                x.Storage, byFour, GroupNormForward.ApplyCooperative<Float32, ByFour>, GroupNormForward.ApplyCooperative<Float32, ByOne>,
                GroupNormForward.ApplyCooperative<BFloat16, ByFour>, GroupNormForward.ApplyCooperative<BFloat16, ByOne>);
            Device.Launch(kernel, size, new KernelWork(0, 2 * x.Bytes), x.View, Coefficients.View, y.View, pass);
        }
    }

    private void BackwardCooperative(Tensor dy)
    {
        using var sums = Device.Pool.RentScratch(2L * Shape.Batch * Shape.Channels);
        foreach (var (x, channel) in Sources())
        {
            Reduce(x, dy, channel, sums.View);
        }

        if (_options.ScaleShift is { } scaleShift)
        {
            UnfoldCooperative(sums.View, scaleShift);
        }

        Device.Launch(
            GroupNormBackward.CombineCooperative, Device.Groups(Shape.Batch * Shape.Groups), default,
            sums.View, _options.Gamma.View, Coefficients.View, Shape);
        AddParameters(sums.View);
        foreach (var (x, channel) in Sources())
        {
            if (_tape.WantsGradient(x, out var dx, out var accumulate))
            {
                var (pass, size, byFour) = Pass(x, channel);
                var kernel = KernelVariant.Of(
                    x.Storage, byFour,
                    GroupNormBackward.ApplyCooperative<Float32, ByFour>, GroupNormBackward.ApplyCooperative<Float32, ByOne>,
                    GroupNormBackward.ApplyCooperative<BFloat16, ByFour>, GroupNormBackward.ApplyCooperative<BFloat16, ByOne>);
                Device.Launch(
                    kernel, size, new KernelWork(0, (3 + accumulate) * x.Bytes),
                    x.View, dy.View, Coefficients.View, dx.View, pass, accumulate);
            }
        }
    }

    private void Reduce(Tensor x, Tensor dy, int channel, ArrayView<float> sums)
    {
        var (pass, size, byFour) = Pass(x, channel);
        var (count, partCount) = (x.Size(-1), pass.Tiles.Parts);
        using var parts = Device.Pool.RentScratch(2L * Shape.Batch * partCount * count);
        var kernel = KernelVariant.Of(
            x.Storage, byFour, GroupNormBackward.ReduceCooperative<Float32, ByFour>, GroupNormBackward.ReduceCooperative<Float32, ByOne>,
            GroupNormBackward.ReduceCooperative<BFloat16, ByFour>, GroupNormBackward.ReduceCooperative<BFloat16, ByOne>);
        Device.Launch(
            kernel, size, new KernelWork(0, 2 * x.Bytes), x.View, dy.View, Coefficients.View, parts.View, pass);
        Device.Launch(
            GroupNormBackward.AddPartsCooperative, Device.Groups(2 * Shape.Batch * count), default,
            parts.View, sums, Shape.Batch, partCount, channel, count, Shape.Channels);
    }

    private void UnfoldCooperative(ArrayView<float> sums, Tensor scaleShift)
    {
        using var unwanted = Device.Pool.RentScratch(scaleShift.Length);
        var gradient = _tape.WantsGradient(scaleShift, out var wanted, out var accumulate) ? wanted.View : unwanted.View;
        Device.Launch(
            AdaptiveScale.UnfoldCooperative, Device.Groups(Shape.Batch * Shape.Channels), default,
            sums, _options.Gamma.View, _options.Beta.View, Coefficients.View, scaleShift.View, gradient, Shape, accumulate);
    }

    private void AddParameters(ArrayView<float> sums)
    {
        var dGamma = _tape.GradientToAddTo(_options.Gamma);
        var dBeta = _tape.GradientToAddTo(_options.Beta);
        if (dGamma == null && dBeta == null)
        {
            return;
        }

        using var unwanted = Device.Pool.RentScratch(Shape.Channels);
        Device.Launch(
            GroupNormBackward.ParametersCooperative,
            LaunchSize.OfGroups((Shape.Channels + GroupNormBackward.ChannelsOfThreads - 1) / GroupNormBackward.ChannelsOfThreads), default,
            sums, Coefficients.View, dGamma?.View ?? unwanted.View, dBeta?.View ?? unwanted.View, Shape.Batch, Shape.Channels);
    }

    private (NormPass Pass, LaunchSize Size, bool ByFour) Pass(Tensor x, int channel)
    {
        var byFour = x.Size(-1) % 4 == 0 && channel % 4 == 0 && Shape.Channels % 4 == 0;
        var (tiles, size) = KernelVariant.Divide(Shape.Batch, Shape.Pixels, x.Size(-1), byFour);
        return (new NormPass { Tiles = tiles, Channels = Shape.Channels, First = channel, Silu = Shape.Silu }, size, byFour);
    }
}
