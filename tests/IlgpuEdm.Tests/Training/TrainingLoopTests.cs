using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>A network over several steps: no new memory, the same bits again, the same bits after a resume, the same images in any batch.</summary>
public abstract class TrainingLoopTests : DeviceTestBase
{
    private const int BatchSize = 6;

    private static readonly SongUNetOptions _network = new()
    {
        Height = 8,
        Width = 8,
        ImageChannels = 1,
        ModelChannels = 16,
        ChannelMult = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [4],
        Dropout = 0.1,
    };

    [TestMethod]
    public void AfterTheSecondStepTheDeviceAllocatesNothing()
    {
        using var model = Model(Device);
        Train(model, 0, 2);
        var allocations = Device.Pool.DeviceAllocations;
        Train(model, 2, 6);
        Assert.AreEqual(allocations, Device.Pool.DeviceAllocations, "allocations of the device after the second step");
    }

    [TestMethod]
    public void MemoryInUseDoesNotGrow()
    {
        using var model = Model(Device);
        Train(model, 0, 1);
        var inUse = Device.Pool.BytesInUse;
        Train(model, 1, 3);
        Assert.AreEqual(inUse, Device.Pool.BytesInUse, "bytes in use between steps");
    }

    [TestMethod]
    public void TheSameStepsEndInTheSameBits()
    {
        using var first = Model(Device);
        using var second = Model(Device);
        CollectionAssert.AreEqual(Train(first, 0, 4), Train(second, 0, 4), "losses");
        CollectionAssert.AreEqual(first.Weights.Values.ToArray(), second.Weights.Values.ToArray(), "weights");
        CollectionAssert.AreEqual(first.Average.Values.ToArray(), second.Average.Values.ToArray(), "average");
    }

    [TestMethod]
    public void AStateResumesBitForBit()
    {
        using var whole = Model(Device);
        Train(whole, 0, 3);
        using var folder = new TemporaryFolder();
        var path = folder.File("state.safetensors");
        var file = new SafetensorsWriter();
        whole.AddState(file);
        file.WriteTo(path);
        using var resumed = Model(Device);
        resumed.LoadState(SafetensorsFile.Read(path));
        CollectionAssert.AreEqual(Train(whole, 3, 6), Train(resumed, 3, 6), "losses after the resume");
        CollectionAssert.AreEqual(whole.Weights.Values.ToArray(), resumed.Weights.Values.ToArray(), "weights");
        CollectionAssert.AreEqual(whole.Average.Values.ToArray(), resumed.Average.Values.ToArray(), "average");
        foreach (var (one, two) in whole.Profiles.Zip(resumed.Profiles))
        {
            CollectionAssert.AreEqual(one.Average.Values.ToArray(), two.Average.Values.ToArray(), $"average of {one.Deviation}");
        }
    }

    [TestMethod]
    public void ImagesAreTheSameBytesInAnyBatch()
    {
        using var model = Model(Device);
        Train(model, 0, 2);
        using var denoiser = model.EmaDenoiser();
        ulong[] seeds = [0, 1, 2, 3, 4, 5, 6];
        var options = new SamplerOptions { Steps = 4 };
        var together = ImageSampler.Sample(denoiser, seeds, options, batch: 7);
        foreach (var batch in new[] { 1, 3 })
        {
            var images = ImageSampler.Sample(denoiser, seeds, options, batch);
            for (var i = 0; i < seeds.Length; i++)
            {
                CollectionAssert.AreEqual(together[i], images[i], $"seed {seeds[i]} in batches of {batch}");
            }
        }
    }

    [TestMethod]
    public void ImagesAgreeWithThoseOfTheCpu()
    {
        using var here = Model(Device);
        using var there = Model(TestDevices.Get(Cpu));
        using var denoiser = here.EmaDenoiser();
        using var reference = there.EmaDenoiser();
        ulong[] seeds = [0, 1, 2, 3];
        var images = ImageSampler.Sample(denoiser, seeds, new SamplerOptions { Steps = 8 }, batch: 4);
        var expected = ImageSampler.Sample(reference, seeds, new SamplerOptions { Steps = 8 }, batch: 4);
        var largest = images.Zip(expected).SelectMany(p => p.First.Zip(p.Second, (a, b) => Math.Abs(a - b))).Max();
        Assert.IsLessThanOrEqualTo(2, largest, "largest difference in pixel values");
    }

    private static TrainingModel Model(Device device) => new(
        device,
        new ModelOptions
        {
            Network = _network,
            Optimizer = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 10, EmaHalfLifeImages = 50, EmaProfiles = [0.05, 0.1] },
        },
        seed: 3);

    private static double[] Train(TrainingModel model, int firstStep, int endStep)
    {
        var losses = new List<double>();
        for (var step = firstStep; step < endStep; step++)
        {
            var images = new float[BatchSize * 8 * 8];
            for (var i = 0; i < images.Length; i++)
            {
                images[i] = MathF.Sin(0.1f * (i + 37 * step));
            }

            var batch = new Batch { FirstImage = step * BatchSize, Size = BatchSize, Images = images, Labels = new int[BatchSize] };
            losses.AddRange(model.Step(batch, microBatch: 3).LossPerImage);
        }

        return [.. losses];
    }
}

[TestClass]
public sealed class TrainingLoopTestsCpu : TrainingLoopTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class TrainingLoopTestsOpenCL : TrainingLoopTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class TrainingLoopTestsCuda : TrainingLoopTests
{
    protected override string Spec => Cuda;
}
