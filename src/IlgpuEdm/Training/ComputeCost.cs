using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// What a network costs, told without a device: parameters, operations and memory. The memory follows the trainer's own tensors and the
/// pool's size classes; tests hold it against what training really takes.
/// </summary>
public sealed class ComputeCost
{
    private const int BlocksBesideAverages = 4;
    private readonly UNet _network;
    private readonly int _outputs;
    private readonly int _averages;
    private readonly long _blockLength;

    /// <summary>Declares the network to count it.</summary>
    /// <param name="model">Network, preconditioner and loss; the optimiser says how many averages training keeps.</param>
    /// <exception cref="EdmException">Such a network cannot be built.</exception>
    public ComputeCost(ModelOptions model)
        : this(model.Network, 1 + model.Optimizer.EmaProfiles.Count, model.Loss.LearnedUncertainty)
    {
    }

    /// <summary>Declares a network to count it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="averages">Averages of the weights that training keeps, at least 1.</param>
    /// <param name="uncertainty">Whether training adds the parameters of a learned uncertainty.</param>
    /// <exception cref="EdmException">Such a network cannot be built.</exception>
    public ComputeCost(UNetOptions network, int averages = 1, bool uncertainty = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(averages, 1);
        _network = network.Create();
        _outputs = network.OutputChannels;
        _averages = averages;
        if (uncertainty)
        {
            _ = new UncertaintyHead(_network.Parameters);
        }

        Parameters = _network.Parameters.Count;
        _blockLength = _network.Parameters.BlockLength;
    }

    /// <summary>Whether training keeps of each block its output alone and runs it again in the backward pass.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Trained parameters.</summary>
    public long Parameters { get; }

    /// <summary>The network's layers.</summary>
    public IReadOnlyList<NetworkLayer> Layers => _network.Layers;

    /// <summary>Floating-point operations of one evaluation of the denoiser, for one image; a multiply-add counts two.</summary>
    public double DenoiseFlops => 2 * Layers.Sum(layer => layer.Cost.MultiplyAdds);

    /// <summary>
    /// Floating-point operations of a training step, for one image: forward, backward twice as much, and what is run again.
    /// </summary>
    public double TrainingFlops => 3 * DenoiseFlops + 2 * Layers.Where(RunsAgain).Sum(layer => layer.Cost.MultiplyAdds);

    /// <summary>Bytes of the weights alone, which sampling needs.</summary>
    public long WeightBytes => MemoryPool.RentedBytes(_blockLength);

    /// <summary>Bytes that training holds all the time: weights, gradients, Adam's two moments and the averages.</summary>
    public long StateBytes => (BlocksBesideAverages + _averages) * WeightBytes;

    /// <summary>Bytes of the activations that a training step keeps until its backward pass, rounded as the memory pool rounds.</summary>
    /// <param name="microBatch">Images at once.</param>
    public long ActivationBytes(int microBatch) => ImageBytes(microBatch) + Layers.Sum(layer => KeptBytes(layer, microBatch));

    /// <summary>
    /// The most bytes of device memory that training holds at once: the state, the activations kept, the gradients under way
    /// and the scratch of a kernel.
    /// </summary>
    /// <param name="microBatch">Images at once, at least 1.</param>
    /// <param name="workItems">Work items of the device (<see cref="Device.MaxWorkItems"/>); their scratch is part of it.</param>
    public long TrainingBytes(int microBatch, int workItems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(microBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(workItems, 1);

        // Walking back, a layer is reached when all after it have given their memory back.
        long kept = ImageBytes(microBatch), most = kept;
        foreach (NetworkLayer layer in Layers)
        {
            long under = MemoryPool.RentedBytes(microBatch * layer.Cost.Gradients)
                + MemoryPool.RentedBytes(layer.Cost.Scratch(microBatch, workItems));
            most = Math.Max(most, kept + ReadBytes(layer, microBatch) + under);
            kept += KeptBytes(layer, microBatch);
        }

        return StateBytes + most;
    }

    /// <summary><see cref="TrainingBytes(int, int)"/> on a GPU.</summary>
    /// <param name="microBatch">Images at once, at least 1.</param>
    public long TrainingBytesOnGpu(int microBatch) => TrainingBytes(microBatch, Device.FatItemsOnGpu);

    /// <summary>The most images at once whose tensors kernels can address.</summary>
    public int MostImagesAtOnce => (int)(MemoryPool.MaxLength / Layers.Max(layer => layer.Cost.Kept.Max()));

    // Clean, augmented, noisy and scaled images, the network's output, the denoised images and their gradient.
    private long ImageBytes(int microBatch)
    {
        UNetOptions options = _network.Options;
        long pixels = (long)microBatch * options.Height * options.Width;
        int images = 5 + (_outputs > options.ImageChannels ? 1 : 0) + (options.AugmentDim > 0 ? 1 : 0);
        return images * MemoryPool.RentedBytes(pixels * options.ImageChannels) + MemoryPool.RentedBytes(pixels * _outputs);
    }

    private bool RunsAgain(NetworkLayer layer) => Checkpointing && layer.IsBlock;

    private long KeptBytes(NetworkLayer layer, int microBatch) => RunsAgain(layer)
        ? MemoryPool.RentedBytes(microBatch * layer.OutputFloats)
        : ReadBytes(layer, microBatch);

    // What a layer's backward pass reads.
    private static long ReadBytes(NetworkLayer layer, int microBatch) =>
        layer.Cost.Kept.Sum(floats => MemoryPool.RentedBytes(microBatch * floats));
}
