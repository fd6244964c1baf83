using IlgpuEdm.Autodiff;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// A network's weights on one device, and the gradients that this device computes. All draws follow from an image's number, whichever
/// device it goes to. For one thread at a time.
/// </summary>
internal sealed class Replica : IDisposable
{
    private readonly ModelOptions _options;
    private readonly ulong _seed;
    private readonly DenoisingLoss _loss;
    private readonly AugmentPipe? _augment;
    private readonly RandomKey _key;
    private readonly LaunchRecordings _recordings;

    /// <summary>Makes a network whose weights are zeros.</summary>
    /// <param name="device">Where it lies.</param>
    /// <param name="options">Network, preconditioner and loss; validated.</param>
    /// <param name="seed">Determines all draws.</param>
    /// <exception cref="EdmException">An option is wrong, or the device's memory too small.</exception>
    public Replica(Device device, ModelOptions options, ulong seed)
    {
        Device = device;
        _options = options;
        _seed = seed;
        Network = new PreconditionedNetwork(options.Network.Create(), options.Preconditioner);
        _loss = new DenoisingLoss(
            Network, options.Loss.Weight, options.Loss.LearnedUncertainty ? new UncertaintyHead(Parameters) : null);
        _augment = options.Augment == null ? null : new AugmentPipe(options.Augment);
        _augment?.RequireFit(options.Network.Height, options.Network.Width, options.Network.ImageChannels);
        Weights = new ParameterBlock(device, Parameters, gradients: true);
        _key = new RandomKey(device, seed);
        _recordings = new LaunchRecordings(device);
    }

    /// <summary>Where it lies.</summary>
    public Device Device { get; }

    /// <summary>The network.</summary>
    public PreconditionedNetwork Network { get; }

    /// <summary>All that is trained.</summary>
    public ParameterList Parameters => Network.Network.Parameters;

    /// <summary>The weights and their gradients.</summary>
    public ParameterBlock Weights { get; }

    /// <summary>Sums the gradients of some images of a batch, in the order of their micro-batches.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="images">Which images.</param>
    /// <param name="microBatch">Images that go through the network at once.</param>
    /// <param name="sigma">Noise level of each image of the batch.</param>
    /// <param name="loss">Loss of each image of the batch; receives those of these images.</param>
    /// <param name="checkpointing">As in <see cref="NetworkPass"/>.</param>
    public void Differentiate(Batch batch, (int First, int End) images, int microBatch, double[] sigma, double[] loss, bool checkpointing)
    {
        Elementwise.Fill(Weights.Gradients!, 0f);
        for (var first = images.First; first < images.End; first += microBatch)
        {
            var count = Math.Min(microBatch, images.End - first);
            Accumulate(batch, first, count, sigma.AsSpan(first, count), loss.AsSpan(first, count), noise: null, checkpointing);
        }
    }

    /// <summary>The gradients of a whole batch on given noise.</summary>
    public void Differentiate(Batch batch, double[] sigma, float[] noise, double[] loss, bool checkpointing)
    {
        Elementwise.Fill(Weights.Gradients!, 0f);
        Accumulate(batch, 0, batch.Size, sigma, loss, noise, checkpointing);
    }

    private void Accumulate(
        Batch batch, int first, int count, ReadOnlySpan<double> sigma, Span<double> loss, float[]? noise, bool checkpointing)
    {
        var options = _options.Network;
        var imageSize = options.Height * options.Width * options.ImageChannels;
        var images = batch.Images.AsSpan(first * imageSize, count * imageSize);
        if (Device.Graphs != null)
        {
            Device.Pool.Settle();
        }

        using var tape = new Tape(Device, recording: true, _key);
        var (augmented, augmentLabels) = Augment(tape, images, count, batch.FirstImage + first);
        using var stretch = Device.Record(_recordings.Of(count));
        var y = augmented ?? Images(tape, images, count);
        var n = tape.New([.. y.Shape]);
        if (noise == null)
        {
            _key.FirstImage(batch.FirstImage + first);
            _key.Normal(n, RandomPurpose.TrainingNoise);
        }
        else
        {
            n.Upload(noise);
        }

        DenoisingLossResult result;
        using (Device.Profile.Stage("tape forward"))
        {
            result = _loss.Forward(
                new NetworkPass(tape, Weights, checkpointing), y, n, sigma, 1f / batch.Size, ClassLabels(tape, batch, first, count),
                augmentLabels);
        }

        using (Device.Profile.Stage("tape backward"))
        {
            result.Backward(tape);
        }

        for (var i = 0; i < count; i++)
        {
            loss[i] = result.Loss[i] / imageSize;
        }
    }

    private Tensor Images(Tape tape, ReadOnlySpan<float> values, int count) =>
        tape.From(values, count, _options.Network.Height, _options.Network.Width, _options.Network.ImageChannels);

    // Not recorded: how many images are moved, and how far, differs each time.
    private (Tensor? Images, Tensor? Labels) Augment(Tape tape, ReadOnlySpan<float> values, int count, long firstImage)
    {
        if (_augment == null)
        {
            return default;
        }

        using var stage = Device.Profile.Stage("augmentation");
        var (images, labels) = _augment.Apply(tape, Images(tape, values, count), firstImage, _seed);
        return (images, tape.From(labels, count, _augment.LabelDim));
    }

    // One-hot, or the image's own vector, but for images whose label is dropped: which these are follows from their numbers.
    private Tensor? ClassLabels(Tape tape, Batch batch, int first, int count)
    {
        var size = _options.Network.LabelDim;
        if (size == 0)
        {
            return null;
        }

        var values = new float[count * size];
        for (var i = 0; i < count; i++)
        {
            var image = (ulong)(batch.FirstImage + first + i);
            var label = batch.Labels[first + i];
            if (_options.Network.LabelDropout != 0
                && HostRandom.Uniform(_seed, RandomPurpose.LabelDropout, image, 0) < _options.Network.LabelDropout)
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

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _recordings.Dispose();
        _key.Dispose();
        Weights.Dispose();
    }
}
