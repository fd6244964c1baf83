using System.Text.Json;

namespace IlgpuEdm.Training;

/// <summary>What the trainer itself has to remember, beside the model's tensors; JSON in the training state's metadata.</summary>
public sealed record TrainingState
{
    /// <summary>Images seen.</summary>
    public long Images { get; set; }

    /// <summary>Optimiser steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>The time of all training steps, in seconds.</summary>
    public double Seconds { get; set; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate { get; set; }

    /// <summary>How much of the averaged weights the last step kept.</summary>
    public double EmaBeta { get; set; }

    /// <summary>The device memory that a step needs, in bytes.</summary>
    public long MemoryBytes { get; set; }

    /// <summary>The tick under way.</summary>
    public TickAccumulator Tick { get; set; } = new();

    /// <summary>Counts a step that has been taken.</summary>
    internal void Add(StepResult step, double seconds, long memoryBytes)
    {
        Images += step.LossPerImage.Length;
        Steps++;
        Seconds += seconds;
        LearningRate = step.LearningRate;
        EmaBeta = step.EmaBeta;
        MemoryBytes = Math.Max(MemoryBytes, memoryBytes);
        Tick.Add(step, seconds);
    }

    /// <summary>The line of the tick under way.</summary>
    internal TickRecord Record() => new()
    {
        Images = Images,
        Steps = Steps,
        Loss = Tick.LossSum / Tick.Count,
        LossBySigma = Tick.LossBySigma(),
        LearningRate = LearningRate,
        EmaBeta = EmaBeta,
        NonFiniteGradients = Tick.NonFiniteGradients,
        ImagesPerSecond = Math.Round(Tick.Count / Math.Max(Tick.Seconds, 1e-9), 3),
        Seconds = Math.Round(Tick.Seconds, 3),
        TotalSeconds = Math.Round(Seconds, 3),
        MemoryMb = Math.Round(MemoryBytes / 1e6, 3),
    };

    internal void StartTick() => Tick = new TickAccumulator { StartImages = Images };

    internal string ToJson() => JsonSerializer.Serialize(this, RunJson.Compact);

    internal static TrainingState FromJson(string json)
    {
        TrainingState? state = JsonSerializer.Deserialize<TrainingState>(json, RunJson.Compact);
        if (state is null || state.Tick.Counts.Length != SigmaBins.Count || state.Tick.LossSums.Length != SigmaBins.Count)
        {
            throw new JsonException("the trainer's counters are incomplete");
        }

        return state;
    }
}
