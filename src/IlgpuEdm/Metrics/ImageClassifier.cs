using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Metrics;

/// <summary>
/// A trained image classifier: tells how probable each class is, and gives the features that it tells them from. What it says of an image
/// does not depend on the other images of a call.
/// </summary>
public sealed class ImageClassifier : IDisposable
{
    /// <summary>What a classifier file's metadata says under <c>format</c>.</summary>
    public const string Format = "ilgpu-edm-classifier";

    private const string FormatKey = "format";
    private const string OptionsKey = "classifier";
    private const string TrainingKey = "training";
    private const string Prefix = "classifier.";
    private const int ImagesAtOnce = 128;

    private readonly Device _device;
    private readonly ClassifierNetwork _network;
    private readonly ParameterBlock _weights;
    private readonly string? _training;

    internal ImageClassifier(
        Device device, ClassifierOptions options, ClassifierNetwork network, ParameterBlock weights, string? training)
    {
        (_device, Options, _network, _weights, _training) = (device, options, network, weights, training);
    }

    /// <summary>What the classifier is made of.</summary>
    public ClassifierOptions Options { get; }

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => _network.Parameters.Count;

    /// <summary>Reads a classifier.</summary>
    /// <param name="device">Where to classify.</param>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <returns>The classifier; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or no classifier.</exception>
    public static ImageClassifier Load(Device device, string path)
    {
        var file = SafetensorsFile.Read(path);
        var options = ReadOptions(file, path);
        var network = CreateNetwork(options, path);

        // Before memory is taken for whatever the metadata claim.
        if (file.Tensors.Values.Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b)) != network.Parameters.Count)
        {
            throw new EdmException($"{path}: its tensors do not fit its metadata; the file is damaged, train the classifier anew");
        }

        var weights = new ParameterBlock(device, network.Parameters);
        try
        {
            weights.Load(file, Prefix, path);
            return new ImageClassifier(device, options, network, weights, file.Metadata.GetValueOrDefault(TrainingKey));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Reads what a file's metadata say of its classifier.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Named in errors.</param>
    /// <returns>The classifier's options, valid.</returns>
    /// <exception cref="EdmException">The file is no classifier, or its metadata are damaged.</exception>
    public static ClassifierOptions ReadOptions(SafetensorsFile file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!IsIn(file))
        {
            throw new EdmException($"{path} is no classifier; give a file that 'classifier train' wrote");
        }

        try
        {
            var options = JsonSerializer.Deserialize<ClassifierOptions>(file.Metadata[OptionsKey], RunJson.Compact)
                ?? throw new JsonException("the options are null");
            options.Validate();
            return options;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or NotSupportedException or EdmException)
        {
            throw new EdmException($"{path}: the metadata that describe the classifier are damaged; train it anew", e);
        }
    }

    private static ClassifierNetwork CreateNetwork(ClassifierOptions options, string path)
    {
        try
        {
            return new ClassifierNetwork(options);
        }
        catch (EdmException e)
        {
            throw new EdmException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Whether a file says that it is a classifier.</summary>
    internal static bool IsIn(SafetensorsFile file) => file.Metadata.GetValueOrDefault(FormatKey) == Format;

    /// <summary>Writes the classifier to a file.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <exception cref="EdmException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var file = new SafetensorsWriter()
            .Metadata(FormatKey, Format)
            .Metadata("version", "1")
            .Metadata(OptionsKey, JsonSerializer.Serialize(Options, RunJson.Compact));
        if (_training != null)
        {
            file.Metadata(TrainingKey, _training);
        }

        _weights.AddTo(file, Prefix);
        file.WriteTo(path);
    }

    /// <summary>Tells how probable each class is.</summary>
    /// <param name="images">Images of 8 bits, each Height x Width x ImageChannels bytes in order.</param>
    /// <returns>Of each image one probability a class; they add up to 1.</returns>
    /// <exception cref="ArgumentException">An image has another number of bytes.</exception>
    public double[][] Predict(IReadOnlyList<byte[]> images) =>
        Run(images, (pass, features) => _network.Logits(pass, features), row => Softmax(Array.ConvertAll(row, v => (double)v)));

    /// <summary>The features that the classes are told from, the layer before the last.</summary>
    /// <param name="images">Images of 8 bits, each Height x Width x ImageChannels bytes in order.</param>
    /// <returns>Of each image <see cref="ClassifierOptions.Features"/> numbers.</returns>
    /// <exception cref="ArgumentException">An image has another number of bytes.</exception>
    public float[][] Features(IReadOnlyList<byte[]> images) => Run(images, (_, features) => features, row => row);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _weights.Dispose();

    private T[][] Run<T>(IReadOnlyList<byte[]> images, Func<NetworkPass, Tensor, Tensor> output, Func<float[], T[]> convert)
    {
        ArgumentNullException.ThrowIfNull(images);
        var results = new T[images.Count][];
        var length = ClassifierInput.Length(Options);
        for (var first = 0; first < results.Length; first += ImagesAtOnce)
        {
            var count = Math.Min(ImagesAtOnce, results.Length - first);
            var input = new float[count * length];
            for (var i = 0; i < count; i++)
            {
                ClassifierInput.Place(Options, Checked(images[first + i]), input.AsSpan(i * length, length));
            }

            using var tape = new Tape(_device, recording: false);
            var pass = new NetworkPass(tape, _weights);
            var x = tape.From(input, count, Options.PaddedHeight, Options.PaddedWidth, Options.ImageChannels);
            var rows = output(pass, _network.Features(pass, x)).ToArray();
            var width = rows.Length / count;
            for (var i = 0; i < count; i++)
            {
                results[first + i] = convert(rows[(i * width)..((i + 1) * width)]);
            }
        }

        return results;
    }

    private byte[] Checked(byte[] image) => image.Length == Options.Height * Options.Width * Options.ImageChannels
        ? image
        : throw new ArgumentException(
            $"an image of {image.Length} bytes for a classifier of {Options.Width}x{Options.Height} with {Options.ImageChannels} channels");

    private static double[] Softmax(double[] logits)
    {
        var maximum = logits.Max();
        var exponentials = Array.ConvertAll(logits, z => Math.Exp(z - maximum));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, e => e / sum);
    }
}
