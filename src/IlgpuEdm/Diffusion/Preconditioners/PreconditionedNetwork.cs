using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>A network under preconditioning: the denoiser <c>D(x; sigma) = c_skip x + c_out F(c_in x; c_noise)</c>.</summary>
public sealed class PreconditionedNetwork
{
    /// <summary>Puts a network under preconditioning.</summary>
    /// <param name="network">F.</param>
    /// <param name="preconditioner">The four coefficients.</param>
    /// <exception cref="EdmException">A constant of the preconditioner is out of range.</exception>
    public PreconditionedNetwork(UNet network, Preconditioner preconditioner)
    {
        preconditioner.Validate();
        Network = network;
        Preconditioner = preconditioner;
    }

    /// <summary>F.</summary>
    public UNet Network { get; }

    /// <summary>The four coefficients.</summary>
    public Preconditioner Preconditioner { get; }

    /// <summary>Denoises.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c>.</param>
    /// <param name="sigma">Noise level of each image, above 0.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns>The network's estimate of the clean images, as x.</returns>
    public Tensor Denoise(
        NetworkPass pass, Tensor x, ReadOnlySpan<double> sigma, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        var tape = pass.Tape;
        var scaled = tape.CombineImages(x, null, Coefficients(sigma, Preconditioner.CIn), default);
        var f = Network.Forward(pass, scaled, Coefficients(sigma, Preconditioner.CNoise), classLabels, augmentLabels);
        tape.Release(scaled);
        if (Network.Options.OutputChannels > Network.Options.ImageChannels)
        {
            var all = f;
            f = tape.FirstChannels(all, Network.Options.ImageChannels);
            tape.Release(all);
        }

        var cSkip = Coefficients(sigma, Preconditioner.CSkip);
        var denoised = tape.CombineImages(x, f, cSkip, Coefficients(sigma, Preconditioner.COut));
        tape.Release(f);
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
