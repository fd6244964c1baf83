using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// EDM2's learned uncertainty: <c>u(sigma)</c>, a linear layer on Fourier features of c_noise, turns the loss into
/// <c>weight * |D - y|^2 / exp(u) + u</c>, whose gradients are of equal size at all noise levels once u has learned the loss's logarithm
/// (Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", section 2.2). It is trained with the network
/// and not needed afterwards.
/// </summary>
public sealed class UncertaintyHead
{
    private const int Channels = 128;
    private readonly Parameter _frequencies;
    private readonly LinearLayer _linear;

    /// <summary>Declares the head's parameters beside a network's; it starts at u = 0.</summary>
    /// <param name="list">The network's parameters.</param>
    public UncertaintyHead(ParameterList list)
    {
        _frequencies = list.AddFixed("logvar_fourier.freqs", ParameterStart.NormalDraws(1), Channels / 2);
        _linear = new LinearLayer(list, "logvar_linear", Channels, 1, new LayerStart(StartRule.KaimingNormal, 0, 0), bias: false);
    }

    /// <summary>u of each image.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="noiseLabels">c_noise of each image.</param>
    /// <returns><c>[N, 1]</c>.</returns>
    public Tensor Forward(NetworkPass pass, ReadOnlySpan<float> noiseLabels) =>
        _linear.Forward(pass, pass.Tape.FourierEmbedding(noiseLabels, pass[_frequencies]));
}
