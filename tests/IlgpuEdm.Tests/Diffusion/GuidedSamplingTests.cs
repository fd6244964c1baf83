using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>
/// Every solver, plain, with churn where it takes it, guided by the network itself and by another: an image is the same bytes alone and
/// among others, and nearly the same on the CPU.
/// </summary>
public abstract class GuidedSamplingTests : DeviceTestBase
{
    private static readonly ulong[] _seeds = [0, 1, 2, 3, 4, 5, 1_000_003];

    private static IEnumerable<ImageSamplerOptions> Solvers =>
    [
        .. SamplerOptions.Solvers.Select(solver => new ImageSamplerOptions
        {
            Sampler = new SamplerOptions { Solver = solver, Steps = 3, SigmaMin = solver == "naive" ? 20 : null, SigmaMax = 21 },
        }),
        .. new[] { "heun", "euler", "midpoint", "ralston" }.Select(solver => new ImageSamplerOptions
        {
            Sampler = new SamplerOptions { Solver = solver, Steps = 3, SChurn = 2, SMin = 0.01, SMax = 50, SNoise = 1.01 },
        }),
        new() { Sampler = new SamplerOptions { SigmaMin = 0.3, SigmaMax = 2 }, Adaptive = new AdaptiveTolerance(0.1, 0.1) },
    ];

    [TestMethod]
    [DataRow("plain")]
    [DataRow("guided")]
    [DataRow("autoguided")]
    public void ImagesAreTheSameBytesInAnyBatchAndNearlyThoseOfTheCpu(string how)
    {
        using var networks = new SamplingNetworks(Device);
        using var onCpu = new SamplingNetworks(TestDevices.Get(Cpu));
        IReadOnlyList<ImageSeed> images = ClassChoice.Images(null, _seeds, SamplingNetworks.Options);
        foreach (var options in Solvers)
        {
            var together = ImageSampler.Sample(networks.Of(how), images, options, batch: 7);
            foreach (var i in new[] { 0, 4, 6 })
            {
                var alone = ImageSampler.Sample(networks.Of(how), [images[i]], options, batch: 1);
                CollectionAssert.AreEqual(alone[0], together[i], $"seed {_seeds[i]}, {options}");
            }

            if (Spec != Cpu)
            {
                var expected = ImageSampler.Sample(onCpu.Of(how), images, options, batch: 7);
                int largest = together.Zip(expected).SelectMany(p => p.First.Zip(p.Second, (a, b) => Math.Abs(a - b))).Max();
                Assert.IsLessThanOrEqualTo(2, largest, $"largest difference from the CPU, {options}");
            }
        }
    }

    [TestMethod]
    public void ClassesReachTheNetwork()
    {
        using var networks = new SamplingNetworks(Device);
        var options = new ImageSamplerOptions { Sampler = new SamplerOptions { Steps = 2 } };
        IReadOnlyList<ImageSeed> all = ClassChoice.Images(ClassChoice.All, [3], SamplingNetworks.Options);
        var images = ImageSampler.Sample(networks.Of("plain"), all, options, batch: 3);
        Assert.HasCount(3, images.DistinctBy(Convert.ToHexString), "three classes, three images");
        var drawn = ClassChoice.Images(ClassChoice.Random, [3], SamplingNetworks.Options);
        CollectionAssert.AreEqual(images[drawn[0].Class!.Value], ImageSampler.Sample(networks.Of("plain"), drawn, options, 1)[0], "random");
        var guided = ImageSampler.Sample(networks.Of("guided"), all, options, batch: 3);
        CollectionAssert.AreNotEqual(images[0], guided[0], "guidance has an effect");
        CollectionAssert.AreNotEqual(guided[0], ImageSampler.Sample(networks.Of("autoguided"), all, options, 3)[0], "so has the guide");
    }

    [TestMethod]
    public void GuidanceOutsideItsIntervalChangesNothing()
    {
        using var networks = new SamplingNetworks(Device);
        var options = new ImageSamplerOptions { Sampler = new SamplerOptions { Steps = 3 } };
        ImageSeed[] image = [new(3, 1)];
        var plain = ImageSampler.Sample(networks.Of("plain"), image, options, 1)[0];
        var never = new GuidedNetwork(networks.Main, 3, null, new SigmaInterval(1000, 2000));
        var high = new GuidedNetwork(networks.Main, 3, null, new SigmaInterval(1, double.PositiveInfinity));
        CollectionAssert.AreEqual(plain, ImageSampler.Sample(never, image, options, 1)[0], "an interval that is never met");
        CollectionAssert.AreNotEqual(plain, ImageSampler.Sample(high, image, options, 1)[0], "one that is");
    }

    [TestMethod]
    public void AnInterpolationMeetsItsSeeds()
    {
        using var networks = new SamplingNetworks(Device);
        var options = new ImageSamplerOptions { Sampler = new SamplerOptions { Steps = 2 } };
        var way = ImageInterpolation.Sample(networks.Of("plain"), [3, 8, 5], 2, frames: 5, options, batch: 2);
        var ends = ImageSampler.Sample(networks.Of("plain"), [new(3, 2), new(8, 2), new(5, 2)], options, batch: 3);
        CollectionAssert.AreEqual(ends[0], way[0], "first");
        CollectionAssert.AreEqual(ends[1], way[2], "second");
        CollectionAssert.AreEqual(ends[2], way[4], "last");
        CollectionAssert.AreNotEqual(way[0], way[1], "between");
    }
}

[TestClass]
public sealed class GuidedSamplingTestsCpu : GuidedSamplingTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GuidedSamplingTestsOpenCL : GuidedSamplingTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GuidedSamplingTestsCuda : GuidedSamplingTests
{
    protected override string Spec => Cuda;
}
