using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Diffusion;
using IlgpuEdm.SelfTests;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The ideal denoiser of a data set against its formula in float64, and that nothing around an image changes its bits.</summary>
public abstract class IdealDenoiserTests : DeviceTestBase
{
    private const int Slice = 256;

    [TestMethod]
    [DataRow(5, 7, 1, 3, 1, 0)]
    [DataRow(1, 1, 3, 1, 2, 0)]
    [DataRow(5, 7, 3, 257, 5, Slice)]
    [DataRow(3, 3, 1, 513, 17, 2 * Slice)]
    [DataRow(7, 5, 3, 700, 67, Slice)]
    [DataRow(8, 8, 1, 512, 4, 0)]
    public void MatchesTheReferenceAtEveryNoiseLevel(int height, int width, int channels, int count, int queries, int chunkRows)
    {
        using var data = new RandomImages(height, width, channels, count);
        using var ideal = new IdealDenoiser(Device, data, new() { ChunkRows = chunkRows });
        var images = data.Values();
        foreach (var sigma in new[] { 0.002, 0.05, 0.5, 1.5, 3, 10, 80 })
        {
            var x = Noisy(data, queries, sigma);
            var expected = ReferenceIdealDenoiser.Denoise(images, x, data.Size, sigma);
            var actual = ideal.Estimate(x, sigma);
            AssertClose(expected.Denoised, actual.Denoised, 1e-5, $"sigma {sigma}");
            AssertClose([.. expected.EffectiveImages.Select(_ => 1.0)],
                [.. actual.EffectiveImages.Zip(expected.EffectiveImages, (a, e) => a / e)], 1e-4, $"images behind it, sigma {sigma}");
        }
    }

    [TestMethod]
    public void ACopyOfAnImageIsItsOwnDenoisingAtLowNoise()
    {
        using var data = new RandomImages(5, 7, 3, 700);
        using var ideal = new IdealDenoiser(Device, data, new() { ChunkRows = Slice });
        var x = data.Values([0, 255, 256, 511, 699]);
        var estimate = ideal.Estimate(x, 0.002);
        CollectionAssert.AreEqual(x, estimate.Denoised, "denoised copies");
        CollectionAssert.AreEqual(new double[] { 1, 1, 1, 1, 1 }, estimate.EffectiveImages, "images behind each");
    }

    [TestMethod]
    public void AtHugeNoiseTheMeanOfAllImagesIsLeft()
    {
        using var data = new RandomImages(3, 5, 1, 600);
        using var ideal = new IdealDenoiser(Device, data, new() { ChunkRows = Slice });
        var images = data.Values();
        double[] mean = [.. Enumerable.Range(0, data.Size).Select(j => Enumerable.Range(0, 600).Average(i => images[i * data.Size + j]))];
        var estimate = ideal.Estimate(Noisy(data, 1, 1), 1e5);
        AssertClose(mean, estimate.Denoised, 1e-6, "mean image");
        Assert.AreEqual(600, estimate.EffectiveImages[0], 1e-2, "images behind it");
    }

    [TestMethod]
    public void BetweenTwoImagesTheirMeanIsLeft()
    {
        using var data = new RandomImages(4, 4, 1, 2);
        using var ideal = new IdealDenoiser(Device, data);
        var images = data.Values();
        double[] middle = [.. Enumerable.Range(0, 16).Select(i => (images[i] + images[16 + i]) / 2)];
        var estimate = ideal.Estimate(middle, 1);
        AssertClose(middle, estimate.Denoised, 1e-6, "middle");
        Assert.AreEqual(2, estimate.EffectiveImages[0], 1e-5, "images behind it");
    }

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(2)]
    [DataRow(20)]
    public void AnImageIsTheSameBitsAloneAndBesideOthers(double sigma)
    {
        const int queries = 67;
        using var data = new RandomImages(5, 7, 3, 600);
        using var ideal = new IdealDenoiser(Device, data, new() { ChunkRows = Slice });
        var x = Noisy(data, queries, sigma);
        var together = ideal.Estimate(x, sigma);
        foreach (var (first, count) in new[] { (0, 1), (3, 1), (13, 9), (17, 30), (63, 2), (66, 1) })
        {
            var alone = ideal.Estimate(x[(first * data.Size)..((first + count) * data.Size)], sigma);
            CollectionAssert.AreEqual(
                together.Denoised[(first * data.Size)..((first + count) * data.Size)], alone.Denoised, $"{count} from {first}");
            CollectionAssert.AreEqual(together.EffectiveImages[first..(first + count)], alone.EffectiveImages, "images behind them");
        }
    }

    [TestMethod]
    public void ASetThatIsStreamedGivesTheSameBits()
    {
        using var data = new RandomImages(5, 7, 3, 700, classes: 2);
        foreach (var options in new IdealDenoiserOptions[]
            { new(), new() { ChunkRows = Slice }, new() { ChunkRows = Slice, Class = 1 }, new() { MaxImages = 5 } })
        {
            using var resident = new IdealDenoiser(Device, data, options);
            using var streamed = new IdealDenoiser(Device, data, options with { MemoryBudget = 0 });
            Assert.IsTrue(resident.IsResident && !streamed.IsResident, "where the images are");
            var x = Noisy(data, 70, 2);
            var (expected, actual) = (resident.Estimate(x, 2), streamed.Estimate(x, 2));
            CollectionAssert.AreEqual(expected.Denoised, actual.Denoised, $"{options}");
            CollectionAssert.AreEqual(expected.EffectiveImages, actual.EffectiveImages, $"images behind them, {options}");
        }
    }

    [TestMethod]
    public void TheFirstImagesOrThoseOfAClassAreKnownAlone()
    {
        using var data = new RandomImages(3, 4, 1, 40, classes: 3);
        AssertKnows(data, new() { MaxImages = 7 }, [0, 1, 2, 3, 4, 5, 6]);
        AssertKnows(data, new() { Class = 2, MaxImages = 4 }, [2, 5, 8, 11]);
        AssertKnows(data, new() { Class = 1 }, [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34, 37]);
        AssertKnows(data, new() { MaxImages = 1000 }, [.. Enumerable.Range(0, 40)]);
    }

    [TestMethod]
    public void ASampleOfItIsAnImageOfTheSet()
    {
        using var data = new RandomImages(4, 4, 1, 30);
        using var ideal = new IdealDenoiser(Device, data);
        Denoiser denoiser = ideal.Denoise;
        var random = new Random(3);
        double[] latents = [.. Enumerable.Range(0, 3 * data.Size).Select(_ => Normal(random))];
        var samples = HeunSampler.Sample(denoiser, latents, EdmTimeSteps.Create(18, 0.002, 80, 7));
        var images = data.Values();
        for (var i = 0; i < 3; i++)
        {
            var nearest = Enumerable.Range(0, 30).Min(
                image => Enumerable.Range(0, data.Size).Max(j => Math.Abs(samples[i * data.Size + j] - images[image * data.Size + j])));
            Assert.AreEqual(0, nearest, 1e-3, $"sample {i}: how far it is from the nearest image");
        }
    }

    [TestMethod]
    public void NothingIsDenoisedToNothing()
    {
        using var data = new RandomImages(2, 2, 1, 3);
        using var ideal = new IdealDenoiser(Device, data);
        Assert.IsEmpty(ideal.Denoise([], 1), "no images");
    }

    [TestMethod]
    public void WhatCannotBeDenoisedIsRefused()
    {
        using var data = new RandomImages(4, 5, 3, 9, classes: 4);
        using var ideal = new IdealDenoiser(Device, data);
        OneClearLine.Of(() => ideal.Denoise(new double[61], 1), "61 values", "4 x 5 x 3", "random images");
        foreach (var sigma in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            OneClearLine.Of(() => ideal.Denoise(new double[60], sigma), "noise level", "above 0");
        }
    }

    [TestMethod]
    public void ASetWithoutImagesIsRefused()
    {
        using var empty = new RandomImages(4, 5, 3, 0);
        OneClearLine.Of(() => Make(empty, new()), "random images", "no images");
        using var data = new RandomImages(4, 5, 3, 3, classes: 4);
        OneClearLine.Of(() => Make(data, new() { Class = 3 }), "random images", "no images of class 3");
        OneClearLine.Of(() => Make(data, new() { Class = 4 }), "random images", "no class 4", "0 to 3");
        OneClearLine.Of(() => Make(data, new() { Class = -1 }), "no class -1");
        OneClearLine.Of(() => Make(data, new() { MaxImages = 0 }), "0 images", "at least 1");
        using var unlabelled = new RandomImages(4, 5, 3, 3);
        OneClearLine.Of(() => Make(unlabelled, new() { Class = 0 }), "random images", "no classes");
        using var huge = new RandomImages(40_000, 40_000, 3, 3);
        OneClearLine.Of(() => Make(huge, new()), "too large");
    }

    [TestMethod]
    public void ItCanBeStopped()
    {
        var memory = Device.Pool.BytesInUse;
        using var stop = new CancellationTokenSource();
        using var data = new RandomImages(4, 5, 1, 600) { OnRead = i => StopAt(stop, i == 300) };
        Assert.ThrowsExactly<OperationCanceledException>(
            () => new IdealDenoiser(Device, data, new() { ChunkRows = Slice }, stop.Token), "while the images are read");
        Assert.AreEqual(memory, Device.Pool.BytesInUse, "bytes in use after it was stopped");

        using var calm = new RandomImages(4, 5, 1, 600);
        using var ideal = new IdealDenoiser(Device, calm);
        Assert.ThrowsExactly<OperationCanceledException>(() => ideal.Stoppable(stop.Token)(new double[20], 1), "denoising");
        CollectionAssert.AreEqual(
            ideal.Denoise(new double[20], 1), ideal.Stoppable(default)(new double[20], 1), "it still denoises");
    }

    [TestMethod]
    public void MemoryIsGivenBack()
    {
        var memory = Device.Pool.BytesInUse;
        using var data = new RandomImages(4, 5, 1, 600);
        var ideal = new IdealDenoiser(Device, data);
        ideal.Denoise(new double[40], 1);
        Assert.IsGreaterThan(memory, Device.Pool.BytesInUse, "bytes in use while it lives");
        ideal.Dispose();
        Assert.AreEqual(memory, Device.Pool.BytesInUse, "bytes in use after it");
    }

    private static void StopAt(CancellationTokenSource stop, bool now)
    {
        if (now)
        {
            stop.Cancel();
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // The first images again and again, each time with other noise.
    private static double[] Noisy(RandomImages data, int queries, double sigma)
    {
        var random = new Random(1);
        return [.. data.Values(Enumerable.Range(0, queries).Select(i => i % data.Count)).Select(v => v + sigma * Normal(random))];
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.AreEqual(expected.Length, actual.Length, $"{what}: number of values");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], tolerance, $"{what}: value {i}");
        }
    }

    private void AssertKnows(RandomImages data, IdealDenoiserOptions options, int[] numbers)
    {
        using var ideal = new IdealDenoiser(Device, data, options);
        Assert.AreEqual(numbers.Length, ideal.ImageCount, $"images, {options}");
        var x = Noisy(data, 3, 1.5);
        var images = data.Values(numbers.Select(i => (long)i));
        AssertClose(ReferenceIdealDenoiser.Denoise(images, x, data.Size, 1.5).Denoised, ideal.Denoise(x, 1.5), 1e-5, $"{options}");
    }

    private void Make(RandomImages data, IdealDenoiserOptions options) => new IdealDenoiser(Device, data, options).Dispose();
}

[TestClass]
public sealed class IdealDenoiserTestsCpu : IdealDenoiserTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class IdealDenoiserTestsOpenCL : IdealDenoiserTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class IdealDenoiserTestsCuda : IdealDenoiserTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class IdealDenoiserTestsOpenCLCooperative : IdealDenoiserTests
{
    protected override string Spec => OpenCLCooperative;
}

/// <summary>The kernels for GPUs at toy size, on a device that checks every index.</summary>
[TestClass]
public sealed class IdealDenoiserTestsEmulator : DeviceTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    public void MatchesTheReference()
    {
        using var run = new SelfTestRun(Device, accumulate: false);
        SelfTestIdealDenoiser.Denoise(run, 1, 8, 9, 1, 20, 1.5);
        Assert.IsTrue(run.Results.Single().Passed, $"{run.Results.Single()}");
    }
}
