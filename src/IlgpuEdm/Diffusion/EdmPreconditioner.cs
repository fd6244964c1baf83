using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// EDM preconditioning: <c>D(x; sigma) = c_skip x + c_out F(c_in x; c_noise)</c>, so that the network's input and target have unit variance
/// at every noise level (Karras et al. 2022, equation 7 and table 1).
/// </summary>
public sealed class EdmPreconditioner
{
    /// <summary>Puts a network under preconditioning.</summary>
    /// <param name="network">F.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <exception cref="EdmException">sigmaData is not a positive number.</exception>
    public EdmPreconditioner(SongUNet network, double sigmaData)
    {
        OptionRange.Positive("--sigma-data", sigmaData);
        Network = network;
        SigmaData = sigmaData;
    }

    /// <summary>F.</summary>
    public SongUNet Network { get; }

    /// <summary>Standard deviation of the data.</summary>
    public double SigmaData { get; }

    /// <summary><c>sigmaData^2 / (sigma^2 + sigmaData^2)</c>.</summary>
    /// <param name="sigma">Noise level.</param>
    /// <returns>c_skip.</returns>
    public double CSkip(double sigma) => SigmaData * SigmaData / (sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>sigma sigmaData / sqrt(sigma^2 + sigmaData^2)</c>.</summary>
    /// <param name="sigma">Noise level.</param>
    /// <returns>c_out.</returns>
    public double COut(double sigma) => sigma * SigmaData / Math.Sqrt(sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>1 / sqrt(sigma^2 + sigmaData^2)</c>.</summary>
    /// <param name="sigma">Noise level.</param>
    /// <returns>c_in.</returns>
    public double CIn(double sigma) => 1 / Math.Sqrt(sigma * sigma + SigmaData * SigmaData);

    /// <summary><c>ln(sigma) / 4</c>.</summary>
    /// <param name="sigma">Noise level.</param>
    /// <returns>c_noise.</returns>
    public static double CNoise(double sigma) => Math.Log(sigma) / 4;

    /// <summary>Denoises.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c>.</param>
    /// <param name="sigma">Noise level of each image.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns>The network's estimate of the clean images, as x.</returns>
    public Tensor Denoise(
        NetworkPass pass, Tensor x, ReadOnlySpan<double> sigma, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        var cIn = Coefficients(sigma, CIn);
        var scaled = pass.Tape.CombineImages(x, null, cIn, default);
        var f = Network.Forward(pass, scaled, Coefficients(sigma, CNoise), classLabels, augmentLabels);
        pass.Tape.Release(scaled);
        var denoised = pass.Tape.CombineImages(x, f, Coefficients(sigma, CSkip), Coefficients(sigma, COut));
        pass.Tape.Release(f);
        return denoised;
    }

    private static float[] Coefficients(ReadOnlySpan<double> sigma, Func<double, double> coefficient)
    {
        var values = new float[sigma.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)coefficient(sigma[i]);
        }

        return values;
    }
}
