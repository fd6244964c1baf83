using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Trains an <see cref="ImageClassifier"/> with Adam on images that are moved and made noisy a little. A step follows from the batch, its
/// number and the seed alone; the result is the average of the weights.
/// </summary>
public sealed class ClassifierTraining : IDisposable
{
    // Apart from the noise's draws, which have the purpose itself.
    private const RandomPurpose DrawsOfAnImage = (RandomPurpose)((uint)RandomPurpose.Classifier | (1 << 8));

    private readonly Device _device;
    private readonly ClassifierOptions _classifier;
    private readonly ClassifierTrainingOptions _options;
    private readonly ClassifierNetwork _network;
    private readonly ParameterBlock _weights;
    private readonly AdamOptimizer _optimizer;
    private readonly RandomKey _key;

    /// <summary>Makes a classifier with its first weights.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="classifier">What it is made of.</param>
    /// <param name="options">How to train it.</param>
    /// <exception cref="EdmException">An option is wrong, or the device's memory too small.</exception>
    public ClassifierTraining(Device device, ClassifierOptions classifier, ClassifierTrainingOptions options)
    {
        options.Validate();
        (_device, _classifier, _options) = (device, classifier, options);
        _network = new ClassifierNetwork(classifier);
        _weights = new ParameterBlock(device, _network.Parameters, gradients: true);
        _weights.Initialise(options.Seed);
        _optimizer = new AdamOptimizer(device, _network.Parameters, _weights, options.Optimizer());
        _key = new RandomKey(device, options.Seed);
    }

    /// <summary>Trains a classifier on a data set from beginning to end.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="data">Images with labels of two classes or more.</param>
    /// <param name="options">How to train.</param>
    /// <param name="onStep">Is given every step; null for nobody.</param>
    /// <param name="stop">Ends training before its time.</param>
    /// <returns>The classifier; dispose it before the device.</returns>
    /// <exception cref="EdmException">The data do not do, an option is wrong, or training diverged.</exception>
    /// <exception cref="OperationCanceledException">Training was stopped.</exception>
    public static ImageClassifier Train(
        Device device, IImageDataset data, ClassifierTrainingOptions options, Action<ClassifierStep>? onStep = null,
        CancellationToken stop = default)
    {
        RequireFit(data, test: null);
        var classifier = OptionsFor(data);
        using var training = new ClassifierTraining(device, classifier, options);
        using var loader = new BatchLoader(data, options.Batch, options.Seed, firstImage: 0, xflip: false);
        for (long seen = 0; seen < options.Images; seen += options.Batch)
        {
            stop.ThrowIfCancellationRequested();
            var step = training.Step(loader.Next());
            onStep?.Invoke(step);
        }

        return training.Finish(JsonSerializer.Serialize(new
        {
            Data = data.Name,
            data.Fingerprint,
            options.Images,
            options.Batch,
            options.LearningRate,
            options.Seed,
            options.MaxShift,
            options.MaxNoise,
        }, RunJson.Compact));
    }

    /// <summary>Checks, before anything is trained, that a classifier can be trained on some data and tested on others.</summary>
    /// <param name="data">The data to train on.</param>
    /// <param name="test">The data to test on; null for none.</param>
    /// <exception cref="EdmException">Labels are missing, or the two do not fit together.</exception>
    public static void RequireFit(IImageDataset data, IImageDataset? test)
    {
        ClassifierData.RequireClasses(data);
        if (test != null)
        {
            ClassifierData.RequireFit(OptionsFor(data), test);
        }
    }

    /// <summary>Trains on a batch.</summary>
    /// <param name="batch">Images of the classifier's size with labels; their numbers key all draws.</param>
    /// <returns>Loss and hits.</returns>
    /// <exception cref="ArgumentException">The batch does not fit the classifier.</exception>
    /// <exception cref="EdmException">The loss is not finite any more.</exception>
    public ClassifierStep Step(Batch batch)
    {
        Elementwise.Fill(_weights.Gradients!, 0f);
        using var tape = new Tape(_device, recording: true);
        var pass = new NetworkPass(tape, _weights);
        var logits = _network.Logits(pass, _network.Features(pass, Disturb(tape, batch)));
        var (loss, gradient) = tape.SoftmaxCrossEntropy(logits, batch.Labels, 1f / batch.Size);
        var correct = Correct(logits.ToArray(), batch.Labels);
        var mean = loss.ToArray().Average(v => (double)v);
        var seen = batch.FirstImage + batch.Size;
        if (!double.IsFinite(mean))
        {
            throw new EdmException(string.Create(
                CultureInfo.InvariantCulture, $"the classifier's loss is not finite after {seen} images; use a smaller --lr"));
        }

        tape.Backward(logits, gradient);
        _optimizer.Step(batch.FirstImage, batch.Size);
        return new ClassifierStep(seen, batch.Size, mean, correct);
    }

    /// <summary>The classifier with the averaged weights as they are now; later steps do not change it.</summary>
    /// <param name="description">JSON about the training for the file's metadata; null for none.</param>
    /// <returns>The classifier; dispose it before the device.</returns>
    public ImageClassifier Finish(string? description = null)
    {
        var weights = new ParameterBlock(_device, _network.Parameters);
        weights.CopyFrom(_optimizer.Average);
        return new ImageClassifier(_device, _classifier, _network, weights, description);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _key.Dispose();
        _optimizer.Dispose();
        _weights.Dispose();
    }

    private static ClassifierOptions OptionsFor(IImageDataset data) =>
        ClassifierOptions.For(data.Height, data.Width, data.Channels, data.LabelDim);

    private Tensor Disturb(Tape tape, Batch batch)
    {
        int size = _classifier.Height * _classifier.Width * _classifier.ImageChannels, length = ClassifierInput.Length(_classifier);
        if (batch.Images.Length != batch.Size * size || batch.Labels.Length != batch.Size)
        {
            throw new ArgumentException(
                $"a batch of {batch.Size} images for this classifier has {batch.Size * size} values and a label each", nameof(batch));
        }

        var shift = Math.Min(_options.MaxShift, Math.Min(_classifier.Height, _classifier.Width) / 8);
        var input = new float[batch.Size * length];
        var deviations = new float[batch.Size];
        for (var i = 0; i < batch.Size; i++)
        {
            var number = (ulong)(batch.FirstImage + i);
            int down = Shift(shift, Draw(number, 0)), right = Shift(shift, Draw(number, 1));
            deviations[i] = (float)(_options.MaxNoise * Draw(number, 2));
            ClassifierInput.Place(_classifier, batch.Images.AsSpan(i * size, size), down, right, input.AsSpan(i * length, length));
        }

        var x = tape.From(input, batch.Size, _classifier.PaddedHeight, _classifier.PaddedWidth, _classifier.ImageChannels);
        if (_options.MaxNoise == 0)
        {
            return x;
        }

        var noise = tape.New([.. x.Shape]);
        _key.FirstImage(batch.FirstImage);
        _key.Normal(noise, RandomPurpose.Classifier);
        var ones = new float[batch.Size];
        Array.Fill(ones, 1f);
        return tape.CombineImages(x, noise, ones, deviations);
    }

    private double Draw(ulong image, uint element) => HostRandom.Uniform(_options.Seed, DrawsOfAnImage, image, element);

    private static int Shift(int most, double draw) => (int)(draw * (2 * most + 1)) - most;

    private static int Correct(float[] logits, int[] labels)
    {
        var classes = logits.Length / labels.Length;
        var correct = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            correct += row.IndexOf(row.ToArray().Max()) == labels[i] ? 1 : 0;
        }

        return correct;
    }
}
