namespace IlgpuEdm.Training;

/// <summary>Where a run stands, told after each step.</summary>
/// <param name="Images">Images seen.</param>
/// <param name="Fraction">How much of the run is done, 0 to 1.</param>
/// <param name="ImagesPerSecond">The speed of the last few steps.</param>
/// <param name="Loss">The mean loss of the tick under way, or of the last one where it has just ended.</param>
/// <param name="Remaining">The training time that is left at this speed.</param>
/// <param name="MemoryBytes">The device memory that a step needs.</param>
public sealed record TrainingProgress(
    long Images, double Fraction, double ImagesPerSecond, double Loss, TimeSpan Remaining, long MemoryBytes);

/// <summary>How a call of <see cref="Trainer.Run"/> ended.</summary>
public enum TrainingOutcome
{
    /// <summary>The run reached its end.</summary>
    Finished,

    /// <summary>The run had reached its end before; nothing was trained.</summary>
    AlreadyFinished,

    /// <summary>The run was asked to stop; the same command goes on with it.</summary>
    Interrupted,
}

/// <summary>What a call of <see cref="Trainer.Run"/> left behind.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Images">Images seen since the run began.</param>
/// <param name="Seconds">The time of all training steps since the run began.</param>
/// <param name="Snapshot">The path of the last snapshot.</param>
/// <param name="Grid">The path of the last sample grid, or null where none was drawn.</param>
/// <param name="Curve">The path of the loss curve, or null where no tick has ended.</param>
public sealed record TrainingResult(
    TrainingOutcome Outcome, long Images, double Seconds, string Snapshot, string? Grid, string? Curve)
{
    /// <summary>The path of the snapshot with the best score, or null where none was scored.</summary>
    public string? Best { get; init; }

    /// <summary>The path of the report, or null where none was written.</summary>
    public string? Report { get; init; }
}
