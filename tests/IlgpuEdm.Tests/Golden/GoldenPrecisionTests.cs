using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>
/// How far narrower precisions are from the reference's float32 on whole networks: ||result - reference|| / ||reference|| of the denoised
/// images and of the gradients of all parameters. The errors are written to the test's output; docs/kernels.md states them.
/// </summary>
[TestCategory("Golden")]
public abstract class GoldenPrecisionTests : DeviceTestBase
{
    public TestContext TestContext { get; set; } = null!;

    /// <summary>Precisions, whether tensor cores compute the products, and the errors that are allowed.</summary>
    protected virtual IEnumerable<(Precision Precision, bool TensorCores, double Output, double Gradients)> Ways =>
        [(Precision.Bf16, false, 1e-2, 4e-2)];

    [TestMethod]
    [DataRow("net_ddpmpp")]
    [DataRow("net_ncsnpp")]
    [DataRow("net_skip")]
    [DataRow("net_adm")]
    public void ErrorsAreAsStated(string name)
    {
        var file = GoldenFile.Open(name);
        var network = GoldenNetwork.ReadOptions(file).Create();
        using var weights = GoldenNetwork.Weights(Device, network, file, name, gradients: true);
        foreach (var (precision, tensorCores, output, gradients) in Ways)
        {
            using var forced = new ForcedPrecision(Device, precision, tensorCores);
            Elementwise.Fill(weights.Gradients!, 0f);
            var (images, block) = Errors(file, network, weights);
            TestContext.WriteLine(FormattableString.Invariant(
                $"{name}, {Spec}, {precision}{(tensorCores ? " on tensor cores" : "")}: ")
                + FormattableString.Invariant($"images {images:0.0e+00}, gradients {block:0.0e+00}"));
            Assert.IsLessThan(output, images, $"error of the denoised images, {precision}");
            Assert.IsLessThan(gradients, block, $"error of the gradients, {precision}");
            Assert.IsGreaterThan(1e-5, images, $"error of the denoised images: {precision} was not used");
        }
    }

    private (double Images, double Gradients) Errors(SafetensorsFile file, UNet network, ParameterBlock weights)
    {
        var sigma = file.GetDoubles("in.sigma");
        using var tape = new Tape(Device, recording: true);
        var loss = new DenoisingLoss(new PreconditionedNetwork(network, new EdmPreconditioner()), new EdmWeight());
        var result = loss.Forward(
            new NetworkPass(tape, weights), GoldenNetwork.Images(tape, file, "in.y"), GoldenNetwork.Images(tape, file, "in.noise"), sigma,
            1f / sigma.Length, GoldenNetwork.Optional(tape, file, "in.labels"), GoldenNetwork.Optional(tape, file, "in.augment_labels"));
        var denoised = GoldenFile.NhwcToNchw(result.Denoised.ToArray(), file.GetShape("out.denoised"));
        result.Backward(tape);
        double difference = 0, norm = 0;
        foreach (var (actual, expected) in GoldenNetwork.Pairs(file, "grad.model.", network.Parameters, weights.Gradients!.ToArray()))
        {
            difference += Squares(actual, expected);
            norm += expected.Sum(e => e * e);
        }

        var reference = file.GetDoubles("out.denoised");
        return (Math.Sqrt(Squares(Array.ConvertAll(denoised, v => (double)v), reference) / reference.Sum(e => e * e)),
            Math.Sqrt(difference / norm));
    }

    private static double Squares(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
}

/// <summary>While it lives, a device computes in a precision, and as if it had tensor cores or none.</summary>
internal sealed class ForcedPrecision : IDisposable
{
    private readonly Device _device;
    private readonly (Precision, bool) _before;

    public ForcedPrecision(Device device, Precision precision, bool tensorCores)
    {
        (_device, _before) = (device, (device.Precision, device.HasTensorCores));
        (device.Precision, device.HasTensorCores) = (precision, tensorCores);
    }

    public void Dispose() => (_device.Precision, _device.HasTensorCores) = _before;
}

[TestClass]
public sealed class GoldenPrecisionTestsCpu : GoldenPrecisionTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenPrecisionTestsOpenCL : GoldenPrecisionTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class GoldenPrecisionTestsOpenCLCooperative : GoldenPrecisionTests
{
    protected override string Spec => OpenCLCooperative;

    protected override IEnumerable<(Precision Precision, bool TensorCores, double Output, double Gradients)> Ways =>
        [(Precision.Bf16, false, 1e-2, 4e-2), (Precision.Bf16, true, 1e-2, 4e-2), (Precision.Tf32, true, 1e-3, 4e-3)];
}

[TestClass]
public sealed class GoldenPrecisionTestsCuda : GoldenPrecisionTests
{
    protected override string Spec => Cuda;
}
