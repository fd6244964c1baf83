namespace IlgpuEdm.Diffusion;

/// <summary>The noise levels that a denoiser was made for; samplers ask for no others.</summary>
/// <param name="Min">The lowest level.</param>
/// <param name="Max">The highest level; may be infinite.</param>
/// <param name="Round">The nearest level that it knows, for one that knows only some; null if all are fine.</param>
public sealed record SigmaRange(double Min, double Max, Func<double, double>? Round = null)
{
    /// <summary>Every level above 0, as EDM's preconditioning and closed forms take them.</summary>
    public static SigmaRange Unlimited { get; } = new(0, double.PositiveInfinity);
}
