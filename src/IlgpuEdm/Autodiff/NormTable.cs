using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Normalization;

namespace IlgpuEdm.Autodiff;

/// <summary>What a group norm computes.</summary>
/// <param name="Gamma">Scale, <c>[C]</c>.</param>
/// <param name="Beta">Shift, <c>[C]</c>.</param>
/// <param name="Groups">Groups; divides C.</param>
/// <param name="Epsilon">What is added to the variance.</param>
/// <param name="Silu">Whether SiLU follows.</param>
/// <param name="ScaleShift">
/// For an adaptive norm, <c>silu(norm(x) * (1 + scale) + shift)</c>: the scale of each image and channel, then the shifts, <c>[N, 2C]</c>
/// (Dhariwal and Nichol 2021).
/// </param>
public sealed record GroupNormOptions(Tensor Gamma, Tensor Beta, int Groups, float Epsilon, bool Silu, Tensor? ScaleShift = null);

/// <summary>
/// A group norm of an activation as an affine map of each image and channel, and its gradient. Who applies the map, a pass of its own or
/// the convolution that follows while it loads its input, is another's business.
/// </summary>
internal sealed partial class NormTable
{
    private const int PieceFloats = 4096;

    private readonly Tape _tape;
    private readonly Joined _x;
    private readonly GroupNormOptions _options;

    /// <summary>Computes the maps.</summary>
    /// <exception cref="ArgumentException">The tensors do not fit together, or the groups do not divide the channels.</exception>
    public NormTable(Tape tape, Joined x, GroupNormOptions options)
    {
        (_tape, _x, _options) = (tape, x, options);
        x.RequireFit();
        int batch = x.First.Size(0), channels = x.Channels, pixels = x.First.Length / (batch * x.First.Size(-1));
        if (options.Groups <= 0 || channels % options.Groups != 0)
        {
            throw new ArgumentException($"{options.Groups} groups do not divide {channels} channels", nameof(options));
        }

        Shapes.Require(
            x.Second == null || x.Second.Storage == x.First.Storage, [x.First, x.Second], "joined tensors are stored alike");
        Shapes.Require(
            Shapes.Has(options.Gamma, channels) && Shapes.Has(options.Beta, channels), [x.First, x.Second, options.Gamma, options.Beta]);
        Shapes.Require(
            options.ScaleShift is not { } m || (m.Shape.Count == 2 && m.Size(0) == batch && m.Size(1) == 2 * channels),
            [x.First, x.Second, options.ScaleShift]);
        var piece = Math.Clamp(PieceFloats / channels, 1, pixels);
        Shape = new GroupNormShape
        {
            Batch = batch,
            Pixels = pixels,
            Channels = channels,
            FirstChannels = x.First.Size(-1),
            Groups = options.Groups,
            PiecePixels = piece,
            Pieces = (pixels + piece - 1) / piece,
            Silu = options.Silu ? 1 : 0,
            Epsilon = options.Epsilon,
        };
        Coefficients = tape.New(batch * GroupNormForward.CoefficientRows * channels);
        Fill();
    }

    /// <summary>The table, <c>[N, 6, C]</c>.</summary>
    public Tensor Coefficients { get; }

    /// <summary>The norm.</summary>
    public GroupNormShape Shape { get; }

    private Device Device => _tape.Device;

    private void Fill()
    {
        var first = Moments(_x.First);
        var second = _x.Second == null ? first : Moments(_x.Second);
        if (Device.IsCooperative)
        {
            FillCooperative(first, second);
            return;
        }

        Device.Launch(
            GroupNormForward.Coefficients, Device.WorkItems(Shape.Batch * Shape.Groups), default,
            first, second, _options.Gamma.View, _options.Beta.View, Coefficients.View, Shape);
        if (_options.ScaleShift is { } scaleShift)
        {
            Device.Launch(
                AdaptiveScale.Fold, Device.WorkItems(Shape.Batch), default, scaleShift.View, Coefficients.View, Shape);
        }
    }

    // Whoever made a tensor may have gathered its moments on the way; a skip's serve both its readers.
    private ChannelMoments Moments(Tensor x)
    {
        var moments = x.Moments ??= Device.IsCooperative ? MomentsCooperative(x) : MomentsFat(x);
        return new ChannelMoments { Values = moments.Buffer.View, Parts = moments.Parts, PartPixels = moments.PartPixels };
    }

    private TensorMoments MomentsFat(Tensor x)
    {
        int channels = x.Size(-1), blocks = (channels + 15) / 16;
        var moments = new TensorMoments(Device.Pool.Rent(2L * Shape.Batch * channels), 1, Shape.Pixels);
        using var from = x.Read();
        Device.Launch(
            GroupNormForward.Moments, Device.WorkItems(Shape.Batch * blocks), new KernelWork(0, 4.0 * x.Length),
            from.View, moments.Buffer.View, Shape.Batch, Shape.Pixels, channels);
        return moments;
    }

    /// <summary>Writes the normalised activation, <c>[N, H, W, C]</c>.</summary>
    public void Apply(Tensor y)
    {
        if (Device.IsCooperative)
        {
            ApplyCooperative(y);
            return;
        }

        using var to = y.Write();
        foreach (var (x, channel) in Sources())
        {
            using var from = x.Read();
            Device.Launch(
                GroupNormForward.Apply, Device.WorkItems(Shape.Batch * Shape.Pieces), new KernelWork(0, 8.0 * x.Length),
                from.View, Coefficients.View, to.View, Shape, channel, x.Size(-1));
        }
    }

    /// <summary>Adds to the gradients of the norm's inputs.</summary>
    /// <param name="dy">The gradient of what <see cref="Apply"/> wrote, <c>[N, H, W, C]</c>; what it holds afterwards is undefined.</param>
    public void Backward(Tensor dy)
    {
        if (Device.IsCooperative)
        {
            BackwardCooperative(dy);
            return;
        }

        using var dz = dy.Read();
        using var sums = Device.Pool.RentScratch(2L * Shape.Batch * Shape.Channels);
        foreach (var (x, channel) in Sources())
        {
            using var from = x.Read();
            Device.Launch(
                GroupNormBackward.Reduce, Device.WorkItems(Shape.Batch * ((x.Size(-1) + 15) / 16)), new KernelWork(0, 12.0 * x.Length),
                from.View, dz.View, Coefficients.View, sums.View, Shape, channel, x.Size(-1));
        }

        Backward(dz.View, sums.View, strips: 1);
    }

    /// <summary>The same for a convolution that multiplied SiLU's slope into the gradient and gathered the sums.</summary>
    /// <param name="dz">The gradient before SiLU, <c>[N, H, W, C]</c>.</param>
    /// <param name="parts">The sums of each channel over dz and dz (x - mean), for each strip of an image, <c>[N, strip, 2, C]</c>.</param>
    /// <param name="strips">Strips of an image.</param>
    public void Backward(Tensor dz, ArrayView<float> parts, int strips)
    {
        using var from = dz.Read();
        Backward(from.View, parts, strips);
    }

    private void Backward(ArrayView<float> dz, ArrayView<float> parts, int strips)
    {
        using var buffer = Device.Pool.RentScratch(strips == 1 ? 0 : 2L * Shape.Batch * Shape.Channels);
        var sums = strips == 1 ? parts : buffer.View;
        if (strips > 1)
        {
            Device.Launch(
                GroupNormBackward.AddParts, Device.WorkItems(Shape.Batch), default, parts, sums, Shape.Batch, strips, 2 * Shape.Channels);
        }

        using var unwanted = Device.Pool.RentScratch(Shape.Channels);
        var dGamma = _tape.GradientToAddTo(_options.Gamma)?.View ?? unwanted.View;
        var dBeta = _tape.GradientToAddTo(_options.Beta)?.View ?? unwanted.View;
        if (_options.ScaleShift != null)
        {
            Unfold(sums, _options.ScaleShift);
        }

        Device.Launch(
            GroupNormBackward.Combine, Device.WorkItems(Shape.Batch * Shape.Groups + Shape.Channels), default,
            sums, _options.Gamma.View, Coefficients.View, dGamma, dBeta, Shape);
        foreach (var (x, channel) in Sources())
        {
            if (_tape.WantsGradient(x, out var dx, out var accumulate))
            {
                using var from = x.Read();
                using var to = dx.Write(keep: accumulate != 0);
                Device.Launch(
                    GroupNormBackward.Apply, Device.WorkItems(Shape.Batch * Shape.Pieces), new KernelWork(0, 12.0 * x.Length),
                    from.View, dz, Coefficients.View, to.View, Shape, channel, x.Size(-1), accumulate);
            }
        }
    }

    private void Unfold(ArrayView<float> sums, Tensor scaleShift)
    {
        using var unwanted = Device.Pool.RentScratch(scaleShift.Length);
        var gradient = _tape.WantsGradient(scaleShift, out var wanted, out var accumulate) ? wanted.View : unwanted.View;
        Device.Launch(
            AdaptiveScale.Unfold, Device.WorkItems(Shape.Batch), default,
            sums, _options.Gamma.View, _options.Beta.View, Coefficients.View, scaleShift.View, gradient, Shape, accumulate);
    }

    // The tensors that hold the activation, with the place of their first channel among all.
    private (Tensor X, int Channel)[] Sources() =>
        _x.Second == null ? [(_x.First, 0)] : [(_x.First, 0), (_x.Second, Shape.FirstChannels)];
}
