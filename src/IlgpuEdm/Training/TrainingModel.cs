using System.Globalization;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// A network in training on one device: weights, gradients, Adam's moments and the average. A step follows from the batch, its number and
/// the seed alone, so a run that continues from a saved state continues bit for bit.
/// </summary>
public sealed class TrainingModel : IDisposable
{
    private const string StepsKey = "adam_steps";
    private readonly Device _device;
    private readonly ModelOptions _options;
    private readonly ulong _seed;
    private readonly PreconditionedNetwork _network;
    private readonly DenoisingLoss _loss;
    private readonly AugmentPipe? _augment;
    private readonly ParameterBlock _weights;
    private readonly AdamOptimizer _optimizer;
    private readonly RandomKey _key;

    /// <summary>Makes a network with its first weights.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="options">Network, preconditioner, loss and optimiser.</param>
    /// <param name="seed">Determines first weights and all draws.</param>
    /// <exception cref="EdmException">An option is wrong, or the device's memory too small.</exception>
    public TrainingModel(Device device, ModelOptions options, ulong seed)
    {
        options.Validate();
        _device = device;
        _options = options;
        _seed = seed;
        _network = new PreconditionedNetwork(options.Network.Create(), options.Preconditioner);
        var parameters = _network.Network.Parameters;
        _loss = new DenoisingLoss(
            _network, options.Loss.Weight, options.Loss.LearnedUncertainty ? new UncertaintyHead(parameters) : null);
        _augment = options.Augment == null ? null : new AugmentPipe(options.Augment);
        _augment?.RequireFit(Network.Height, Network.Width, Network.ImageChannels);
        _weights = new ParameterBlock(device, parameters, gradients: true);
        _weights.Initialise(seed);
        _optimizer = new AdamOptimizer(device, parameters, _weights, options.Optimizer);
        _key = new RandomKey(device, seed);
    }

    /// <summary>Whether steps keep of each block its output alone and run it again in the backward pass.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>What the network is made of.</summary>
    public UNetOptions Network => _options.Network;

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => _network.Network.Parameters.Count;

    /// <summary>Trains on a whole batch: gradients in micro-batches, then Adam and the average.</summary>
    /// <param name="batch">The images; their numbers key all draws.</param>
    /// <param name="microBatch">Images that go through the network at once, at least 1.</param>
    /// <returns>Losses, noise levels and what the optimiser did.</returns>
    /// <exception cref="ArgumentException">The batch does not fit the network, or the micro-batch is not positive.</exception>
    /// <exception cref="EdmException">The device's memory is too small.</exception>
    public StepResult Step(Batch batch, int microBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatch);
        RequireFit(batch);
        using var stage = _device.Profile.Stage("step");
        var sigma = _options.Loss.Levels.Draw(batch.FirstImage, batch.Size, _seed, _options.Loss.StratifiedSigma);
        var loss = new double[batch.Size];
        Elementwise.Fill(_weights.Gradients!, 0f);
        for (var first = 0; first < batch.Size; first += microBatch)
        {
            var count = Math.Min(microBatch, batch.Size - first);
            _key.FirstImage(batch.FirstImage + first);
            Accumulate(batch, first, count, sigma.AsSpan(first, count), loss.AsSpan(first, count), noise: null, 1f / batch.Size);
        }

        return Update(batch.FirstImage, sigma, loss);
    }

    private void RequireFit(Batch batch)
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
    }

    /// <summary>A step on given draws, by which the golden tests compare with the reference.</summary>
    internal StepResult Step(Batch batch, double[] sigma, float[] noise)
    {
        var loss = new double[batch.Size];
        Elementwise.Fill(_weights.Gradients!, 0f);
        Accumulate(batch, 0, batch.Size, sigma, loss, noise, 1f / batch.Size);
        return Update(batch.FirstImage, sigma, loss);
    }

    private void Accumulate(
        Batch batch, int first, int count, ReadOnlySpan<double> sigma, Span<double> loss, float[]? noise, float factor)
    {
        var options = Network;
        var imageSize = options.Height * options.Width * options.ImageChannels;
        using var tape = new Tape(_device, recording: true, _key);
        var y = tape.From(
            batch.Images.AsSpan(first * imageSize, count * imageSize), count, options.Height, options.Width, options.ImageChannels);
        Tensor? augmentLabels = null;
        if (_augment != null)
        {
            using var stage = _device.Profile.Stage("augmentation");
            (y, var labels) = _augment.Apply(tape, y, batch.FirstImage + first, _seed);
            augmentLabels = tape.From(labels, count, _augment.LabelDim);
        }

        var n = tape.New([.. y.Shape]);
        if (noise == null)
        {
            _key.Normal(n, RandomPurpose.TrainingNoise);
        }
        else
        {
            n.Upload(noise);
        }

        DenoisingLossResult result;
        using (_device.Profile.Stage("tape forward"))
        {
            result = _loss.Forward(
                new NetworkPass(tape, _weights, Checkpointing), y, n, sigma, factor, ClassLabels(tape, batch, first, count), augmentLabels);
        }

        using (_device.Profile.Stage("tape backward"))
        {
            result.Backward(tape);
        }

        for (var i = 0; i < count; i++)
        {
            loss[i] = result.Loss[i] / imageSize;
        }
    }

    // One-hot, or the image's own vector, but for images whose label is dropped: which these are follows from their numbers.
    private Tensor? ClassLabels(Tape tape, Batch batch, int first, int count)
    {
        var size = Network.LabelDim;
        if (size == 0)
        {
            return null;
        }

        var values = new float[count * size];
        for (var i = 0; i < count; i++)
        {
            var image = (ulong)(batch.FirstImage + first + i);
            var label = batch.Labels[first + i];
            if (Network.LabelDropout != 0
                && HostRandom.Uniform(_seed, RandomPurpose.LabelDropout, image, 0) < Network.LabelDropout)
            {
                continue;
            }

            if (batch.LabelVectors != null)
            {
                batch.LabelVectors.AsSpan((first + i) * size, size).CopyTo(values.AsSpan(i * size));
            }
            else if (label >= 0)
            {
                values[i * size + label] = 1f;
            }
        }

        return tape.From(values, count, size);
    }

    private StepResult Update(long images, double[] sigma, double[] loss)
    {
        using var stage = _device.Profile.Stage("optimizer");

        // A loss that is not finite ends the run; the weights from before it are worth keeping.
        var replaced = Array.TrueForAll(loss, double.IsFinite) ? _optimizer.Step(images, loss.Length) : 0;
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
    }

    /// <summary>Starts from given weights instead of random ones; the averages start there too.</summary>
    /// <param name="file">The weights, as <see cref="TransferWeights"/> reads them.</param>
    internal void StartFrom(SafetensorsFile file)
    {
        _weights.Load(file, NetworkDenoiser.Prefix, "--transfer");
        _optimizer.Average.CopyFrom(_weights);
        foreach (var profile in _optimizer.Profiles)
        {
            profile.Average.CopyFrom(_weights);
        }
    }

    /// <summary>Adds the averaged weights and the network's description to a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    public void AddEma(SafetensorsWriter file) => NetworkDenoiser.AddTo(file, _network, _optimizer.Average);

    /// <summary>Adds a power-function average and the network's description to a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="deviation">One of <see cref="OptimizerOptions.EmaProfiles"/>.</param>
    public void AddEmaProfile(SafetensorsWriter file, double deviation) =>
        NetworkDenoiser.AddTo(file, _network, _optimizer.Profiles.Single(p => p.Deviation == deviation).Average);

    /// <summary>The denoiser with the averaged weights as they are now.</summary>
    /// <returns>A denoiser that follows this model.</returns>
    public NetworkDenoiser EmaDenoiser() => new(_device, _network, _optimizer.Average);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _key.Dispose();
        _optimizer.Dispose();
        _weights.Dispose();
    }

    private IEnumerable<(string Prefix, ParameterBlock Block)> StateBlocks() =>
    [
        ("weights." + NetworkDenoiser.Prefix, _weights),
        ("ema." + NetworkDenoiser.Prefix, _optimizer.Average),
        ("adam_m." + NetworkDenoiser.Prefix, _optimizer.FirstMoment),
        ("adam_v." + NetworkDenoiser.Prefix, _optimizer.SecondMoment),
        .. _optimizer.Profiles.Select(p => (p.StatePrefix + NetworkDenoiser.Prefix, p.Average)),
    ];

    /// <summary>Weights, for tests.</summary>
    internal ParameterBlock Weights => _weights;

    /// <summary>The averaged weights, for tests.</summary>
    internal ParameterBlock Average => _optimizer.Average;

    /// <summary>The power-function averages, for tests.</summary>
    internal IReadOnlyList<EmaProfile> Profiles => _optimizer.Profiles;
}
