using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>
/// What the <see cref="Trainer"/> needs of the thing it trains: a step, the state, the averaged weights. The trainer's
/// bookkeeping (ticks, files, resuming) is written and tested against this interface alone.
/// </summary>
public interface ITrainingModel : IDisposable
{
    /// <summary>The number of trained parameters.</summary>
    long ParameterCount { get; }

    /// <summary>
    /// The device memory that a training step needs, in bytes, of several devices that of the one that needs most; 0 before the first
    /// step. It is the same for every run with the same options, interrupted or not, since it is written to the statistics.
    /// </summary>
    long MemoryBytes { get; }

    /// <summary>Trains on one batch: gradients in micro-batches, one optimiser step, one update of the average.</summary>
    /// <param name="batch">The images, [N, H, W, C] in [-1, 1], with their labels.</param>
    /// <param name="microBatch">How many images go through the network at once.</param>
    /// <returns>The loss and noise level of each image and what the optimiser did.</returns>
    /// <exception cref="EdmException">The device has not enough memory.</exception>
    StepResult Step(Batch batch, int microBatch);

    /// <summary>What happened in the last step that a run's log should say; each thing once.</summary>
    /// <returns>One line each.</returns>
    IReadOnlyList<string> TakeNotices() => [];

    /// <summary>Adds everything that a resumed run needs, bit for bit.</summary>
    /// <param name="file">The training state that is being collected.</param>
    void AddState(SafetensorsWriter file);

    /// <summary>Takes back what <see cref="AddState"/> added.</summary>
    /// <param name="file">A training state.</param>
    /// <exception cref="EdmException">A tensor is missing or has another shape.</exception>
    void LoadState(SafetensorsFile file);

    /// <summary>Adds the averaged weights in PyTorch's names and layouts, and what network they belong to.</summary>
    /// <param name="file">The snapshot that is being collected.</param>
    void AddEma(SafetensorsWriter file);

    /// <summary>Adds a power-function average of the weights, as <see cref="AddEma"/> adds the other.</summary>
    /// <param name="file">The snapshot that is being collected.</param>
    /// <param name="deviation">One of the run's <see cref="OptimizerOptions.EmaProfiles"/>.</param>
    void AddEmaProfile(SafetensorsWriter file, double deviation);

    /// <summary>Draws images with the averaged weights.</summary>
    /// <param name="images">Their seeds and classes.</param>
    /// <param name="options">The sampler's options.</param>
    /// <param name="batch">How many images go through the network at once; it does not change the images.</param>
    /// <param name="stop">Ends the drawing at the next call of the network.</param>
    /// <returns>The images, HWC bytes.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    byte[][] SampleEma(IReadOnlyList<ImageSeed> images, SamplerOptions options, int batch, CancellationToken stop);
}
