using System.Globalization;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Inception-v3 in the variant that FID is defined with (Heusel et al., 2017; the network of 2015-12-05), 2048 features. Everything is
/// float32, whatever the device's precision, and an image's features are the same bits whatever images stand beside it.
/// </summary>
public sealed class InceptionNetwork : IFeatureNetwork
{
    /// <summary>SHA-256 of the published file, 95,628,359 bytes, in lower-case hexadecimal digits.</summary>
    public const string PublishedHash = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2";

    private const string AnyTensor = "Conv2d_1a_3x3.conv.weight";
    private const int MostPixels = 1 << 14;

    // A core's share of a batch stays near its caches; groups of threads need more pixels than an image has to fill a GPU.
    private const int ImagesAtOnce = 8;
    private const int ImagesAtOnceOfGroups = 32;
    private const int MostInputFloats = 1 << 25;

    private readonly Device _device;
    private readonly InceptionModel _model;
    private readonly PackedWeightCache _packed = new();

    private InceptionNetwork(Device device, InceptionModel model, string hash) => (_device, _model, Hash) = (device, model, hash);

    /// <inheritdoc/>
    public string Name => IsPublished(Hash) ? "Inception-v3 (FID, 2015-12-05)" : "Inception-v3 (FID variant) of other weights";

    /// <inheritdoc/>
    public string Hash { get; }

    /// <inheritdoc/>
    public string Resize => $"bilinear to {InceptionModel.Side}x{InceptionModel.Side}, no antialiasing, on the device";

    /// <inheritdoc/>
    public string DistanceName => IsPublished(Hash) ? "FID" : "Fréchet distance in Inception-v3 of other weights";

    /// <inheritdoc/>
    public string KernelDistanceName => IsPublished(Hash) ? "KID" : "kernel distance in Inception-v3 of other weights";

    /// <inheritdoc/>
    public int Length => InceptionModel.Features;

    /// <summary>Whether a file's hash is that of the published weights, whose features alone make FID.</summary>
    internal static bool IsPublished(string hash) => hash == PublishedHash;

    /// <summary>Reads the network.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="path">
    /// The file that pytorch-fid publishes, or another of torch.save or safetensors with the same names: torchvision's.
    /// </param>
    /// <returns>The network; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or holds other tensors.</exception>
    public static InceptionNetwork Load(Device device, string path) => Of(device, TensorFiles.Read(path), LocalFile.Of(path));

    /// <summary>Whether a file holds weights of Inception-v3, be they whole or not.</summary>
    internal static bool IsIn(SafetensorsFile file) => file.Contains(AnyTensor);

    /// <summary>Takes the network from a file that was read.</summary>
    internal static InceptionNetwork Of(Device device, SafetensorsFile file, string path)
    {
        Require(file, path);
        return Create(device, (name, _) => file.GetFloats(name), FileBytes.Hash(path));
    }

    /// <summary>Checks that a file has every tensor, in its shape and of numbers.</summary>
    /// <exception cref="EdmException">It has not; the first that is wrong is named.</exception>
    internal static void Require(SafetensorsFile file, string path)
    {
        var tensors = new InceptionModel().Tensors.ToList();
        var missing = tensors.Where(t => !file.Contains(t.Name)).ToList();
        if (missing.Count > 0)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"{path}: these are no weights of Inception-v3: {missing.Count} of {tensors.Count} tensors are not there, such as "
                + $"'{missing[0].Name}'; get the file with 'dataset get inception'"));
        }

        foreach (var (name, shape) in tensors)
        {
            var found = file.GetShape(name);
            if (!found.SequenceEqual(shape))
            {
                throw new EdmException(
                    $"{path}: these are no weights of Inception-v3: tensor '{name}' is [{string.Join(", ", found)}] where the network has "
                    + $"[{string.Join(", ", shape)}]; get the file with 'dataset get inception'");
            }

            file.RequireFloats(name);
        }
    }

    /// <summary>Makes the network of weights from anywhere.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="tensors">Gives the elements of a tensor of a name and shape, row-major.</param>
    /// <param name="hash">What to say of the weights' file.</param>
    internal static InceptionNetwork Create(Device device, Func<string, int[], float[]> tensors, string hash)
    {
        var network = new InceptionNetwork(device, new InceptionModel(), hash);
        try
        {
            network._model.Load(device, tensors);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void RequireFit(int height, int width, int channels, string source) => RequireImages(height, width, channels, source);

    /// <summary>As <see cref="RequireFit"/>, which no weights matter to.</summary>
    internal static void RequireImages(int height, int width, int channels, string source)
    {
        if (channels is not (1 or 3) || height is < 1 or > MostPixels || width is < 1 or > MostPixels)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"{source}: images of {width}x{height} with {channels} channels, but Inception-v3 takes grey or RGB images of up to "
                + $"{MostPixels} pixels a side"));
        }
    }

    /// <inheritdoc/>
    public float[][] Features(IReadOnlyList<byte[]> images, int height, int width, int channels)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireFit(height, width, channels, "features");
        var size = height * width * channels;
        var atOnce = Math.Clamp(MostInputFloats / size, 1, _device.IsCooperative ? ImagesAtOnceOfGroups : ImagesAtOnce);
        var results = new float[images.Count][];
        for (var first = 0; first < results.Length; first += atOnce)
        {
            var count = Math.Min(atOnce, results.Length - first);
            using var tape = new Tape(_device, recording: false) { PackedWeights = _packed };
            var values = new float[count * size];
            for (var i = 0; i < count; i++)
            {
                Widen(images[first + i], values.AsSpan(i * size, size));
            }

            var features = _model.Forward(tape, tape.From(values, count, height, width, channels)).ToArray();
            for (var i = 0; i < count; i++)
            {
                results[first + i] = features[(i * Length)..((i + 1) * Length)];
            }
        }

        return results;
    }

    private static void Widen(byte[] image, Span<float> values)
    {
        if (image.Length != values.Length)
        {
            throw new ArgumentException($"an image of {image.Length} bytes where {values.Length} were expected");
        }

        for (var i = 0; i < image.Length; i++)
        {
            values[i] = image[i];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packed.Dispose();
        _model.Release();
    }
}
