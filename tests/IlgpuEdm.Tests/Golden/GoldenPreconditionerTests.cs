using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>The preconditioners around the reference's network, and the losses from its draws on.</summary>
[TestCategory("Golden")]
public abstract class GoldenPreconditionerTests : DeviceTestBase
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    [DataRow("vp")]
    [DataRow("ve")]
    [DataRow("iddpm")]
    [DataRow("edm")]
    public void OutputsAndRangesAgree(string name)
    {
        var file = GoldenFile.Open("preconditioners");
        var preconditioner = Preconditioners[name];
        var shape = file.GetShape("in.x");
        var network = GoldenNetwork.ReadOptions(file, shape[2], shape[1], preconditioner.OutputsPerChannel).Create();
        using var weights = new ParameterBlock(Device, network.Parameters);
        weights.Load(file, name == "iddpm" ? "iddpm_param." : "param.", "preconditioners");
        foreach (var recording in new[] { false, true })
        {
            using var tape = new Tape(Device, recording);
            var denoised = new PreconditionedNetwork(network, preconditioner).Denoise(
                new NetworkPass(tape, weights), GoldenNetwork.Images(tape, file, "in.x"), file.GetDoubles("in.sigma"));
            GoldenNetwork.AssertImages(file, name + "/out", denoised.ToArray(), Tolerance);
        }

        // The reference writes an infinite range as the largest number of its type, or as infinity.
        var range = file.GetDoubles(name + "/sigma_range");
        // The reference's lowest VP level is computed in float32, where exp(1e-6) - 1 keeps three bits: half a step of 1 goes under the root.
        var rounding = name == "vp" ? MathF.ScaleB(1, -24) / (2 * range[0]) : 1e-6 * range[0];
        Assert.AreEqual(range[0], preconditioner.SigmaMin, rounding, "lowest sigma");
        Assert.IsTrue(
            double.IsInfinity(preconditioner.SigmaMax) ? range[1] > 1e30 : Math.Abs(preconditioner.SigmaMax / range[1] - 1) < 1e-6,
            $"highest sigma {preconditioner.SigmaMax} against {range[1]}");
    }

    [TestMethod]
    [DataRow("vp")]
    [DataRow("ve")]
    [DataRow("edm")]
    public void LossesAgreeFromTheDrawsOn(string name)
    {
        var file = GoldenFile.Open("losses");
        var options = LossOptions.Named(name);
        var sigma = Array.ConvertAll(
            file.GetDoubles(name + "/draw.level"),
            draw => options.Levels is LogNormalLevels levels ? levels.FromNormal(draw) : options.Levels.FromUniform(draw));
        GoldenFile.AssertClose(sigma, file.GetDoubles(name + "/sigma"), 1e-6, name + "/sigma");

        // The stored losses are of the denoiser D(x) = x / 2.
        using var tape = new Tape(Device, recording: true);
        var y = GoldenNetwork.Images(tape, file, name + "/in.y");
        var noise = GoldenNetwork.Images(tape, file, name + "/draw.noise");
        var half = Enumerable.Repeat(0.5f, sigma.Length).ToArray();
        var denoised = tape.CombineImages(y, noise, half, Array.ConvertAll(sigma, s => (float)(0.5 * s)));
        var (loss, _) = tape.WeightedSquaredError(denoised, y, Array.ConvertAll(sigma, s => (float)options.Weight.Of(s)), 1f);
        GoldenFile.AssertClose(
            Array.ConvertAll(loss.ToArray(), v => (double)v), GoldenNetwork.SumPerImage(file, name + "/loss"), Tolerance, name + "/loss");
    }

    private static Dictionary<string, Preconditioner> Preconditioners { get; } = new()
    {
        ["vp"] = new VpPreconditioner(),
        ["ve"] = new VePreconditioner(),
        ["iddpm"] = new IddpmPreconditioner(),
        ["edm"] = new EdmPreconditioner(),
    };
}

[TestClass]
public sealed class GoldenPreconditionerTestsCpu : GoldenPreconditionerTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenPreconditionerTestsOpenCL : GoldenPreconditionerTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenPreconditionerTestsCuda : GoldenPreconditionerTests
{
    protected override string Spec => Cuda;
}
