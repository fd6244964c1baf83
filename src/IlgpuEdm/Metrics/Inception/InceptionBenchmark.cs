using System.Diagnostics;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Metrics;

/// <summary>How fast Inception-v3 computes features; one line of JSON.</summary>
/// <param name="Verb"><c>inception</c>.</param>
/// <param name="ImagesPerSecond">The speed of the median call, from images in host memory to features in host memory.</param>
/// <param name="GigaflopsPerSecond">Its rate of operations of convolutions, a multiply-add counting two.</param>
/// <param name="GigaflopsPerImage">Operations of an image.</param>
/// <param name="Images">Images of a call.</param>
/// <param name="PeakMemoryMb">The most device memory in use, in MB (10^6 bytes).</param>
/// <param name="Device">The device.</param>
/// <param name="Schedule">Its schedule.</param>
/// <param name="Kernels">The kernels that took most of one more call.</param>
public sealed record InceptionTiming(
    string Verb, double ImagesPerSecond, double GigaflopsPerSecond, double GigaflopsPerImage, int Images, double PeakMemoryMb,
    string Device, string Schedule, IReadOnlyList<KernelStatistics> Kernels);

/// <summary>Times Inception-v3 with random weights on random images.</summary>
public static class InceptionBenchmark
{
    private const ulong Seed = 1;
    private const int TopKernels = 10;
    private const int DrawsAtOnce = 1 << 14;

    /// <summary>Measures.</summary>
    /// <param name="device">The device.</param>
    /// <param name="images">Images of a call.</param>
    /// <param name="side">Height and width of the images.</param>
    /// <param name="channels">1 for grey or 3 for RGB.</param>
    /// <param name="calls">Timed calls, after one that is not; the median counts.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="EdmException">The network does not take such images, or the device's memory is too small.</exception>
    public static InceptionTiming Run(Device device, int images, int side, int channels, int calls)
    {
        ArgumentNullException.ThrowIfNull(device);
        InceptionNetwork.RequireImages(side, side, channels, "bench inception");
        var tensors = 0UL;
        using var network = InceptionNetwork.Create(device, (_, shape) => Draw(tensors++, shape), "random");
        byte[][] pixels =
        [
            .. Enumerable.Range(0, images).Select(n => Enumerable.Range(0, side * side * channels)
                .Select(i => (byte)(256 * HostRandom.Uniform(Seed, RandomPurpose.Bench, (ulong)n, (uint)i))).ToArray()),
        ];
        network.Features(pixels, side, side, channels);
        var seconds = new double[calls];
        for (var i = 0; i < calls; i++)
        {
            var start = Stopwatch.GetTimestamp();
            network.Features(pixels, side, side, channels);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        device.Profile.Clear();
        device.Profile.Enabled = true;
        network.Features(pixels, side, side, channels);
        device.Profile.Enabled = false;
        var kernels = device.Profile.Top(int.MaxValue);
        var flops = kernels.Sum(k => k.GigaflopsPerSecond * k.TotalMilliseconds / 1e3 ?? 0) / images;
        Array.Sort(seconds);
        var rate = images / seconds[calls / 2];
        return new InceptionTiming(
            "inception", rate, rate * flops, flops, images, device.Pool.PeakBytes / 1e6, device.Spec,
            device.Schedule.ToString().ToLowerInvariant(), [.. kernels.Take(TopKernels)]);
    }

    // Convolutions keep the size of what goes through them; norms change next to nothing.
    private static float[] Draw(ulong tensor, int[] shape)
    {
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        if (shape.Length == 1)
        {
            Array.Fill(values, 1f);
            return values;
        }

        var scale = Math.Sqrt(6.0 / (values.Length / shape[0]));
        Parallel.For(0, (values.Length + DrawsAtOnce - 1) / DrawsAtOnce, part =>
        {
            var first = part * DrawsAtOnce;
            var draws = new double[Math.Min(DrawsAtOnce, values.Length - first)];
            HostRandom.FillUniform(Seed, RandomPurpose.Bench, tensor, (uint)first, draws);
            for (var i = 0; i < draws.Length; i++)
            {
                values[first + i] = (float)(scale * (2 * draws[i] - 1));
            }
        });
        return values;
    }
}
