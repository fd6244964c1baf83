namespace IlgpuEdm.Diffusion;

/// <summary>s(t) = 1: the state is data plus noise, as in EDM.</summary>
public sealed record NoScaling : SignalScaling
{
    /// <inheritdoc/>
    public override double Scale(double t) => 1;

    /// <inheritdoc/>
    public override double ScaleDerivative(double t) => 0;
}
