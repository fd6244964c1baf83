using System.Diagnostics;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>What a benchmark measures and on what.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Network, the images' size included, preconditioner, loss and optimiser.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Images that go through the network at once.</summary>
    public int MicroBatchSize { get; init; } = 64;

    /// <summary>Steps that are timed, after two that are not.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>The seed, as in training.</summary>
    public ulong Seed { get; init; }

    /// <summary>The options for a training request and a size of images.</summary>
    /// <param name="request">Network, batch, loss, optimiser and seed.</param>
    /// <param name="data">The images, whose size counts where they are given; else null.</param>
    /// <param name="resolution">Height and width of random images.</param>
    /// <param name="imageChannels">Channels of random images.</param>
    /// <param name="classes">Classes of random images, where the network learns them.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <exception cref="EdmException">An option is out of range.</exception>
    public static BenchmarkOptions Of(
        TrainingRequest request, IImageDataset? data, int resolution, int imageChannels, int classes, int steps)
    {
        var options = new BenchmarkOptions
        {
            Model = data is null
                ? request.ModelFor(resolution, resolution, imageChannels, request.Conditional ? classes : 0)
                : request.ModelFor(data),
            BatchSize = request.BatchSize,
            MicroBatchSize = request.MicroBatchSize ?? request.BatchSize,
            Steps = steps,
            Seed = request.Seed,
        };
        options.Validate();
        return options;
    }

    private void Validate()
    {
        Model.Validate();
        RunIdentity.CheckBatch(BatchSize, Model.Network);
        RunIdentity.Check(Steps >= 1, "--steps", Steps, "at least 1");
        RunIdentity.Check(MicroBatchSize >= 1 && BatchSize % MicroBatchSize == 0, "--micro-batch", MicroBatchSize,
            $"a divisor of the batch size {BatchSize}");
    }
}

/// <summary>A benchmark's result; one line of JSON.</summary>
/// <param name="Verb"><c>train</c> or <c>denoise</c>.</param>
/// <param name="ImagesPerSecond">The speed of the median step.</param>
/// <param name="MsPerStep">The time of the median step, in milliseconds.</param>
/// <param name="PeakMemoryMb">The most device memory in use, in MB (10^6 bytes).</param>
/// <param name="Parameters">The network's trained parameters.</param>
/// <param name="Device">The device.</param>
/// <param name="Batch">Images per step.</param>
/// <param name="Losses">The mean loss of each training step from the first on; those of <c>train</c> on the same images and seed.</param>
/// <param name="Kernels">The ten kernels that took most of one more step.</param>
public sealed record BenchmarkResult(string Verb, double ImagesPerSecond, double MsPerStep, double PeakMemoryMb, long Parameters,
    string Device, int Batch, IReadOnlyList<double>? Losses, IReadOnlyList<KernelStatistics> Kernels);

/// <summary>Times the trainer's own step and the denoiser on random images or on a data set's.</summary>
public static class Benchmark
{
    private const int WarmUp = 2;
    private const int TopKernels = 10;

    /// <summary>Times training steps, each on new images.</summary>
    /// <param name="device">The device.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="data">The images, in the order of training; null: random ones.</param>
    public static BenchmarkResult Train(Device device, BenchmarkOptions options, IImageDataset? data = null)
    {
        using var model = new TrainingModel(device, options.Model, options.Seed);
        using BatchLoader? loader = data is null ? null : new BatchLoader(data, options.BatchSize, options.Seed, 0, xflip: false);
        var losses = new List<double>();
        void Step()
        {
            Batch batch = loader?.Next() ?? RandomBatch(options, losses.Count);
            losses.Add(model.Step(batch, options.MicroBatchSize).LossPerImage.Average());
        }

        (double milliseconds, IReadOnlyList<KernelStatistics> kernels) = Time(device, options, Step);
        return Result("train", device, options, model.ParameterCount, milliseconds, losses, kernels);
    }

    /// <summary>Times evaluations of the denoiser at sigma 1, from host memory to host memory.</summary>
    /// <param name="device">The device.</param>
    /// <param name="options">What to measure.</param>
    public static BenchmarkResult Denoise(Device device, BenchmarkOptions options)
    {
        using NetworkDenoiser denoiser = NetworkDenoiser.Untrained(
            device, options.Model.Network, options.Model.Preconditioner, options.Seed);
        double[] images = Array.ConvertAll(RandomBatch(options, 0).Images, value => (double)value);
        (double milliseconds, IReadOnlyList<KernelStatistics> kernels) = Time(device, options, () => denoiser.Denoise(images, 1));
        return Result("denoise", device, options, denoiser.ParameterCount, milliseconds, null, kernels);
    }

    private static (double Milliseconds, IReadOnlyList<KernelStatistics> Kernels) Time(
        Device device, BenchmarkOptions options, Action step)
    {
        var times = new List<double>();
        for (int i = 0; i < WarmUp + options.Steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            device.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        // Timing each kernel slows a step down, so it has one of its own.
        device.Profile.Clear();
        device.Profile.Enabled = true;
        step();
        device.Synchronize();
        IReadOnlyList<KernelStatistics> kernels = device.Profile.Top(TopKernels);
        device.Profile.Enabled = false;
        return (times.Skip(WarmUp).Order().ElementAt(options.Steps / 2), kernels);
    }

    private static BenchmarkResult Result(string verb, Device device, BenchmarkOptions options, long parameters,
        double milliseconds, IReadOnlyList<double>? losses, IReadOnlyList<KernelStatistics> kernels) => new(verb,
            Math.Round(options.BatchSize / milliseconds * 1e3, 2), Math.Round(milliseconds, 2),
            Math.Round(device.Pool.PeakBytes / 1e6, 1), parameters, $"{device.Name} ({device.Spec})", options.BatchSize,
            losses, kernels);

    private static Batch RandomBatch(BenchmarkOptions options, long step)
    {
        UNetOptions network = options.Model.Network;
        int size = network.Height * network.Width * network.ImageChannels;
        float[] images = new float[options.BatchSize * size];
        double[] draws = new double[size];
        for (int n = 0; n < options.BatchSize; n++)
        {
            HostRandom.FillUniform(options.Seed, RandomPurpose.Bench, (ulong)((step * options.BatchSize) + n), 0, draws);
            for (int i = 0; i < size; i++)
            {
                images[(n * size) + i] = (float)((2 * draws[i]) - 1);
            }
        }

        int[] labels = new int[options.BatchSize];
        for (int i = 0; i < labels.Length; i++)
        {
            double draw = HostRandom.Uniform(options.Seed, RandomPurpose.Bench, (ulong)((step * labels.Length) + i), (uint)size);
            labels[i] = (int)(draw * network.LabelDim) - (network.LabelDim == 0 ? 1 : 0);
        }

        return new Batch { FirstImage = step * options.BatchSize, Size = options.BatchSize, Images = images, Labels = labels };
    }
}
