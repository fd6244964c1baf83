namespace IlgpuEdm.Diffusion;

/// <summary>The log-likelihood of one image.</summary>
/// <param name="Nats">
/// ln p(x), the density of the data smoothed by noise of SigmaMin, per unit of volume of pixels in the scale of the network (-1 to 1).
/// </param>
/// <param name="StandardError">
/// The standard error of <paramref name="Nats"/> over the probes; 0 for the full trace, null for one probe. The solver's tolerance
/// comes on top.
/// </param>
/// <param name="Dimensions">n, the values of the image.</param>
/// <param name="Latent">The image's latent, x at SigmaMax divided by SigmaMax.</param>
/// <param name="Evaluations">Evaluations of the slope; each costs as many vector-Jacobian products as there are probes.</param>
public sealed record LikelihoodResult(double Nats, double? StandardError, int Dimensions, double[] Latent, int Evaluations)
{
    /// <summary>
    /// What 8-bit pixels add to <see cref="BitsPerDimension"/>: log2(127.5), about 6.994. The pixel k of 0 to 255 is k / 127.5 - 1 in the
    /// network's scale, so a step of one grey level is 1 / 127.5 wide, and the density per grey level is p(x) / 127.5 a value:
    /// -log2(p / 127.5) = -log2 p + log2 127.5. (Papers that divide by 128 add 7.)
    /// </summary>
    public static double EightBitCorrection { get; } = Math.Log2(127.5);

    /// <summary>-log2 p(x) / n, of the density in the network's scale; below 0 where the density is high.</summary>
    public double BitsPerDimension => -Nats / (Dimensions * Math.Log(2));

    /// <summary>
    /// Bits per dimension of the image as 8-bit pixels: <see cref="BitsPerDimension"/> + <see cref="EightBitCorrection"/>. As an upper
    /// bound on the bits of a lossless code it holds for images to which noise uniform within a grey level (1 / 127.5) was added.
    /// </summary>
    public double BitsPerDimensionOfBytes => BitsPerDimension + EightBitCorrection;
}
