namespace IlgpuEdm.Training;

/// <summary>Networks and optimisers by name: small ones that learn in minutes, and the published ones (Karras et al. 2022, table 7).</summary>
public static class TrainingPresets
{
    /// <summary>The names that <see cref="Named"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["compact", "compact-ncsnpp", "compact-adm", "ddpmpp", "ncsnpp", "ddpmpp-64", "ncsnpp-64", "adm"];

    /// <summary>The images that a preset was made for.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static PresetImages ImagesOf(string name) => name switch
    {
        "ddpmpp" or "ncsnpp" => new PresetImages("CIFAR-10", 32, 3, 10),
        "ddpmpp-64" or "ncsnpp-64" => new PresetImages("FFHQ or AFHQv2", 64, 3, 0),
        "adm" => new PresetImages("ImageNet", 64, 3, 1000),
        _ => new PresetImages("Fashion-MNIST", 28, 1, 10),
    };

    private static TrainingRequest Published { get; } = new()
    {
        Channels = 128,
        BlocksPerLevel = 4,
        AttentionResolutions = [16],
        Optimizer = new OptimizerOptions { LearningRate = 1e-3, RampUpImages = 10_000_000, EmaHalfLifeImages = 500_000 },
    };

    private static TrainingRequest Cifar { get; } = Published with
    {
        ChannelMult = [2, 2, 2],
        Dropout = 0.13,
        BatchSize = 512,
        AugmentP = 0.12,
    };

    private static TrainingRequest Faces { get; } = Published with
    {
        ChannelMult = [1, 2, 2, 2],
        Dropout = 0.05,
        AugmentP = 0.15,
        BatchSize = 256,
        Optimizer = Published.Optimizer with { LearningRate = 2e-4 },
    };

    /// <summary>The network and optimiser that a name stands for.</summary>
    /// <param name="name">
    /// <c>compact</c> and its relatives for small images; <c>ddpmpp</c> and <c>ncsnpp</c> as published for CIFAR-10, with <c>-64</c> for
    /// faces at 64 px; <c>adm</c> as published for ImageNet at 64 px.
    /// </param>
    /// <returns>The request, to be varied.</returns>
    /// <exception cref="EdmException">There is no such preset.</exception>
    public static TrainingRequest Named(string name) => name switch
    {
        "compact" => new TrainingRequest(),
        "compact-ncsnpp" => new TrainingRequest { Architecture = "ncsnpp" },
        "compact-adm" => new TrainingRequest { Architecture = "adm" },
        "ddpmpp" => Cifar,
        "ncsnpp" => Cifar with { Architecture = "ncsnpp" },
        "ddpmpp-64" => Faces,
        "ncsnpp-64" => Faces with { Architecture = "ncsnpp" },
        "adm" => Published with
        {
            Architecture = "adm",
            Conditional = true,
            Channels = 192,
            ChannelMult = [1, 2, 3, 4],
            BlocksPerLevel = 3,
            AttentionResolutions = [32, 16, 8],
            Dropout = 0.1,
            BatchSize = 4096,
            Optimizer = Published.Optimizer with { LearningRate = 1e-4, EmaHalfLifeImages = 50_000_000 },
        },
        _ => throw new EdmException($"there is no preset '{name}': the presets are {string.Join(", ", Names)}"),
    };
}

/// <summary>The images that a preset was made for.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Resolution">Height and width.</param>
/// <param name="Channels">1 for grey, 3 for colour.</param>
/// <param name="Classes">Classes; 0 where there are none.</param>
public sealed record PresetImages(string Name, int Resolution, int Channels, int Classes);
