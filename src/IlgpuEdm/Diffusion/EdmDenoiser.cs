using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>A trained network under EDM preconditioning, ready to denoise: what samplers call.</summary>
public sealed class EdmDenoiser : IDisposable
{
    /// <summary>The metadata key that says what a file is.</summary>
    public const string FormatKey = "format";

    /// <summary>What a snapshot's metadata says under <see cref="FormatKey"/>.</summary>
    public const string SnapshotFormat = "ilgpu-edm-snapshot";

    /// <summary>Put before each parameter's name in files, as the reference does.</summary>
    public const string Prefix = "model.";

    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly Device _device;
    private readonly EdmPreconditioner _preconditioner;
    private readonly ParameterBlock _weights;
    private readonly bool _ownsWeights;

    /// <summary>Makes a denoiser of weights that stay the caller's.</summary>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="preconditioner">The preconditioned network.</param>
    /// <param name="weights">Its weights.</param>
    public EdmDenoiser(Device device, EdmPreconditioner preconditioner, ParameterBlock weights)
        : this(device, preconditioner, weights, ownsWeights: false)
    {
    }

    private EdmDenoiser(Device device, EdmPreconditioner preconditioner, ParameterBlock weights, bool ownsWeights)
    {
        _device = device;
        _preconditioner = preconditioner;
        _weights = weights;
        _ownsWeights = ownsWeights;
    }

    /// <summary>What the network is made of.</summary>
    public SongUNetOptions Network => _preconditioner.Network.Options;

    /// <summary>Standard deviation of the data that it was trained on.</summary>
    public double SigmaData => _preconditioner.SigmaData;

    /// <summary>Reads a snapshot.</summary>
    /// <param name="device">Where to denoise.</param>
    /// <param name="path">A file <c>network-snapshot-*.safetensors</c>.</param>
    /// <returns>The denoiser; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or no snapshot.</exception>
    public static EdmDenoiser Load(Device device, string path)
    {
        var file = SafetensorsFile.Read(path);
        var (options, sigmaData) = ReadConfiguration(file, path);
        var network = new SongUNet(options);
        var weights = new ParameterBlock(device, network.Parameters);
        try
        {
            weights.Load(file, Prefix, path);
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        return new EdmDenoiser(device, new EdmPreconditioner(network, sigmaData), weights, ownsWeights: true);
    }

    /// <summary>Reads what a snapshot's metadata says of its network.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="path">Named in errors.</param>
    /// <returns>The network's options and sigmaData.</returns>
    /// <exception cref="EdmException">The file is no snapshot, or its metadata is damaged.</exception>
    public static (SongUNetOptions Network, double SigmaData) ReadConfiguration(SafetensorsFile file, string path)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != SnapshotFormat)
        {
            throw new EdmException($"{path} is no network snapshot; give a file named network-snapshot-*.safetensors from a run's folder");
        }

        try
        {
            var options = JsonSerializer.Deserialize<SongUNetOptions>(file.Metadata["network"], _json)
                ?? throw new JsonException("the network is null");
            using var preconditioner = JsonDocument.Parse(file.Metadata["preconditioner"]);
            var type = preconditioner.RootElement.GetProperty("type").GetString();
            if (type != "edm")
            {
                throw new EdmException($"{path}: preconditioner '{type}' is not known to this version");
            }

            var sigmaData = preconditioner.RootElement.GetProperty("sigma_data").GetDouble();
            return double.IsFinite(sigmaData) && sigmaData > 0
                ? (options, sigmaData)
                : throw new EdmException($"{path}: sigma_data {sigmaData.ToString(CultureInfo.InvariantCulture)} is not a positive number");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or NotSupportedException)
        {
            throw new EdmException($"{path}: the metadata that describes the network is damaged; use another snapshot", e);
        }
    }

    /// <summary>Adds a network's description and weights to a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="preconditioner">The preconditioned network.</param>
    /// <param name="weights">Its weights.</param>
    public static void AddTo(SafetensorsWriter file, EdmPreconditioner preconditioner, ParameterBlock weights)
    {
        file.Metadata(FormatKey, SnapshotFormat);
        file.Metadata("version", "1");
        file.Metadata("network", JsonSerializer.Serialize(preconditioner.Network.Options, _json));
        file.Metadata(
            "preconditioner",
            JsonSerializer.Serialize(
                new Dictionary<string, object> { ["type"] = "edm", ["sigma_data"] = preconditioner.SigmaData }, _json));
        weights.AddTo(file, Prefix);
    }

    /// <summary>Denoises a batch at one noise level; a <see cref="Denoiser"/>.</summary>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c> in order, any N.</param>
    /// <param name="sigma">Their noise level.</param>
    /// <returns>The estimate of the clean images, as x. The network computes in float32.</returns>
    public double[] Denoise(double[] x, double sigma) => Denoise(x, sigma, null);

    /// <summary>Denoises a batch of labelled images at one noise level.</summary>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c> in order, any N.</param>
    /// <param name="sigma">Their noise level.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c> in order; null stands for zeros.</param>
    /// <returns>The estimate of the clean images, as x.</returns>
    public double[] Denoise(double[] x, double sigma, float[]? classLabels)
    {
        var network = Network;
        var imageSize = network.Height * network.Width * network.ImageChannels;
        var batch = x.Length / imageSize;
        if (batch * imageSize != x.Length || batch == 0)
        {
            throw new ArgumentException($"{x.Length} values are no whole number of images of {imageSize}", nameof(x));
        }

        using var tape = new Tape(_device, recording: false);
        var input = tape.From(Array.ConvertAll(x, v => (float)v), batch, network.Height, network.Width, network.ImageChannels);
        var levels = new double[batch];
        Array.Fill(levels, sigma);
        var labels = classLabels == null ? null : tape.From(classLabels, batch, network.LabelDim);
        var output = _preconditioner.Denoise(new NetworkPass(tape, _weights), input, levels, labels);
        return Array.ConvertAll(output.ToArray(), v => (double)v);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_ownsWeights)
        {
            _weights.Dispose();
        }
    }
}
