using System.Runtime.InteropServices;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>An image depends on its seed alone: byte for byte the same alone and among 64, with every solver.</summary>
[TestClass]
public class SamplerBatchTests
{
    private const int ImageSize = 12;

    public static IEnumerable<object[]> Options =>
    [
        .. SamplerOptions.Solvers.Select(solver => new object[] { new SamplerOptions { Solver = solver, Steps = 6 } }),
        [new SamplerOptions { Steps = 6, SChurn = 10, SNoise = 1.01 }],
        [new SamplerOptions { Steps = 6, Solver = "euler", SChurn = 10 }],
        [new SamplerOptions { Steps = 6, Alpha = 0.8, SChurn = 10, Schedule = "vp", Scaling = "vp", Discretization = "vp" }],
        [new SamplerOptions { Steps = 6, Schedule = "ve", Discretization = "iddpm" }],
    ];

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void AloneOrAmong64(SamplerOptions options)
    {
        ulong[] seeds = [.. Enumerable.Range(0, 64).Select(i => (ulong)i * 1_000_003)];
        byte[] together = Bytes(seeds, options);
        for (int i = 0; i < seeds.Length; i++)
        {
            byte[] alone = Bytes([seeds[i]], options);
            CollectionAssert.AreEqual(alone, together[(i * alone.Length)..((i + 1) * alone.Length)], $"seed {seeds[i]}");
        }
    }

    private static byte[] Bytes(ulong[] seeds, SamplerOptions options)
    {
        var latents = new double[seeds.Length * ImageSize];
        for (int i = 0; i < seeds.Length; i++)
        {
            HostRandom.FillNormal(seeds[i], RandomPurpose.Latents, 0, latents.AsSpan(i * ImageSize, ImageSize));
        }

        double[] x = Sampler.Sample(TwoImages, latents, options, noise: ImageNoise.FromSeeds(seeds, ImageSize));
        return MemoryMarshal.AsBytes<double>(x).ToArray();
    }

    // The ideal denoiser of data that is one image c or its negative: c tanh(c.x / sigma^2).
    private static double[] TwoImages(double[] x, double sigma)
    {
        var denoised = new double[x.Length];
        for (int first = 0; first < x.Length; first += ImageSize)
        {
            double product = Enumerable.Range(0, ImageSize).Sum(j => Math.Sin(1 + j) * x[first + j]);
            for (int j = 0; j < ImageSize; j++)
            {
                denoised[first + j] = Math.Sin(1 + j) * Math.Tanh(product / (sigma * sigma));
            }
        }

        return denoised;
    }
}
