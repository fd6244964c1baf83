using System.Text.Json;
using System.Text.Json.Nodes;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>A trained network under preconditioning, ready to denoise: what samplers call.</summary>
public sealed class NetworkDenoiser : IDisposable
{
    /// <summary>The metadata key that says what a file is.</summary>
    public const string FormatKey = "format";

    /// <summary>What a snapshot's metadata says under <see cref="FormatKey"/>.</summary>
    public const string SnapshotFormat = "ilgpu-edm-snapshot";

    /// <summary>Put before each parameter's name in files, as the reference does.</summary>
    public const string Prefix = "model.";

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
    };

    private readonly Device _device;
    private readonly PreconditionedNetwork _network;
    private readonly ParameterBlock _weights;
    private readonly bool _ownsWeights;
    private readonly PackedWeightCache _packed = new();

    /// <summary>Makes a denoiser of weights that stay the caller's, and must not change while it lives.</summary>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="network">The preconditioned network.</param>
    /// <param name="weights">Its weights.</param>
    public NetworkDenoiser(Device device, PreconditionedNetwork network, ParameterBlock weights)
        : this(device, network, weights, ownsWeights: false)
    {
    }

    private NetworkDenoiser(Device device, PreconditionedNetwork network, ParameterBlock weights, bool ownsWeights)
    {
        _device = device;
        _network = network;
        _weights = weights;
        _ownsWeights = ownsWeights;
    }

    /// <summary>What the network is made of.</summary>
    public UNetOptions Network => _network.Network.Options;

    /// <summary>The network under its preconditioner.</summary>
    internal PreconditionedNetwork Preconditioned => _network;

    /// <summary>Its weights.</summary>
    internal ParameterBlock Weights => _weights;

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => _network.Network.Parameters.Count;

    /// <summary>How the network becomes a denoiser; it also says between which noise levels.</summary>
    public Preconditioner Preconditioner => _network.Preconditioner;

    /// <summary>The noise levels that the network knows.</summary>
    public SigmaRange Range => new(Preconditioner.SigmaMin, Preconditioner.SigmaMax, Preconditioner.RoundSigma);

    /// <summary>Reads a snapshot, a network pickle of the reference, or a file that was made of one of these.</summary>
    /// <param name="device">Where to denoise.</param>
    /// <param name="path">The file; what it is follows from its contents.</param>
    /// <returns>The denoiser; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or no snapshot.</exception>
    public static NetworkDenoiser Load(Device device, string path)
    {
        var file = TensorFiles.ReadNetwork(path);
        var (options, preconditioner) = ReadConfiguration(file, path);
        var network = options.Create();

        // Before memory is taken for whatever the metadata claim.
        ParameterBlock.RequireFit(network.Parameters, file, Prefix, path);
        var weights = new ParameterBlock(device, network.Parameters);
        try
        {
            weights.Load(file, Prefix, path);
            return new NetworkDenoiser(device, new PreconditionedNetwork(network, preconditioner), weights, ownsWeights: true);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Makes a denoiser of a network that has learned nothing, with the weights that training starts from.</summary>
    /// <param name="device">Where to denoise.</param>
    /// <param name="options">What the network is made of.</param>
    /// <param name="preconditioner">How it becomes a denoiser.</param>
    /// <param name="seed">Determines the weights.</param>
    /// <returns>The denoiser; dispose it before the device.</returns>
    internal static NetworkDenoiser Untrained(Device device, UNetOptions options, Preconditioner preconditioner, ulong seed)
    {
        var network = options.Create();
        var weights = new ParameterBlock(device, network.Parameters);
        weights.Initialise(seed);
        return new NetworkDenoiser(device, new PreconditionedNetwork(network, preconditioner), weights, ownsWeights: true);
    }

    /// <summary>Reads what a snapshot's metadata says of its network.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="path">Named in errors.</param>
    /// <returns>The network's options and its preconditioner.</returns>
    /// <exception cref="EdmException">The file is no snapshot, or its metadata is damaged.</exception>
    public static (UNetOptions Network, Preconditioner Preconditioner) ReadConfiguration(SafetensorsFile file, string path)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != SnapshotFormat)
        {
            throw new EdmException($"{path} is no network snapshot; give a file named network-snapshot-*.safetensors from a run's folder");
        }

        try
        {
            var network = JsonNode.Parse(file.Metadata["network"])?.AsObject() ?? throw new JsonException("the network is null");

            // Files of version 1 know one family only and do not name it.
            network.TryAdd("type", "song_unet");
            var options = network.Deserialize<UNetOptions>(_json) ?? throw new JsonException("the network is null");
            options.Validate();
            var preconditioner = JsonSerializer.Deserialize<Preconditioner>(file.Metadata["preconditioner"], _json)
                ?? throw new JsonException("the preconditioner is null");
            preconditioner.Validate();
            return (options, preconditioner);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or NotSupportedException
            or ArgumentException)
        {
            throw new EdmException($"{path}: the metadata that describes the network is damaged; use another snapshot", e);
        }
        catch (EdmException e)
        {
            throw new EdmException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Adds a network's description and weights to a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="network">The preconditioned network.</param>
    /// <param name="weights">Its weights.</param>
    public static void AddTo(SafetensorsWriter file, PreconditionedNetwork network, ParameterBlock weights)
    {
        foreach (var (key, value) in Description(network.Network.Options, network.Preconditioner))
        {
            file.Metadata(key, value);
        }

        weights.AddTo(file, Prefix);
    }

    /// <summary>What a snapshot's metadata says of a network.</summary>
    internal static OrderedDictionary<string, string> Description(UNetOptions network, Preconditioner preconditioner) => new()
    {
        [FormatKey] = SnapshotFormat,
        ["version"] = "2",
        ["network"] = JsonSerializer.Serialize(network, _json),
        ["preconditioner"] = JsonSerializer.Serialize(preconditioner, _json),
    };

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
        var denoised = new double[x.Length];
        Denoise(x, sigma, classLabels, denoised);
        return denoised;
    }

    /// <summary>Denoises a batch of labelled images at one noise level into memory that is there already.</summary>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c> in order, any N.</param>
    /// <param name="sigma">Their noise level.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c> in order; null stands for zeros.</param>
    /// <param name="denoised">Receives the estimate of the clean images; as long as x, and may be x.</param>
    public void Denoise(ReadOnlySpan<double> x, double sigma, float[]? classLabels, Span<double> denoised)
    {
        using var tape = new Tape(_device, recording: false) { PackedWeights = _packed };
        _device.Download(Run(tape, Input(tape, x), sigma, classLabels).View, denoised);
    }

    /// <summary>Denoises a batch and multiplies a vector by the denoiser's Jacobian, by a backward pass.</summary>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c> in order, any N.</param>
    /// <param name="sigma">Their noise level.</param>
    /// <param name="cotangent">The vector, as x; each image's part meets its own image's Jacobian.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c> in order; null stands for zeros.</param>
    /// <returns>The estimate of the clean images, and <c>cotangent^T dD/dx</c>, both as x.</returns>
    public (double[] Denoised, double[] Vjp) DenoiseWithVjp(double[] x, double sigma, double[] cotangent, float[]? classLabels = null)
    {
        if (cotangent.Length != x.Length)
        {
            throw new ArgumentException($"{cotangent.Length} values for {x.Length}", nameof(cotangent));
        }

        using var tape = new Tape(_device, recording: true) { PackedWeights = _packed };
        var input = Input(tape, x);
        input.RequiresGradient = true;
        var output = Run(tape, input, sigma, classLabels);
        var denoised = Array.ConvertAll(output.ToArray(), v => (double)v);
        tape.Backward(output, tape.From(Array.ConvertAll(cotangent, v => (float)v), [.. output.Shape]));
        return (denoised, Array.ConvertAll(input.Gradient!.ToArray(), v => (double)v));
    }

    private Tensor Input(Tape tape, ReadOnlySpan<double> x)
    {
        var network = Network;
        var imageSize = network.Height * network.Width * network.ImageChannels;
        var batch = x.Length / imageSize;
        if (batch * imageSize != x.Length || batch == 0)
        {
            throw new ArgumentException($"{x.Length} values are no whole number of images of {imageSize}", nameof(x));
        }

        var input = tape.New(batch, network.Height, network.Width, network.ImageChannels);
        _device.Upload(x, input.View);
        return input;
    }

    private Tensor Run(Tape tape, Tensor input, double sigma, float[]? classLabels)
    {
        using var stage = _device.Profile.Stage("network");
        var batch = input.Size(0);
        var levels = new double[batch];
        Array.Fill(levels, sigma);
        var labels = classLabels == null ? null : tape.From(classLabels, batch, Network.LabelDim);
        return _network.Denoise(new NetworkPass(tape, _weights), input, levels, labels);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _packed.Dispose();
        if (_ownsWeights)
        {
            _weights.Dispose();
        }
    }
}
