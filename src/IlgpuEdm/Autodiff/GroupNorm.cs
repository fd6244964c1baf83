using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Normalization;

namespace IlgpuEdm.Autodiff;

/// <summary>Group norm with SiLU fused, plain or with a scale and a shift of each image.</summary>
public static class GroupNorm
{
    private const int PieceFloats = 4096;

    /// <summary>
    /// <c>gamma * (x - mean) / sqrt(variance + epsilon) + beta</c> over groups of channels, with SiLU after it if asked for.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="gamma">Scale, <c>[C]</c>.</param>
    /// <param name="beta">Shift, <c>[C]</c>.</param>
    /// <param name="groups">Groups; divides C.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <returns>As the input.</returns>
    public static Tensor Normalize(this Tape tape, Tensor x, Tensor gamma, Tensor beta, int groups, float epsilon, bool silu) =>
        Apply(tape, x, gamma, beta, null, groups, epsilon, silu);

    /// <summary>
    /// Adaptive group norm: <c>silu(norm(x) * (1 + scale) + shift)</c>, where the norm is that of <see cref="Normalize"/> and scale and
    /// shift come from the noise level's embedding (Dhariwal and Nichol 2021).
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="gamma">Scale of the norm, <c>[C]</c>.</param>
    /// <param name="beta">Shift of the norm, <c>[C]</c>.</param>
    /// <param name="scaleShift">The scale of each image and channel, then the shifts, <c>[N, 2C]</c>.</param>
    /// <param name="groups">Groups; divides C.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <returns>As the input.</returns>
    public static Tensor NormalizeAdaptive(
        this Tape tape, Tensor x, Tensor gamma, Tensor beta, Tensor scaleShift, int groups, float epsilon)
    {
        Shapes.Require(
            scaleShift.Shape.Count == 2 && scaleShift.Size(0) == x.Size(0) && scaleShift.Size(1) == 2 * x.Size(-1), [x, scaleShift]);
        return Apply(tape, x, gamma, beta, scaleShift, groups, epsilon, silu: true);
    }

    private static Tensor Apply(
        Tape tape, Tensor x, Tensor gamma, Tensor beta, Tensor? scaleShift, int groups, float epsilon, bool silu)
    {
        var device = tape.Device;
        int batch = x.Size(0), channels = x.Size(-1), pixels = x.Length / (batch * channels);
        if (groups <= 0 || channels % groups != 0)
        {
            throw new ArgumentException($"{groups} groups do not divide {channels} channels", nameof(groups));
        }

        Shapes.Require(Shapes.Has(gamma, channels) && Shapes.Has(beta, channels), [x, gamma, beta]);

        var piece = Math.Clamp(PieceFloats / channels, 1, pixels);
        var shape = new GroupNormShape
        {
            Batch = batch,
            Pixels = pixels,
            Channels = channels,
            Groups = groups,
            PiecePixels = piece,
            Pieces = (pixels + piece - 1) / piece,
            Silu = silu ? 1 : 0,
            Epsilon = epsilon,
        };
        var reduceItems = device.WorkItems(batch * shape.Blocks);
        var applyItems = device.WorkItems(batch * shape.Pieces);
        using var moments = device.Pool.Rent(2L * batch * channels);
        var coefficients = tape.New(batch * GroupNormForward.CoefficientRows * channels);
        var y = tape.New([.. x.Shape]);
        device.Launch(GroupNormForward.Moments, reduceItems, new KernelWork(0, 4.0 * x.Length), x.View, moments.View, shape);
        device.Launch(
            GroupNormForward.Coefficients, device.WorkItems(batch * groups), default,
            moments.View, gamma.View, beta.View, coefficients.View, shape);
        if (scaleShift != null)
        {
            device.Launch(AdaptiveScale.Fold, device.WorkItems(batch), default, scaleShift.View, coefficients.View, shape);
        }

        device.Launch(
            GroupNormForward.Apply, applyItems, new KernelWork(0, 8.0 * x.Length), x.View, coefficients.View, y.View, shape);

        tape.Record(
            y, [x, gamma, beta, scaleShift],
            dy =>
            {
                using var sums = device.Pool.Rent(2L * batch * channels);
                using var unwanted = device.Pool.Rent(channels);
                var dGamma = tape.GradientToAddTo(gamma)?.View ?? unwanted.View;
                var dBeta = tape.GradientToAddTo(beta)?.View ?? unwanted.View;
                device.Launch(
                    GroupNormBackward.Reduce, reduceItems, new KernelWork(0, 8.0 * x.Length),
                    x.View, dy.View, coefficients.View, sums.View, shape);
                if (scaleShift != null)
                {
                    Unfold(tape, sums.View, gamma, beta, coefficients, scaleShift, shape);
                }

                device.Launch(
                    GroupNormBackward.Combine, device.WorkItems(batch * groups + channels), default,
                    sums.View, gamma.View, coefficients.View, dGamma, dBeta, shape);
                if (tape.WantsGradient(x, out var dx, out var accumulate))
                {
                    device.Launch(
                        GroupNormBackward.Apply, applyItems, new KernelWork(0, 12.0 * x.Length),
                        x.View, dy.View, coefficients.View, dx.View, shape, accumulate);
                }

                dy.Release();
            },
            coefficients);
        return y;
    }

    private static void Unfold(
        Tape tape, ArrayView<float> sums, Tensor gamma, Tensor beta, Tensor coefficients, Tensor scaleShift, GroupNormShape shape)
    {
        var device = tape.Device;
        using var unwanted = device.Pool.Rent(scaleShift.Length);
        var gradient = tape.WantsGradient(scaleShift, out var wanted, out var accumulate) ? wanted.View : unwanted.View;
        device.Launch(
            AdaptiveScale.Unfold, device.WorkItems(shape.Batch), default,
            sums, gamma.View, beta.View, coefficients.View, scaleShift.View, gradient, shape, accumulate);
    }
}
