using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>Whole networks under EDM preconditioning: outputs, loss and the gradient of every parameter, against the reference's.</summary>
[TestCategory("Golden")]
public abstract class GoldenNetworkTests : DeviceTestBase
{
    private const double OutputTolerance = 1e-5;
    private const double GradientTolerance = 1e-4;

    [TestMethod]
    [DataRow("net_ddpmpp")]
    [DataRow("net_ncsnpp")]
    [DataRow("net_skip")]
    [DataRow("net_adm")]
    public void OutputsLossAndGradientsAgree(string name)
    {
        var file = GoldenFile.Open(name);
        var network = GoldenNetwork.ReadOptions(file).Create();
        using var weights = GoldenNetwork.Weights(Device, network, file, name, gradients: true);
        var sigma = file.GetDoubles("in.sigma");

        using var tape = new Tape(Device, recording: true);
        var pass = new NetworkPass(tape, weights);
        var loss = new DenoisingLoss(new PreconditionedNetwork(network, new EdmPreconditioner()), new EdmWeight());
        var result = loss.Forward(
            pass, GoldenNetwork.Images(tape, file, "in.y"), GoldenNetwork.Images(tape, file, "in.noise"), sigma, 1f / sigma.Length,
            GoldenNetwork.Optional(tape, file, "in.labels"), GoldenNetwork.Optional(tape, file, "in.augment_labels"));
        GoldenNetwork.AssertImages(file, "out.denoised", result.Denoised.ToArray(), OutputTolerance);
        GoldenFile.AssertClose(result.Loss, GoldenNetwork.SumPerImage(file, "out.loss"), OutputTolerance, "out.loss");

        result.Backward(tape);
        var compared = GoldenNetwork.AssertBlock(
            file, "grad.model.", network.Parameters, weights.Gradients!.ToArray(), GradientTolerance);
        Assert.AreEqual(file.Tensors.Keys.Count(k => k.StartsWith("grad.model.", StringComparison.Ordinal)), compared, "gradients compared");
    }

    [TestMethod]
    [DataRow("net_ddpmpp")]
    [DataRow("net_ncsnpp")]
    [DataRow("net_skip")]
    [DataRow("net_adm")]
    public void RawOutputAgreesWithAndWithoutRecording(string name)
    {
        var file = GoldenFile.Open(name);
        var network = GoldenNetwork.ReadOptions(file).Create();
        var preconditioner = new EdmPreconditioner();
        using var weights = GoldenNetwork.Weights(Device, network, file, name);
        var sigma = file.GetDoubles("in.sigma");
        foreach (var recording in new[] { false, true })
        {
            using var tape = new Tape(Device, recording);
            var scale = Array.ConvertAll(sigma, s => (float)preconditioner.CIn(s));
            var noiseScale = sigma.Select((s, i) => (float)(s * preconditioner.CIn(s))).ToArray();
            var input = tape.CombineImages(
                GoldenNetwork.Images(tape, file, "in.y"), GoldenNetwork.Images(tape, file, "in.noise"), scale, noiseScale);
            var raw = network.Forward(
                new NetworkPass(tape, weights), input, Array.ConvertAll(sigma, s => (float)preconditioner.CNoise(s)),
                GoldenNetwork.Optional(tape, file, "in.labels"), GoldenNetwork.Optional(tape, file, "in.augment_labels"));
            GoldenNetwork.AssertImages(file, "out.raw", raw.ToArray(), OutputTolerance);
        }
    }

    [TestMethod]
    public void NetworkSampledByHeunAgrees()
    {
        var file = GoldenFile.Open("net_ddpmpp");
        var samplers = GoldenFile.Open("samplers");
        var network = GoldenNetwork.ReadOptions(file).Create();
        using var weights = GoldenNetwork.Weights(Device, network, file, "net_ddpmpp");
        using var denoiser = new NetworkDenoiser(Device, new PreconditionedNetwork(network, new EdmPreconditioner()), weights);
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
public sealed class GoldenNetworkTestsCpu : GoldenNetworkTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenNetworkTestsOpenCL : GoldenNetworkTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenNetworkTestsCuda : GoldenNetworkTests
{
    protected override string Spec => Cuda;
}
