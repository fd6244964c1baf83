using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Interchange;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Cli;

/// <summary>What <c>fid calc</c> was asked for, but for the images.</summary>
internal sealed record FidRequest
{
    /// <summary>Images that publications draw for a score.</summary>
    public const int UsualImages = 50_000;

    /// <summary>A file of figures, or a data set.</summary>
    public required string Reference { get; init; }

    /// <summary>A data set whose distance is told beside; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>The file of the feature network.</summary>
    public required string Features { get; init; }

    /// <summary>How many images to score; null where the user left it open.</summary>
    public int? Number { get; init; }

    /// <summary>Keys random subsets.</summary>
    public ulong Seed { get; init; }

    public bool Kid { get; init; }

    public int KidSubsets { get; init; }

    /// <summary>Null for the usual number, or what there are.</summary>
    public int? KidSubsetSize { get; init; }

    public bool PrecisionRecall { get; init; }

    public bool Json { get; init; }

    /// <summary>Whether the features of each image are needed, not only mean and covariance.</summary>
    public bool NeedsFeatures => Kid || PrecisionRecall;
}

/// <summary>Images that a network is to draw.</summary>
/// <param name="Network">The network, guided or not.</param>
/// <param name="File">Its file, for reports.</param>
/// <param name="Images">Seeds and classes.</param>
/// <param name="Options">How to sample.</param>
/// <param name="Batch">How many at once.</param>
internal sealed record DrawnImages(
    GuidedNetwork Network, string File, IReadOnlyList<ImageSeed> Images, ImageSamplerOptions Options, int Batch)
{
    /// <summary>What tells the images from others, but for the sampler: the network's file, and the seeds.</summary>
    public string Fingerprint { get; } = string.Create(CultureInfo.InvariantCulture,
        $"network {FeatureOrigin.Short(TensorFiles.HashOf(File))}, seeds {Images[0].Seed} to {Images[^1].Seed}");
}
