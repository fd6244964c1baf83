namespace IlgpuEdm.Figures;

/// <summary>What <see cref="Explanation"/> is to draw from, and where to.</summary>
public sealed record ExplainRequest
{
    /// <summary>The folder for the figures and the page; made where it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// A trained network; null: the newest snapshot of <see cref="Run"/>, or without one the ideal denoiser of the data set.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>The folder of a training run; null: a short run is made in <see cref="Folder"/>.</summary>
    public string? Run { get; init; }

    /// <summary>The seed of noise and first weights in the figures on images: 1, 2, 13 and 14. The others have their own.</summary>
    public ulong Seed { get; init; }
}
