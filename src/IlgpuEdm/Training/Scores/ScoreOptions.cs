using System.Text.Json.Serialization;

namespace IlgpuEdm.Training;

/// <summary>How a run scores its averaged weights while it trains: the Fréchet distance of images that they draw to a reference.</summary>
public sealed record ScoreOptions
{
    /// <summary>Images of training between scores; 0: only at the end.</summary>
    public required long EveryImages { get; init; }

    /// <summary>Images that are drawn for a score, of seeds 0, 1, 2, …; at least 2.</summary>
    public int Images { get; init; } = 2_000;

    /// <summary>The file of the feature network.</summary>
    public required string Features { get; init; }

    /// <summary>A data set, or statistics of one (<c>.npz</c>); null: the training images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reference { get; init; }

    internal void Validate()
    {
        RunIdentity.Check(EveryImages >= 0, "--fid-every", EveryImages, "at least 0");
        RunIdentity.Check(Images >= 2, "--fid-num", Images, "at least 2");
    }
}
