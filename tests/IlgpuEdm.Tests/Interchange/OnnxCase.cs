using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>A denoiser of our own, and its ONNX file in OnnxRuntime.</summary>
internal sealed class OnnxCase : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device;
    private readonly PreconditionedNetwork _network;
    private readonly ParameterBlock _weights;

    /// <summary>Writes the file and opens it.</summary>
    /// <param name="device">Where our own denoiser computes.</param>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights; they are the case's from now on.</param>
    public OnnxCase(Device device, PreconditionedNetwork network, ParameterBlock weights)
    {
        (_device, _network, _weights) = (device, network, weights);
        var snapshot = new SafetensorsWriter();
        NetworkDenoiser.AddTo(snapshot, network, weights);
        var path = _folder.File("net.safetensors");
        snapshot.WriteTo(path);
        TensorFiles.Write(File, TensorFiles.Read(path));
        Run = new OnnxRun(File);
    }

    /// <summary>The file.</summary>
    public string File => _folder.File("net.onnx");

    /// <summary>The file in OnnxRuntime.</summary>
    public OnnxRun Run { get; }

    private UNetOptions Options => _network.Network.Options;

    /// <summary>Random weights, of which none is zero.</summary>
    public static OnnxCase Untrained(Device device, UNetOptions options, Preconditioner preconditioner)
    {
        var network = options.Create();
        var weights = new ParameterBlock(device, network.Parameters);
        weights.Initialise(seed: 3);

        // Training starts from zeros in the layers that end a residual branch; here each layer must show in the result.
        var random = new Random(4);
        foreach (var parameter in network.Parameters.All.Where(p => p.Trained))
        {
            var values = weights[parameter].ToArray();
            var deviation = parameter.Shape.Length == 1 ? 0.2 : 0.5 / Math.Sqrt((double)parameter.Length / parameter.Shape[^1]);
            weights[parameter].Upload(Array.ConvertAll(values, v => (float)(v + deviation * (2 * random.NextDouble() - 1))));
        }

        return new OnnxCase(device, new PreconditionedNetwork(network, preconditioner), weights);
    }

    /// <summary>Denoises random images, each at its own noise level, in both; asserts that they agree.</summary>
    /// <param name="sigma">The noise levels.</param>
    /// <param name="tolerance">Relative error allowed.</param>
    /// <param name="augmented">Whether augmentation labels are given.</param>
    public void AssertAgree(double[] sigma, double tolerance, bool augmented = false)
    {
        var random = new Random(sigma.Length);
        int[] shape = [sigma.Length, Options.ImageChannels, Options.Height, Options.Width];
        var imageSize = Options.ImageChannels * Options.Height * Options.Width;
        var x = Normal(sigma.Length * imageSize);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] *= (float)Math.Sqrt(0.25 + sigma[i / imageSize] * sigma[i / imageSize]);
        }

        var labels = Options.LabelDim > 0 ? Normal(sigma.Length * Options.LabelDim) : null;
        var augment = augmented && Options.AugmentDim > 0 ? Normal(sigma.Length * Options.AugmentDim) : null;
        var actual = Run.Denoise(x, Array.ConvertAll(sigma, s => (float)s), labels, augment);
        var expected = GoldenFile.NhwcToNchw(Own(GoldenFile.NchwToNhwc(x, shape), sigma, labels, augment), shape);
        Assert.IsGreaterThan(0, expected.Max(), "an image that is not empty");

        // Each image by itself: at high noise levels values are large, and would hide the others.
        for (var i = 0; i < sigma.Length; i++)
        {
            GoldenFile.AssertClose(
                actual.AsSpan(i * imageSize, imageSize), expected.AsSpan(i * imageSize, imageSize), tolerance, $"sigma {sigma[i]:g4}");
        }

        float[] Normal(int length) => [.. Enumerable.Range(0, length).Select(_ =>
            (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble())))];
    }

    public void Dispose()
    {
        Run.Dispose();
        _weights.Dispose();
        _folder.Dispose();
    }

    private float[] Own(float[] x, double[] sigma, float[]? labels, float[]? augment)
    {
        using var tape = new Tape(_device, recording: false);
        var n = sigma.Length;
        return _network.Denoise(
            new NetworkPass(tape, _weights), tape.From(x, n, Options.Height, Options.Width, Options.ImageChannels), sigma,
            labels == null ? null : tape.From(labels, n, Options.LabelDim),
            augment == null ? null : tape.From(augment, n, Options.AugmentDim)).ToArray();
    }
}
