namespace IlgpuEdm.Diffusion;

/// <summary>sigma(t): which noise level belongs to which time (Karras et al. 2022, table 1). Rises with t from sigma(0) = 0.</summary>
public abstract record NoiseSchedule
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["vp", "ve", "linear"];

    /// <summary>Makes a schedule by name.</summary>
    /// <param name="name"><c>vp</c>, <c>ve</c> or <c>linear</c>.</param>
    /// <param name="sigmaMin">The lowest noise level above 0; only VP depends on it.</param>
    /// <param name="sigmaMax">The highest noise level; only VP depends on it.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="EdmException">The name is not known, or VP cannot span the noise levels.</exception>
    public static NoiseSchedule Create(string name, double sigmaMin, double sigmaMax)
    {
        OptionRange.OneOf("--schedule", name, Names);
        return name switch
        {
            "vp" => VpSchedule.Between(sigmaMin, sigmaMax),
            "ve" => new VeSchedule(),
            _ => new LinearSchedule(),
        };
    }

    /// <summary>sigma(t).</summary>
    /// <param name="t">The time, at least 0.</param>
    /// <returns>The noise level.</returns>
    public abstract double Sigma(double t);

    /// <summary>sigma'(t), the derivative by t.</summary>
    /// <param name="t">The time, above 0.</param>
    /// <returns>The derivative.</returns>
    public abstract double SigmaDerivative(double t);

    /// <summary>The inverse: t with sigma(t) = <paramref name="sigma"/>.</summary>
    /// <param name="sigma">The noise level, at least 0.</param>
    /// <returns>The time.</returns>
    public abstract double Time(double sigma);
}
