namespace IlgpuEdm.Training;

/// <summary>One score of a run: a line of <c>stats.jsonl</c> between those of the ticks.</summary>
/// <remarks>All but <see cref="ScoreSeconds"/> is the same for a run that was interrupted and for one that was not.</remarks>
public sealed record ScoreRecord
{
    /// <summary>Images seen since the run began.</summary>
    public required long Images { get; init; }

    /// <summary>The score; less is better.</summary>
    public required double Score { get; init; }

    /// <summary>What the score is called.</summary>
    public required string ScoreName { get; init; }

    /// <summary>Images that were drawn for it.</summary>
    public required int ScoreImages { get; init; }

    /// <summary>Feature network and reference, by their hashes.</summary>
    public required string ScoreBasis { get; init; }

    /// <summary>Whether no earlier score of the run with this basis and as many images was as low.</summary>
    public required bool Best { get; init; }

    /// <summary>How long drawing and measuring took.</summary>
    public required double ScoreSeconds { get; init; }

    /// <summary>What scores that can be compared have in common.</summary>
    internal (string Name, int Images, string Basis) Kind => (ScoreName, ScoreImages, ScoreBasis);

    /// <summary>Whether two scores can be compared.</summary>
    /// <param name="other">The other one.</param>
    public bool IsComparable(ScoreRecord other) => Kind == other.Kind;
}
