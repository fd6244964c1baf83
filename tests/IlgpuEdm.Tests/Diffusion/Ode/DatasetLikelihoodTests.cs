using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Likelihoods of images of a data set under a network.</summary>
public abstract class DatasetLikelihoodTests : DeviceTestBase
{
    private static readonly LikelihoodOptions _options = new()
    {
        Ode = new AdaptiveOdeOptions { SigmaMin = 0.1, SigmaMax = 20, RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-3 },
        Probes = 16,
        Batch = 16,
    };

    [TestMethod]
    public void TheEstimateAgreesWithTheTraceWithinThreeStandardErrors()
    {
        using var networks = new SamplingNetworks(Device);
        using var data = new ProceduralShapes(8, 8, 1, 20);
        LikelihoodResult trace = DatasetLikelihood.Of(networks.Main, data, 3, 1, _options with { FullTrace = true, Batch = 64 }, seed: 1);
        LikelihoodResult estimate = DatasetLikelihood.Of(networks.Main, data, 3, 1, _options, seed: 1);
        Assert.IsLessThan(3 * estimate.StandardError!.Value, Math.Abs(estimate.Nats - trace.Nats), "difference");
        Assert.IsLessThan(0.1 * Math.Abs(trace.Nats), estimate.StandardError.Value, "the estimate says something");
    }

    [TestMethod]
    public void ClassAndSeedReachIt()
    {
        using var networks = new SamplingNetworks(Device);
        using var data = new ProceduralShapes(8, 8, 1, 20);
        double Nats(long image, int? c, ulong seed) =>
            DatasetLikelihood.Of(networks.Main, data, image, c, _options with { Probes = 1 }, seed).Nats;

        double one = Nats(3, 1, 1);
        Assert.AreEqual(one, Nats(3, 1, 1), "again");
        Assert.AreNotEqual(one, Nats(3, 2, 1), "another class");
        Assert.AreNotEqual(one, Nats(3, null, 1), "no class");
        Assert.AreNotEqual(one, Nats(3, 1, 2), "another seed");
    }
}

[TestClass]
public sealed class DatasetLikelihoodTestsCpu : DatasetLikelihoodTests
{
    protected override string Spec => Cpu;

    [TestMethod]
    public void ImagesAreSpreadOverTheDataSet()
    {
        using var data = new ProceduralShapes(8, 8, 1, 20);
        CollectionAssert.AreEqual(new long[] { 0, 5, 10, 15 }, DatasetLikelihood.Choose(data, 4).ToArray(), "4 of 20");
        Assert.HasCount(20, DatasetLikelihood.Choose(data, 1000), "all of them");
    }
}

[TestClass]
public sealed class DatasetLikelihoodTestsOpenCL : DatasetLikelihoodTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class DatasetLikelihoodTestsCuda : DatasetLikelihoodTests
{
    protected override string Spec => Cuda;
}
