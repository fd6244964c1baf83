using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Toy;

/// <summary>
/// Every preconditioner with every loss that goes with it, trained for a few seconds: by one yardstick, each learns.
/// </summary>
public abstract class CombinationTests : DeviceTestBase
{
    private const int Points = 12_800, BatchSize = 128;
    private const string Yardstick = "squared error against the ideal denoiser, as a share of the mean's";
    private static readonly double[] _sigmas = [0.2, 0.5, 1];

    [TestMethod]
    [DataRow("edm", "edm")]
    [DataRow("vp", "vp")]
    [DataRow("ve", "ve")]
    [DataRow("iddpm", "iddpm")]
    [DataRow("noise", "edm")]
    [DataRow("plain", "edm")]
    public void Learns(string precond, string loss) =>
        Assert.IsLessThan(0.5, Error(new TrainingRequest { Precond = precond, Loss = loss }), Yardstick);

    [TestMethod]
    public void LearnsBySoftMinSnrAndSpreadNoiseLevels() =>
        Assert.IsLessThan(0.2, Error(new TrainingRequest { Weight = "soft-min-snr", StratifiedSigma = true }), Yardstick);

    [TestMethod]
    public void LearnsWithLearnedUncertainty() =>
        Assert.IsLessThan(0.2, Error(new TrainingRequest { LearnedUncertainty = true }), Yardstick);

    [TestMethod]
    [DataRow("ncsnpp", 32)]
    [DataRow("adm", 64)]
    public void LearnsWithTheOtherNetworks(string architecture, int channels) =>
        Assert.IsLessThan(0.2, Error(new TrainingRequest { Architecture = architecture, Channels = channels }), Yardstick);

    // Of levels uniform up to 80 one in 80 is below 1, where there is something to learn: the post's straw man. Up to 2 it learns.
    [TestMethod]
    public void ThePlainLossLearnsOnlyWhereItLooks()
    {
        var request = new TrainingRequest { Precond = "plain" };
        Assert.IsGreaterThan(0.7, Error(request), Yardstick);
        Assert.IsLessThan(0.5, Error(request, new UniformLevels { SigmaMax = 2 }), Yardstick);
    }

    // 1 for a denoiser that knows nothing but the data's mean, 0.
    private double Error(TrainingRequest request, NoiseLevels? levels = null)
    {
        var optimizer = new OptimizerOptions { LearningRate = 5e-3, RampUpImages = 2000, EmaHalfLifeImages = 500 };
        ModelOptions options = PlaneTraining.Options(request with { Optimizer = optimizer });
        options = options with { Loss = options.Loss with { Levels = levels ?? options.Loss.Levels } };
        using var model = new TrainingModel(Device, options, 1);
        PlaneTraining.Train(model, 0, Points, BatchSize);
        using var denoiser = model.EmaDenoiser();
        double error = 0, meanError = 0;
        foreach (double sigma in _sigmas)
        {
            error += Math.Pow(PlaneTraining.Error(denoiser.Denoise, sigma), 2);
            meanError += Math.Pow(PlaneTraining.Error((x, _) => new double[x.Length], sigma), 2);
        }

        return error / meanError;
    }
}

[TestClass]
public sealed class CombinationTestsCpu : CombinationTests
{
    protected override string Spec => Cpu;
}

[TestClass]
[TestCategory("Slow")]
public sealed class CombinationTestsOpenCL : CombinationTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class CombinationTestsCuda : CombinationTests
{
    protected override string Spec => Cuda;
}
