namespace IlgpuEdm.Diffusion;

/// <summary>s(t): the samplers' state is s(t) times data with noise of level sigma(t) (Karras et al. 2022, table 1).</summary>
public abstract record SignalScaling
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["vp", "none"];

    /// <summary>Makes a scaling by name.</summary>
    /// <param name="name"><c>vp</c> or <c>none</c>.</param>
    /// <param name="schedule">The schedule that VP scaling follows.</param>
    /// <returns>The scaling.</returns>
    /// <exception cref="EdmException">The name is not known.</exception>
    public static SignalScaling Create(string name, NoiseSchedule schedule)
    {
        OptionRange.OneOf("--scaling", name, Names);
        return name == "vp" ? new VpScaling(schedule) : new NoScaling();
    }

    /// <summary>s(t).</summary>
    /// <param name="t">The time, at least 0.</param>
    /// <returns>The factor of the state.</returns>
    public abstract double Scale(double t);

    /// <summary>s'(t), the derivative by t.</summary>
    /// <param name="t">The time, above 0.</param>
    /// <returns>The derivative.</returns>
    public abstract double ScaleDerivative(double t);
}
