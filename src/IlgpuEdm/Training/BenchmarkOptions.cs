using IlgpuEdm.Data;

namespace IlgpuEdm.Training;

/// <summary>What a benchmark measures and on what.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Network, the images' size included, preconditioner, loss and optimiser.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Images that go through the network at once; no more than a device's share of the batch do.</summary>
    public int MicroBatchSize { get; init; } = 64;

    /// <summary>Whether training keeps of each block of the network its output alone and runs it again in the backward pass.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Steps that are timed, after two that are not.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>Whether the result lists all kernels, not only the ten that took longest.</summary>
    public bool AllKernels { get; init; }

    /// <summary>The seed, as in training.</summary>
    public ulong Seed { get; init; }

    /// <summary>The options for a training request and a size of images.</summary>
    /// <param name="request">Network, batch, loss, optimiser and seed.</param>
    /// <param name="data">The images, whose size counts where they are given; else null.</param>
    /// <param name="resolution">Height and width of random images.</param>
    /// <param name="imageChannels">Channels of random images.</param>
    /// <param name="classes">Classes of random images, where the network learns them.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <param name="allKernels">Whether to list all kernels.</param>
    /// <exception cref="EdmException">An option is out of range, or the batch cannot be dealt evenly to the request's devices.</exception>
    public static BenchmarkOptions Of(
        TrainingRequest request, IImageDataset? data, int resolution, int imageChannels, int classes, int steps,
        bool allKernels = false)
    {
        var options = new BenchmarkOptions
        {
            Model = data is null
                ? request.ModelFor(resolution, resolution, imageChannels, request.Conditional ? classes : 0)
                : request.ModelFor(data),
            BatchSize = request.BatchSize,
            MicroBatchSize = request.MicroBatchSize ?? request.BatchSize,
            Checkpointing = request.Schedule.Checkpointing,
            Steps = steps,
            AllKernels = allKernels,
            Seed = request.Seed,
        };
        options.Validate();
        BatchShares.RequireEven(options.BatchSize, options.MicroBatchSize, request.Schedule.Device);
        return options;
    }

    private void Validate()
    {
        Model.Validate();
        RunIdentity.CheckBatch(BatchSize, Model.Network);
        RunIdentity.Check(Steps >= 1, "--steps", Steps, "at least 1");
        RunIdentity.Check(MicroBatchSize >= 1 && BatchSize % MicroBatchSize == 0, "--micro-batch", MicroBatchSize,
            $"a divisor of the batch size {BatchSize}");
    }
}
