using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Normal draws and embeddings of noise levels.</summary>
public abstract class RandomTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 3)]
    [DataRow(3, 1025)]
    [DataRow(2, 4099)]
    public void NormalsMatchTheReference(int n, int size) => AssertMatchesReference(run => SelfTestRandom.Normal(run, n, size));

    [TestMethod]
    [DataRow(0ul, 0L)]
    [DataRow(123456789012345ul, 5_000_000_000L)]
    public void EveryNormalEqualsTheHosts(ulong seed, long firstImage)
    {
        const int n = 5, size = 2000;
        var draws = Draw(seed, firstImage, n, size, RandomPurpose.Latents);
        for (var i = 0; i < n * size; i++)
        {
            var expected = HostRandom.Normal(seed, RandomPurpose.Latents, (ulong)(firstImage + i / size), (uint)(i % size));
            Assert.AreEqual(expected, draws[i], 1e-5, $"image {firstImage + i / size}, element {i % size}");
        }
    }

    [TestMethod]
    [DataRow(1003)]
    [DataRow(1000)]
    public void EveryUniformDrawEqualsTheHosts(int size)
    {
        const int n = 3;
        using var key = new RandomKey(Device, 5);
        key.FirstImage(uint.MaxValue);
        var y = Tape.New(n, size);
        key.Uniform(y, RandomPurpose.Latents);
        var draws = y.ToArray();
        for (var i = 0; i < draws.Length; i++)
        {
            var expected = HostRandom.Uniform(5, RandomPurpose.Latents, uint.MaxValue + (ulong)(i / size), (uint)(i % size));
            Assert.AreEqual(expected, draws[i], 2e-7, $"image {i / size}, element {i % size}");
        }
    }

    [TestMethod]
    public void NormalsHaveTheMomentsOfTheStandardNormal()
    {
        var draws = Draw(1, 0, 10, 10_000, RandomPurpose.TrainingNoise);
        double count = draws.Length;
        Assert.AreEqual(0, draws.Average(), 4 / Math.Sqrt(count), "mean");
        Assert.AreEqual(1, draws.Average(v => (double)v * v), 4 * Math.Sqrt(2 / count), "variance");
        Assert.AreEqual(0, draws.Average(v => Math.Pow(v, 3)), 4 * Math.Sqrt(15 / count), "third moment");
        Assert.AreEqual(3, draws.Average(v => Math.Pow(v, 4)), 4 * Math.Sqrt(96 / count), "fourth moment");
        var neighbours = draws.Zip(draws.Skip(1), (a, b) => (double)a * b).Average();
        Assert.AreEqual(0, neighbours, 4 / Math.Sqrt(count), "correlation of neighbours");
    }

    [TestMethod]
    public void AnImagesNormalsAreTheSameInAnyBatch()
    {
        const int size = 777;
        var all = Draw(9, 40, 4, size, RandomPurpose.TrainingNoise);
        for (var image = 0; image < 4; image++)
        {
            CollectionAssert.AreEqual(
                all.AsSpan(image * size, size).ToArray(), Draw(9, 40 + image, 1, size, RandomPurpose.TrainingNoise), $"image {40 + image}");
        }
    }

    [TestMethod]
    public void PurposesAreIndependent()
    {
        float[] noise = Draw(9, 40, 1, 4000, RandomPurpose.TrainingNoise), latents = Draw(9, 40, 1, 4000, RandomPurpose.Latents);
        Assert.AreEqual(0, noise.Zip(latents, (a, b) => (double)a * b).Average(), 4 / Math.Sqrt(4000), "correlation");
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(38)]
    [DataRow(128)]
    public void PositionalEmbeddingMatchesTheReference(int channels)
    {
        if (channels > 2)
        {
            AssertMatchesReference(run => SelfTestRandom.PositionalEmbedding(run, channels));
        }
        else
        {
            // A single frequency cannot be an endpoint.
            var y = Tape.PositionalEmbedding([0.5f], channels, endpoint: false, sineFirst: true).ToArray();
            Assert.AreEqual(Math.Sin(0.5), y[0], 1e-6, "sine first");
            Assert.AreEqual(Math.Cos(0.5), y[1], 1e-6, "then cosine");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(37)]
    public void FourierEmbeddingMatchesTheReference(int frequencies) =>
        AssertMatchesReference(run => SelfTestRandom.FourierEmbedding(run, frequencies));

    private float[] Draw(ulong seed, long firstImage, int n, int size, RandomPurpose purpose)
    {
        using var key = new RandomKey(Device, seed);
        key.FirstImage(firstImage);
        var y = Tape.New(n, size);
        key.Normal(y, purpose);
        return y.ToArray();
    }
}

[TestClass]
public sealed class RandomTestsCpu : RandomTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class RandomTestsOpenCL : RandomTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class RandomTestsOpenCLCooperative : RandomTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class RandomTestsCuda : RandomTests
{
    protected override string Spec => Cuda;
}
