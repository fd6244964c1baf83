namespace IlgpuEdm.Training;

/// <summary>What one tick of training was like: one line of <c>stats.jsonl</c>, one row of <c>stats.csv</c>.</summary>
/// <remarks>
/// All but <see cref="ImagesPerSecond"/>, <see cref="Seconds"/> and <see cref="TotalSeconds"/> is the same for a run that was
/// interrupted and for one that was not.
/// </remarks>
public sealed record TickRecord
{
    /// <summary>Images seen since the run began.</summary>
    public required long Images { get; init; }

    /// <summary>Optimiser steps since the run began.</summary>
    public required long Steps { get; init; }

    /// <summary>The weighted loss, its mean over the elements of all images of the tick.</summary>
    public required double Loss { get; init; }

    /// <summary>The same by noise level, named as in <see cref="SigmaBins"/>; null where no image had such a level.</summary>
    public required IReadOnlyDictionary<string, double?> LossBySigma { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How much of the averaged weights the last step kept.</summary>
    public required double EmaBeta { get; init; }

    /// <summary>Gradients of the tick that were not finite and were replaced.</summary>
    public required long NonFiniteGradients { get; init; }

    /// <summary>The speed of the tick's training steps.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The time of the tick's training steps.</summary>
    public required double Seconds { get; init; }

    /// <summary>The time of all training steps since the run began.</summary>
    public required double TotalSeconds { get; init; }

    /// <summary>The device memory that a step needs, in MB (10^6 bytes).</summary>
    public required double MemoryMb { get; init; }
}
