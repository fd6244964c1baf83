using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Golden;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>ONNX files compute in OnnxRuntime what the denoiser computes here, and what the reference computed.</summary>
[TestClass]
public sealed class OnnxTestsCpu : DeviceTestBase
{
    // Rounding alone; where a layer were wrong, errors would be thousands of times as large.
    private const double Tolerance = 1e-5;
    private static readonly double[] _one = [0.7];
    private static readonly double[] _three = [0.02, 1.3, 40];

    protected override string Spec => Cpu;

    [TestMethod]
    [TestCategory("Golden")]
    [DataRow("net_ddpmpp")]
    [DataRow("net_ncsnpp")]
    [DataRow("net_skip")]
    [DataRow("net_adm")]
    public void ANetworkComputesTheSame(string name)
    {
        var file = GoldenFile.Open(name);
        var network = GoldenNetwork.ReadOptions(file).Create();
        using var onnx = new OnnxCase(
            Device, new PreconditionedNetwork(network, new EdmPreconditioner()), GoldenNetwork.Weights(Device, network, file, name));
        onnx.AssertAgree(_one, Tolerance);
        onnx.AssertAgree(_three, Tolerance);
        onnx.AssertAgree(_three, Tolerance, augmented: true);

        var sigma = Array.ConvertAll(file.GetDoubles("in.sigma"), s => (float)s);
        float[] x = file.GetFloats("in.y"), noise = file.GetFloats("in.noise");
        for (var i = 0; i < x.Length; i++)
        {
            x[i] += noise[i] * sigma[i / (x.Length / sigma.Length)];
        }

        var denoised = onnx.Run.Denoise(x, sigma, Optional("in.labels"), Optional("in.augment_labels"));
        GoldenFile.AssertClose(denoised, file.GetFloats("out.denoised"), Tolerance, name);

        float[]? Optional(string tensor) => file.Contains(tensor) ? file.GetFloats(tensor) : null;
    }

    [TestMethod]
    [TestCategory("Golden")]
    [DataRow("edm")]
    [DataRow("vp")]
    [DataRow("ve")]
    [DataRow("iddpm")]
    [DataRow("plain")]
    [DataRow("noise")]
    public void APreconditionerComputesTheSame(string name)
    {
        var file = GoldenFile.Open("preconditioners");
        var preconditioner = new TrainingRequest { Precond = name }.ModelFor(8, 8, 1).Preconditioner;
        var shape = file.GetShape("in.x");
        var network = GoldenNetwork.ReadOptions(file, shape[2], shape[1], preconditioner.OutputsPerChannel).Create();
        var weights = new ParameterBlock(Device, network.Parameters);
        weights.Load(file, name == "iddpm" ? "iddpm_param." : "param.", "preconditioners");
        using var onnx = new OnnxCase(Device, new PreconditionedNetwork(network, preconditioner), weights);
        onnx.AssertAgree(_one, Tolerance);
        onnx.AssertAgree([0.002, 0.0131, 0.3, 1.7, 20, 152], Tolerance);
        if (file.Contains(name + "/out"))
        {
            var denoised = onnx.Run.Denoise(file.GetFloats("in.x"), file.GetFloats("in.sigma"));
            GoldenFile.AssertClose(denoised, file.GetFloats(name + "/out"), Tolerance, name);
        }
    }

    [TestMethod]
    [DataRow("residual encoder, box filter")]
    [DataRow("skips, six taps")]
    [DataRow("two heads")]
    [DataRow("adm with augmentation")]
    public void OtherNetworksComputeTheSame(string what)
    {
        var song = new SongUNetOptions
        {
            Height = 8,
            Width = 12,
            ImageChannels = 1,
            ModelChannels = 12,
            ChannelMult = [1, 2, 2],
            BlocksPerLevel = 2,
            AttentionResolutions = [6, 3],
        };
        UNetOptions options = what switch
        {
            "residual encoder, box filter" => song with { EncoderType = EncoderType.Residual, OutputChannels = 2, LabelDim = 3 },
            "skips, six taps" => song with
            {
                EncoderType = EncoderType.Skip,
                DecoderType = DecoderType.Skip,
                EmbeddingType = EmbeddingType.Fourier,
                ResampleFilter = [-1, 3, 7, 7, 3, -1],
            },
            "two heads" => new DhariwalUNetOptions
            {
                Height = 8,
                Width = 4,
                ImageChannels = 2,
                ModelChannels = 64,
                ChannelMult = [1, 2],
                BlocksPerLevel = 1,
                AttentionResolutions = [4],
                LabelDim = 3,
            },
            _ => new DhariwalUNetOptions
            {
                Height = 4,
                Width = 4,
                ImageChannels = 1,
                ModelChannels = 16,
                ChannelMult = [1],
                BlocksPerLevel = 1,
                AugmentDim = 5,
            },
        };
        using var onnx = OnnxCase.Untrained(Device, options, new EdmPreconditioner { SigmaData = 0.3 });
        onnx.AssertAgree(_one, Tolerance);
        onnx.AssertAgree(_three, Tolerance, augmented: true);
    }

    [TestMethod]
    [TestCategory("Slow")]
    [DataRow("ddpmpp")]
    [DataRow("ncsnpp")]
    [DataRow("adm")]
    public void PublishedNetworksComputeTheSame(string preset)
    {
        var model = TrainingPresets.Named(preset).ModelFor(32, 32, 3, preset == "adm" ? 10 : 0);
        using var onnx = OnnxCase.Untrained(Device, model.Network, model.Preconditioner);
        onnx.AssertAgree([0.3, 5], Tolerance);
    }
}
