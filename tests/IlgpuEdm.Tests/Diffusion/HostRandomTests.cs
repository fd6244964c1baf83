using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The keying convention and the distributions of the host's random numbers.</summary>
[TestClass]
public class HostRandomTests
{
    private const ulong Seed = 0x0123456789ABCDEF;
    private const ulong Image = 0xFEDCBA9876543210;

    [TestMethod]
    public void UniformTakesTheWordThatTheConventionNames()
    {
        PhiloxBlock block = Philox.Block(2, (uint)RandomPurpose.Bench, 0x76543210, 0xFEDCBA98, 0x89ABCDEF, 0x01234567);
        uint[] words = [block.X, block.Y, block.Z, block.W];
        for (uint i = 0; i < 4; i++)
        {
            double actual = HostRandom.Uniform(Seed, RandomPurpose.Bench, Image, 8 + i);
            Assert.AreEqual(Philox.ToUnitDouble(words[i]), actual, $"element {8 + i} is word {i} of block 2");
        }
    }

    [TestMethod]
    public void AnyStretchHoldsTheNumbersOfItsElements()
    {
        foreach (var (first, count) in new (uint First, int Count)[] { (0, 1), (1, 2), (3, 9), (4, 4), (6, 3), (0xFFFFFFF8, 8) })
        {
            double[] uniform = new double[count];
            double[] normal = new double[count];
            HostRandom.FillUniform(Seed, RandomPurpose.Bench, Image, first, uniform);
            HostRandom.FillNormal(Seed, RandomPurpose.Bench, Image, first, normal);
            for (int i = 0; i < count; i++)
            {
                Assert.AreEqual(HostRandom.Uniform(Seed, RandomPurpose.Bench, Image, first + (uint)i), uniform[i], $"uniform {i} of {first}");
                Assert.AreEqual(HostRandom.Normal(Seed, RandomPurpose.Bench, Image, first + (uint)i), normal[i], $"normal {i} of {first}");
            }
        }
    }

    [TestMethod]
    public void NormalsAreBoxMullerOnThePairsOfABlock()
    {
        double[] u = [.. Enumerable.Range(0, 4).Select(i => HostRandom.Uniform(Seed, RandomPurpose.Latents, Image, (uint)i))];
        double[] expected =
        [
            Math.Sqrt(-2 * Math.Log(u[0])) * Math.Cos(2 * Math.PI * u[1]),
            Math.Sqrt(-2 * Math.Log(u[0])) * Math.Sin(2 * Math.PI * u[1]),
            Math.Sqrt(-2 * Math.Log(u[2])) * Math.Cos(2 * Math.PI * u[3]),
            Math.Sqrt(-2 * Math.Log(u[2])) * Math.Sin(2 * Math.PI * u[3]),
        ];
        for (uint i = 0; i < 4; i++)
        {
            Assert.AreEqual(expected[i], HostRandom.Normal(Seed, RandomPurpose.Latents, Image, i), 1e-14, $"element {i}");
        }
    }

    [TestMethod]
    public void FillNormalGivesTheSingleDraws()
    {
        var values = new double[11];
        HostRandom.FillNormal(Seed, RandomPurpose.Latents, Image, values);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.AreEqual(HostRandom.Normal(Seed, RandomPurpose.Latents, Image, (uint)i), values[i], $"element {i}");
        }
    }

    [TestMethod]
    public void UniformsHaveTheMomentsOfTheUniformDistribution()
    {
        double[] u = Draws(HostRandom.Uniform);
        Assert.AreEqual(0.5, u.Average(), 0.005, "mean");
        Assert.AreEqual(1.0 / 12, u.Average(v => (v - 0.5) * (v - 0.5)), 0.002, "variance");
        Assert.AreEqual(0, u.Zip(u.Skip(1), (a, b) => (a - 0.5) * (b - 0.5)).Average(), 0.002, "covariance of neighbours");
    }

    [TestMethod]
    public void NormalsHaveTheMomentsOfTheNormalDistribution()
    {
        double[] z = Draws(HostRandom.Normal);
        Assert.AreEqual(0, z.Average(), 0.015, "mean");
        Assert.AreEqual(1, z.Average(v => v * v), 0.02, "variance");
        Assert.AreEqual(3, z.Average(v => v * v * v * v), 0.15, "fourth moment");
        Assert.AreEqual(0, z.Zip(z.Skip(1), (a, b) => a * b).Average(), 0.015, "covariance of neighbours");
    }

    [TestMethod]
    public void SeedPurposeAndImageEachChangeTheDraw()
    {
        double[] draws =
        [
            HostRandom.Uniform(1, RandomPurpose.TrainingSigma, 1, 0),
            HostRandom.Uniform(2, RandomPurpose.TrainingSigma, 1, 0),
            HostRandom.Uniform(1UL << 32, RandomPurpose.TrainingSigma, 1, 0),
            HostRandom.Uniform(1, RandomPurpose.TrainingNoise, 1, 0),
            HostRandom.Uniform(1, RandomPurpose.TrainingSigma, 2, 0),
            HostRandom.Uniform(1, RandomPurpose.TrainingSigma, 1UL << 32, 0),
        ];
        Assert.AreEqual(draws.Length, draws.Distinct().Count(), "every part of the key counts");
    }

    private static double[] Draws(Func<ulong, RandomPurpose, ulong, uint, double> draw) =>
        [.. Enumerable.Range(0, 40_000).Select(i => draw(7, RandomPurpose.Bench, (ulong)(i / 1000), (uint)(i % 1000)))];
}
