using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>The DDPM++ network under EDM preconditioning: outputs, loss and the gradient of every parameter, against the reference's.</summary>
[TestCategory("Golden")]
public abstract class GoldenSongUNetTests : DeviceTestBase
{
    private const double OutputTolerance = 1e-5;
    private const double GradientTolerance = 1e-4;

    [TestMethod]
    public void OutputsLossAndGradientsAgree()
    {
        var file = GoldenFile.Open("net_ddpmpp");
        var network = new SongUNet(GoldenNetwork.ReadOptions(file));
        var preconditioner = new EdmPreconditioner(network, 0.5);
        using var weights = new ParameterBlock(Device, network.Parameters, gradients: true);
        weights.Load(file, "param.model.", "net_ddpmpp");
        var sigma = file.GetDoubles("in.sigma");

        using var tape = new Tape(Device, recording: true);
        var pass = new NetworkPass(tape, weights);
        var result = new EdmLoss(preconditioner).Forward(
            pass, GoldenNetwork.Images(tape, file, "in.y"), GoldenNetwork.Images(tape, file, "in.noise"), sigma, 1f / sigma.Length,
            GoldenNetwork.Optional(tape, file, "in.labels"), GoldenNetwork.Optional(tape, file, "in.augment_labels"));
        GoldenNetwork.AssertImages(file, "out.denoised", result.Denoised.ToArray(), OutputTolerance);
        var loss = file.GetDoubles("out.loss");
        var imageSize = loss.Length / sigma.Length;
        var sums = Enumerable.Range(0, sigma.Length).Select(i => loss.AsSpan(i * imageSize, imageSize).ToArray().Sum()).ToArray();
        GoldenFile.AssertClose(Array.ConvertAll(result.Loss.ToArray(), v => (double)v), sums, OutputTolerance, "out.loss");

        tape.Backward(result.Denoised, result.Gradient);
        var compared = GoldenNetwork.AssertBlock(
            file, "grad.model.", network.Parameters, weights.Gradients!.ToArray(), GradientTolerance);
        Assert.AreEqual(file.Tensors.Keys.Count(k => k.StartsWith("grad.model.", StringComparison.Ordinal)), compared, "gradients compared");
    }

    [TestMethod]
    public void RawOutputAgreesWithAndWithoutRecording()
    {
        var file = GoldenFile.Open("net_ddpmpp");
        var network = new SongUNet(GoldenNetwork.ReadOptions(file));
        var preconditioner = new EdmPreconditioner(network, 0.5);
        using var weights = new ParameterBlock(Device, network.Parameters);
        weights.Load(file, "param.model.", "net_ddpmpp");
        var sigma = file.GetDoubles("in.sigma");
        foreach (var recording in new[] { false, true })
        {
            using var tape = new Tape(Device, recording);
            var scale = Array.ConvertAll(sigma, s => (float)preconditioner.CIn(s));
            var noiseScale = sigma.Select((s, i) => (float)(s * preconditioner.CIn(s))).ToArray();
            var input = tape.CombineImages(
                GoldenNetwork.Images(tape, file, "in.y"), GoldenNetwork.Images(tape, file, "in.noise"), scale, noiseScale);
            var raw = network.Forward(
                new NetworkPass(tape, weights), input, Array.ConvertAll(sigma, s => (float)EdmPreconditioner.CNoise(s)),
                GoldenNetwork.Optional(tape, file, "in.labels"), GoldenNetwork.Optional(tape, file, "in.augment_labels"));
            GoldenNetwork.AssertImages(file, "out.raw", raw.ToArray(), OutputTolerance);
        }
    }

    [TestMethod]
    public void EdmPreconditionerAgrees()
    {
        var file = GoldenFile.Open("preconditioners");
        var shape = file.GetShape("in.x");
        var network = new SongUNet(GoldenNetwork.ReadOptions(file, shape[2], shape[1]));
        using var weights = new ParameterBlock(Device, network.Parameters);
        weights.Load(file, "param.", "preconditioners");
        using var tape = new Tape(Device, recording: false);
        var denoised = new EdmPreconditioner(network, 0.5).Denoise(
            new NetworkPass(tape, weights), GoldenNetwork.Images(tape, file, "in.x"), file.GetDoubles("in.sigma"));
        GoldenNetwork.AssertImages(file, "edm/out", denoised.ToArray(), OutputTolerance);
    }

    [TestMethod]
    public void EdmLossOfHalfTheInputAgrees()
    {
        var file = GoldenFile.Open("losses");
        var sigma = file.GetDoubles("edm/draw.level").Select(z => EdmNoiseLevels.FromNormal(z, -1.2, 1.2)).ToArray();
        GoldenFile.AssertClose(sigma, file.GetDoubles("edm/sigma"), 1e-6, "edm/sigma");
        using var tape = new Tape(Device, recording: true);
        var y = GoldenNetwork.Images(tape, file, "edm/in.y");
        var noise = GoldenNetwork.Images(tape, file, "edm/draw.noise");
        var half = Enumerable.Repeat(0.5f, sigma.Length).ToArray();
        var denoised = tape.CombineImages(y, noise, half, Array.ConvertAll(sigma, s => (float)(0.5 * s)));
        var (loss, _) = tape.WeightedSquaredError(
            denoised, y, Array.ConvertAll(sigma, s => (float)EdmNoiseLevels.EdmLossWeight(s, 0.5)), 1f);
        var expected = file.GetDoubles("edm/loss");
        var imageSize = expected.Length / sigma.Length;
        var sums = sigma.Select((_, i) => expected.AsSpan(i * imageSize, imageSize).ToArray().Sum()).ToArray();
        GoldenFile.AssertClose(Array.ConvertAll(loss.ToArray(), v => (double)v), sums, OutputTolerance, "edm/loss");
    }

    [TestMethod]
    public void NetworkSampledByHeunAgrees()
    {
        var file = GoldenFile.Open("net_ddpmpp");
        var samplers = GoldenFile.Open("samplers");
        var network = new SongUNet(GoldenNetwork.ReadOptions(file));
        using var weights = new ParameterBlock(Device, network.Parameters);
        weights.Load(file, "param.model.", "net_ddpmpp");
        using var denoiser = new EdmDenoiser(Device, new EdmPreconditioner(network, 0.5), weights);
        var labels = samplers.Contains("net_labels") ? samplers.GetFloats("net_labels") : null;
        var latents = GoldenFile.NchwToNhwc(samplers.GetDoubles("net_latents"), samplers.GetShape("net_latents"));
        var names = samplers.Tensors.Keys.Where(name => name.StartsWith("net/edm_", StringComparison.Ordinal)).ToArray();
        Assert.IsNotEmpty(names, "no tensor net/edm_* in samplers.safetensors");
        foreach (var name in names)
        {
            var x = HeunSampler.Sample(
                (noisy, sigma) => denoiser.Denoise(noisy, sigma, labels), latents, GoldenNetwork.TimeSteps(samplers, name["net/".Length..]));
            GoldenFile.AssertClose(GoldenFile.NhwcToNchw(x, samplers.GetShape(name)), samplers.GetDoubles(name), OutputTolerance, name);
        }
    }
}

[TestClass]
public sealed class GoldenSongUNetTestsCpu : GoldenSongUNetTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenSongUNetTestsOpenCL : GoldenSongUNetTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenSongUNetTestsCuda : GoldenSongUNetTests
{
    protected override string Spec => Cuda;
}
