using System.Diagnostics;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Times the trainer's own step and the denoiser on random images or on a data set's.</summary>
public static class Benchmark
{
    private const int WarmUp = 2;
    private const int TopKernels = 10;
    private const int DrawsAtOnce = 256;

    /// <summary>Times training steps, each on new images.</summary>
    /// <param name="devices">The devices, at least one.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="data">The images, in the order of training; null: random ones.</param>
    public static BenchmarkResult Train(IReadOnlyList<Device> devices, BenchmarkOptions options, IImageDataset? data = null)
    {
        using var model = new TrainingModel(devices, options.Model, options.Seed) { Checkpointing = options.Checkpointing };
        using BatchLoader? loader = data is null ? null : new BatchLoader(data, options.BatchSize, options.Seed, 0, xflip: false);
        var losses = new List<double>();
        float[] images = new float[loader is null ? ImageSize(options) * options.BatchSize : 0];
        void Step()
        {
            Batch batch;
            using (devices[0].Profile.Stage("images"))
            {
                batch = loader?.Next() ?? RandomBatch(options, losses.Count, images);
            }

            losses.Add(model.Step(batch, options.MicroBatchSize).LossPerImage.Average());
            loader?.Recycle(batch);
        }

        return Measure("train", devices, options, model.ParameterCount, losses, Step);
    }

    /// <summary>Times evaluations of the denoiser at sigma 1, from host memory to host memory.</summary>
    /// <param name="device">The device.</param>
    /// <param name="options">What to measure.</param>
    public static BenchmarkResult Denoise(Device device, BenchmarkOptions options)
    {
        using NetworkDenoiser denoiser = NetworkDenoiser.Untrained(
            device, options.Model.Network, options.Model.Preconditioner, options.Seed);
        float[] values = new float[ImageSize(options) * options.BatchSize];
        double[] images = Array.ConvertAll(RandomBatch(options, 0, values).Images, value => (double)value);
        double[] denoised = new double[images.Length];
        return Measure("denoise", [device], options, denoiser.ParameterCount, null, () => denoiser.Denoise(images, 1, null, denoised));
    }

    private static BenchmarkResult Measure(
        string verb, IReadOnlyList<Device> devices, BenchmarkOptions options, long parameters, IReadOnlyList<double>? losses, Action step)
    {
        // A step on several devices ends with their copies of the new weights, which they wait for themselves.
        Device device = devices[0];
        step();
        device.Synchronize();
        double firstStep = ProcessFootprint.Age();
        for (int i = 1; i < WarmUp; i++)
        {
            step();
        }

        device.Synchronize();
        ProcessFootprint.CollectStartUpGarbage();
        double[] times = new double[options.Steps];
        int[] collections = Collections();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            device.Synchronize();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        long bytesPerStep = (GC.GetTotalAllocatedBytes(precise: true) - bytes) / times.Length;
        collections = [.. Collections().Zip(collections, (after, before) => after - before)];
        StepProfile profile = Profile(device, step);
        Array.Sort(times);
        double median = times[times.Length / 2];
        IReadOnlyList<KernelStatistics> kernels = device.Profile.Top(options.AllKernels ? int.MaxValue : TopKernels);
        return new BenchmarkResult(verb, Math.Round(options.BatchSize / median * 1e3, 2), Math.Round(median, 2),
            Megabytes(devices.Max(d => d.Pool.PeakBytes)), Megabytes(ProcessFootprint.PeakBytes()), Math.Round(firstStep, 2), parameters,
            DeviceList.Describe(devices), options.BatchSize, losses,
            new ManagedHeapUse(
                times.Length, bytesPerStep, Math.Round((double)bytesPerStep / Math.Max(profile.Launches, 1), 1), collections),
            profile, kernels);
    }

    // Timing each kernel slows a step down, so it has one of its own.
    private static StepProfile Profile(Device device, Action step)
    {
        device.Profile.Clear();
        device.Profile.Enabled = true;
        long start = Stopwatch.GetTimestamp();
        step();
        device.Synchronize();
        double wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        device.Profile.Enabled = false;
        double kernels = device.Profile.Top(int.MaxValue).Sum(kernel => kernel.TotalMilliseconds);
        return new StepProfile(Math.Round(wall, 3), Math.Round(kernels, 3), device.Profile.Launches,
            Math.Round(device.Profile.NamedMilliseconds / wall, 4), device.Profile.Stages());
    }

    private static int[] Collections() => [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];

    private static double Megabytes(long bytes) => Math.Round(bytes / 1e6, 1);

    private static int ImageSize(BenchmarkOptions options)
    {
        UNetOptions network = options.Model.Network;
        return checked(network.Height * network.Width * network.ImageChannels);
    }

    private static Batch RandomBatch(BenchmarkOptions options, long step, float[] images)
    {
        int size = images.Length / options.BatchSize;
        int[] labels = new int[options.BatchSize];
        int classes = options.Model.Network.LabelDim;
        Span<double> draws = stackalloc double[DrawsAtOnce];
        for (int n = 0; n < options.BatchSize; n++)
        {
            ulong image = (ulong)((step * options.BatchSize) + n);
            for (int first = 0; first < size; first += DrawsAtOnce)
            {
                Span<double> piece = draws[..Math.Min(DrawsAtOnce, size - first)];
                HostRandom.FillUniform(options.Seed, RandomPurpose.Bench, image, (uint)first, piece);
                for (int i = 0; i < piece.Length; i++)
                {
                    images[(n * size) + first + i] = (float)((2 * piece[i]) - 1);
                }
            }

            double draw = HostRandom.Uniform(options.Seed, RandomPurpose.Bench, image, (uint)size);
            labels[n] = (int)(draw * classes) - (classes == 0 ? 1 : 0);
        }

        return new Batch { FirstImage = step * options.BatchSize, Size = options.BatchSize, Images = images, Labels = labels };
    }
}
