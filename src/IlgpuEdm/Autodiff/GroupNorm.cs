namespace IlgpuEdm.Autodiff;

/// <summary>
/// Group norm with SiLU fused, plain or with a scale and a shift of each image, as a pass of its own; before a convolution
/// <see cref="NormalizedConvolution"/> spares the pass.
/// </summary>
public static class GroupNorm
{
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
        tape.Normalize(x, new GroupNormOptions(gamma, beta, groups, epsilon, silu));

    /// <summary>
    /// Adaptive group norm: <c>silu(norm(x) * (1 + scale) + shift)</c>, where the norm is that of <see cref="Normalize(Tape, Tensor,
    /// Tensor, Tensor, int, float, bool)"/> and scale and shift come from the noise level's embedding (Dhariwal and Nichol 2021).
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
        this Tape tape, Tensor x, Tensor gamma, Tensor beta, Tensor scaleShift, int groups, float epsilon) =>
        tape.Normalize(x, new GroupNormOptions(gamma, beta, groups, epsilon, Silu: true, scaleShift));

    /// <summary>A group norm with any options.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="options">What is computed.</param>
    /// <returns>As the input.</returns>
    /// <exception cref="ArgumentException">The tensors do not fit together, or the groups do not divide the channels.</exception>
    public static Tensor Normalize(this Tape tape, Tensor x, GroupNormOptions options) => tape.Normalize(new Joined(x), options);

    /// <summary>The same of an activation whose channels may lie in two tensors, <c>[N, H, W, A]</c> and <c>[N, H, W, B]</c>.</summary>
    /// <returns><c>[N, H, W, A + B]</c>, in one tensor.</returns>
    /// <exception cref="ArgumentException">The tensors do not fit together, or the groups do not divide the channels.</exception>
    internal static Tensor Normalize(this Tape tape, Joined x, GroupNormOptions options)
    {
        var table = new NormTable(tape, x, options);
        var y = tape.New(x.First.Storage, [.. x.First.Shape.SkipLast(1), x.Channels]);
        table.Apply(y);
        tape.Record(
            y, [x.First, x.Second, options.Gamma, options.Beta, options.ScaleShift],
            dy =>
            {
                table.Backward(dy);
                dy.Release();
            },
            table.Coefficients);
        return y;
    }
}
