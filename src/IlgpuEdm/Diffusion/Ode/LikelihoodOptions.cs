namespace IlgpuEdm.Diffusion;

/// <summary>How <see cref="Likelihood"/> computes the divergence along the ODE.</summary>
public sealed record LikelihoodOptions
{
    /// <summary>Noise levels and tolerances of the solver; its absolute tolerance is also that of the likelihood in nats a value.</summary>
    public AdaptiveOdeOptions Ode { get; init; } = new();

    /// <summary>
    /// Probes of Hutchinson's estimate, at least 1: an evaluation costs as many vector-Jacobian products. With one probe there is no
    /// standard error. Not used with <see cref="FullTrace"/>.
    /// </summary>
    public int Probes { get; init; } = 8;

    /// <summary>
    /// Whether to compute the trace itself: as many vector-Jacobian products an evaluation as an image has values, so for small
    /// inputs only.
    /// </summary>
    public bool FullTrace { get; init; }

    /// <summary>How many vector-Jacobian products go through the denoiser in one call, at least 1; changes no result.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Checks every option.</summary>
    /// <exception cref="EdmException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Ode.Validate();
        OptionRange.AtLeast("--probes", Probes, 1);
        OptionRange.AtLeast("--batch", Batch, 1);
    }
}
