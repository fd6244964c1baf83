namespace IlgpuEdm.Diffusion;

/// <summary>What training minimises: which noise levels, how weighted (Karras et al. 2022, table 1).</summary>
public sealed record LossOptions
{
    /// <summary>The names that <see cref="Named"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["edm", "vp", "ve", "iddpm", "plain"];

    /// <summary>The noise levels that training sees.</summary>
    public NoiseLevels Levels { get; init; } = new LogNormalLevels();

    /// <summary>How much each level counts.</summary>
    public LossWeight Weight { get; init; } = new EdmWeight();

    /// <summary>
    /// Whether the noise levels of a batch are spread evenly over their distribution, which lowers the gradient's variance.
    /// </summary>
    public bool StratifiedSigma { get; init; }

    /// <summary>Whether a learned uncertainty balances the noise levels (see <see cref="UncertaintyHead"/>).</summary>
    public bool LearnedUncertainty { get; init; }

    /// <summary>The loss that goes with a model.</summary>
    /// <param name="name"><c>edm</c>, <c>vp</c>, <c>ve</c>, <c>iddpm</c>, or <c>plain</c> for uniform levels and unweighted squares.</param>
    /// <param name="sigmaData">Standard deviation of the data, which EDM's weight needs.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="EdmException">There is no such loss.</exception>
    public static LossOptions Named(string name, double sigmaData = 0.5) => name switch
    {
        "edm" => new LossOptions { Weight = new EdmWeight { SigmaData = sigmaData } },
        "vp" => new LossOptions { Levels = new VpLevels(), Weight = new InverseVarianceWeight() },
        "ve" => new LossOptions { Levels = new VeLevels(), Weight = new InverseVarianceWeight() },
        "iddpm" => new LossOptions { Levels = new IddpmLevels(), Weight = new InverseVarianceWeight() },
        "plain" => new LossOptions { Levels = new UniformLevels(), Weight = new UnitWeight() },
        _ => throw new EdmException($"--loss {name} is not known; say one of {string.Join(", ", Names)}"),
    };

    /// <summary>Checks levels and weights.</summary>
    /// <exception cref="EdmException">A constant is out of range.</exception>
    public void Validate()
    {
        Levels.Validate();
        Weight.Validate();
    }
}
