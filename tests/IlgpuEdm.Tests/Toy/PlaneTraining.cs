using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Toy;

/// <summary>Trains small networks on <see cref="GaussianMixture.Plane"/>: points are images of one pixel and two channels.</summary>
internal static class PlaneTraining
{
    private const ulong DataSeed = 1;

    /// <summary>Options as the command line would resolve them, for a network of one level.</summary>
    public static ModelOptions Options(TrainingRequest request) => (request with
    {
        ChannelMult = [1],
        BlocksPerLevel = 1,
        AttentionResolutions = [],
    }).ModelFor(height: 1, width: 1, imageChannels: 2);

    /// <summary>Trains on fresh points.</summary>
    /// <param name="model">The network.</param>
    /// <param name="first">Points seen before.</param>
    /// <param name="points">Points to see in all.</param>
    /// <param name="batch">Points of a step.</param>
    /// <returns>Points seen now.</returns>
    public static long Train(TrainingModel model, long first, long points, int batch)
    {
        while (first < points)
        {
            model.Step(GaussianMixture.Plane.Draw(DataSeed, first, batch), batch);
            first += batch;
        }

        return first;
    }

    /// <summary>Points that no training sees.</summary>
    public static double[] Truth(ulong seed, int count) =>
        Array.ConvertAll(GaussianMixture.Plane.Draw(1000 + seed, 0, count).Images, v => (double)v);

    /// <summary>Noisy points that no training sees.</summary>
    public static double[] Noisy(double sigma, int count)
    {
        double[] x = Truth(0, count);
        var noise = new double[x.Length];
        HostRandom.FillNormal(1, RandomPurpose.Latents, 1, noise);
        return [.. x.Zip(noise, (y, n) => y + sigma * n)];
    }

    /// <summary>The root mean square of the difference between a denoiser and the ideal one over noisy points.</summary>
    public static double Error(Denoiser denoise, double sigma, int count = 1000)
    {
        double[] x = Noisy(sigma, count);
        return Math.Sqrt(denoise(x, sigma).Zip(GaussianMixture.Plane.Denoise(x, sigma), (d, ideal) => (d - ideal) * (d - ideal)).Average());
    }
}
