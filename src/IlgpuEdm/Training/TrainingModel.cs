using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// A network in training: weights, gradients, Adam's moments and the average. A step follows from the batch, its number and the seed
/// alone, so a run that continues from a saved state continues bit for bit. Of several devices each computes the gradients of a share of
/// the batch; all else lies on the first.
/// </summary>
public sealed class TrainingModel : IDisposable
{
    private const string StepsKey = "adam_steps";
    private readonly Device _device;
    private readonly ModelOptions _options;
    private readonly ulong _seed;
    private readonly ReplicaGroup _replicas;
    private readonly AdamOptimizer _optimizer;

    /// <summary>Makes a network with its first weights.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="options">Network, preconditioner, loss and optimiser.</param>
    /// <param name="seed">Determines first weights and all draws.</param>
    /// <exception cref="EdmException">An option is wrong, or the device's memory too small.</exception>
    public TrainingModel(Device device, ModelOptions options, ulong seed)
        : this([device], options, seed)
    {
    }

    /// <summary>Makes a network with its first weights on several devices.</summary>
    /// <param name="devices">Where to train, at least one; a batch is dealt out in their order.</param>
    /// <param name="options">Network, preconditioner, loss and optimiser.</param>
    /// <param name="seed">Determines first weights and all draws.</param>
    /// <exception cref="EdmException">An option is wrong, or a device's memory too small.</exception>
    public TrainingModel(IReadOnlyList<Device> devices, ModelOptions options, ulong seed)
    {
        options.Validate();
        _device = devices[0];
        _options = options;
        _seed = seed;
        _replicas = new ReplicaGroup(devices, options, seed);
        try
        {
            _optimizer = new AdamOptimizer(_device, _replicas.First.Parameters, Weights, options.Optimizer);
            _replicas.ShareWeights();
        }
        catch
        {
            _replicas.Dispose();
            throw;
        }
    }

    /// <summary>Whether steps keep of each block its output alone and run it again in the backward pass.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>What the network is made of.</summary>
    public UNetOptions Network => _options.Network;

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => _replicas.First.Parameters.Count;

    /// <summary>Trains on a whole batch: gradients in micro-batches, then Adam and the average.</summary>
    /// <param name="batch">The images; their numbers key all draws.</param>
    /// <param name="microBatch">
    /// Images that go through the network at once, at least 1, but no more than a device's share of the batch.
    /// </param>
    /// <returns>Losses, noise levels and what the optimiser did.</returns>
    /// <exception cref="ArgumentException">
    /// The batch does not fit the network, the micro-batch is not positive, or several devices do not get the same number of micro-batches.
    /// </exception>
    /// <exception cref="EdmException">A device's memory is too small.</exception>
    public StepResult Step(Batch batch, int microBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatch);
        RequireFit(batch, microBatch);
        using var stage = _device.Profile.Stage("step");
        var sigma = _options.Loss.Levels.Draw(batch.FirstImage, batch.Size, _seed, _options.Loss.StratifiedSigma);
        var loss = new double[batch.Size];
        microBatch = BatchShares.MicroBatch(batch.Size, microBatch, _replicas.Count);
        _replicas.Differentiate(batch, microBatch, sigma, loss, Checkpointing);
        return Update(batch.FirstImage, sigma, loss);
    }

    private void RequireFit(Batch batch, int microBatch)
    {
        var options = Network;
        var values = (long)batch.Size * options.Height * options.Width * options.ImageChannels;
        if (batch.Images.Length != values || batch.Labels.Length != batch.Size)
        {
            throw new ArgumentException(
                $"a batch of {batch.Size} images for this network has {values} values and a label each, not {batch.Images.Length}",
                nameof(batch));
        }

        if (options.LabelDim > 0 && batch.LabelVectors is { } vectors && vectors.Length != batch.Size * options.LabelDim)
        {
            throw new ArgumentException($"{vectors.Length} label values are not {options.LabelDim} an image", nameof(batch));
        }

        if (options.LabelDim > 0 && batch.Labels.Max() >= options.LabelDim)
        {
            throw new ArgumentException($"the label {batch.Labels.Max()} is outside the network's {options.LabelDim}", nameof(batch));
        }

        if (_replicas.Count > 1 && !BatchShares.AreEven(batch.Size, microBatch, _replicas.Count))
        {
            throw new ArgumentException(
                $"{batch.Size} images in micro-batches of {microBatch} cannot be dealt evenly to {_replicas.Count} devices", nameof(batch));
        }
    }

    /// <summary>A step on given draws on the first device, by which the golden tests compare with the reference.</summary>
    internal StepResult Step(Batch batch, double[] sigma, float[] noise)
    {
        var loss = new double[batch.Size];
        _replicas.First.Differentiate(batch, sigma, noise, loss, Checkpointing);
        return Update(batch.FirstImage, sigma, loss);
    }

    private StepResult Update(long images, double[] sigma, double[] loss)
    {
        using var stage = _device.Profile.Stage("optimizer");

        // A loss that is not finite ends the run; the weights from before it are worth keeping.
        var replaced = Array.TrueForAll(loss, double.IsFinite) ? _optimizer.Step(images, loss.Length) : 0;
        _replicas.ShareWeights();
        return new StepResult(loss, sigma, _optimizer.LearningRate(images), _optimizer.EmaBeta(images, loss.Length), replaced);
    }

    /// <summary>Adds all that a resumed run needs: weights, average, moments and the count of steps.</summary>
    /// <param name="file">The training state.</param>
    public void AddState(SafetensorsWriter file)
    {
        file.Metadata(StepsKey, _optimizer.Steps.ToString(CultureInfo.InvariantCulture));
        foreach (var (prefix, block) in StateBlocks())
        {
            block.AddTo(file, prefix);
        }
    }

    /// <summary>Takes back what <see cref="AddState"/> added.</summary>
    /// <param name="file">The training state.</param>
    /// <exception cref="EdmException">Something is missing or has another shape.</exception>
    public void LoadState(SafetensorsFile file)
    {
        if (!long.TryParse(
                file.Metadata.GetValueOrDefault(StepsKey), NumberStyles.None, CultureInfo.InvariantCulture, out var steps))
        {
            throw new EdmException($"the training state lacks '{StepsKey}'; it is no state of this program");
        }

        foreach (var (prefix, block) in StateBlocks())
        {
            block.Load(file, prefix, "training state");
        }

        _optimizer.Steps = steps;
        _replicas.ShareWeights();
    }

    /// <summary>Starts from given weights instead of random ones; the averages start there too.</summary>
    /// <param name="file">The weights, as <see cref="TransferWeights"/> reads them.</param>
    internal void StartFrom(SafetensorsFile file)
    {
        Weights.Load(file, NetworkDenoiser.Prefix, "--transfer");
        _optimizer.Average.CopyFrom(Weights);
        foreach (var profile in _optimizer.Profiles)
        {
            profile.Average.CopyFrom(Weights);
        }

        _replicas.ShareWeights();
    }

    /// <summary>Adds the averaged weights and the network's description to a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    public void AddEma(SafetensorsWriter file) => NetworkDenoiser.AddTo(file, _replicas.First.Network, _optimizer.Average);

    /// <summary>Adds a power-function average and the network's description to a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="deviation">One of <see cref="OptimizerOptions.EmaProfiles"/>.</param>
    public void AddEmaProfile(SafetensorsWriter file, double deviation) =>
        NetworkDenoiser.AddTo(file, _replicas.First.Network, _optimizer.Profiles.Single(p => p.Deviation == deviation).Average);

    /// <summary>The denoiser with the averaged weights as they are now.</summary>
    /// <returns>A denoiser that follows this model.</returns>
    public NetworkDenoiser EmaDenoiser() => new(_device, _replicas.First.Network, _optimizer.Average);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _replicas.Dispose();
    }

    private IEnumerable<(string Prefix, ParameterBlock Block)> StateBlocks() =>
    [
        ("weights." + NetworkDenoiser.Prefix, Weights),
        ("ema." + NetworkDenoiser.Prefix, _optimizer.Average),
        ("adam_m." + NetworkDenoiser.Prefix, _optimizer.FirstMoment),
        ("adam_v." + NetworkDenoiser.Prefix, _optimizer.SecondMoment),
        .. _optimizer.Profiles.Select(p => (p.StatePrefix + NetworkDenoiser.Prefix, p.Average)),
    ];

    /// <summary>The first device's weights, and the gradients of the whole batch.</summary>
    internal ParameterBlock Weights => _replicas.First.Weights;

    /// <summary>The averaged weights, for tests.</summary>
    internal ParameterBlock Average => _optimizer.Average;

    /// <summary>The power-function averages, for tests.</summary>
    internal IReadOnlyList<EmaProfile> Profiles => _optimizer.Profiles;
}
