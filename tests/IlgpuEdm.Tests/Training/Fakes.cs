using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Small grey images made from their index.</summary>
internal sealed class FakeData : IImageDataset
{
    public string Name => "fake";

    public string Source => "/nowhere/fake";

    public long Count => 37;

    public int Height => 4;

    public int Width => 4;

    public int Channels => 1;

    public int LabelDim => 0;

    public string Fingerprint => "fake-37";

    public void ReadImage(long index, Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((index * 7) + (i * 13));
        }
    }

    public int Label(long index) => -1;

    public void Dispose()
    {
    }
}

/// <summary>What a killed process looks like from inside: nothing more is done.</summary>
internal sealed class KilledException : Exception;

/// <summary>
/// A model of a few floats whose steps depend on everything a real one's do: the batch, the step before, the count of images.
/// Tests can make it die at its n-th call of anything.
/// </summary>
internal sealed class FakeModel : ITrainingModel
{
    private readonly float[] weights = [0.1f, -0.2f, 0.3f];
    private readonly float[] ema = new float[3];
    private readonly float[] power = new float[3];
    private double images;
    private int calls;

    /// <summary>The call, counted from 1, that throws.</summary>
    public int DiesAtCall { get; init; } = int.MaxValue;

    /// <summary>What the step from this many images on returns as its first loss.</summary>
    public (double Images, double Loss)? Diverges { get; init; }

    /// <summary>Part of the state, where it is given.</summary>
    public FullDisk? FullDisk { get; init; }

    public Func<Exception>? StepThrows { get; init; }

    public long NonFiniteGradients { get; init; }

    public Action? OnStep { get; init; }

    public List<string> Notices { get; init; } = [];

    public int StepsTaken { get; private set; }

    public IReadOnlyList<float> Weights => weights;

    public IReadOnlyList<float> Ema => ema;

    public long ParameterCount => weights.Length;

    public long MemoryBytes => 1_500_000;

    public StepResult Step(Batch batch, int microBatch)
    {
        Call();
        if (StepThrows is not null)
        {
            throw StepThrows();
        }

        int size = batch.Images.Length / batch.Size;
        double[] losses = new double[batch.Size];
        double[] sigmas = new double[batch.Size];
        for (int n = 0; n < batch.Size; n++)
        {
            float sum = 0;
            for (int i = 0; i < size; i++)
            {
                sum += batch.Images[(n * size) + i] * weights[i % 3];
            }

            long image = batch.FirstImage + n;
            sigmas[n] = Math.Exp((Math.Sin(image * 12.9898) * 4) - 1.2);
            losses[n] = Math.Abs(sum) + (1 / (1 + (image * 0.01)));
            weights[image % 3] += 0.001f * MathF.Sin(sum + image);
        }

        images += batch.Size;
        for (int i = 0; i < 3; i++)
        {
            ema[i] = (0.9f * ema[i]) + (0.1f * weights[i]);
            power[i] += (float)PowerEma.Rate(batch.FirstImage, batch.Size, 7) * (weights[i] - power[i]);
        }

        if (Diverges is { } at && images >= at.Images)
        {
            losses[0] = at.Loss;
        }

        StepsTaken++;
        OnStep?.Invoke();
        return new StepResult(losses, sigmas, 1e-3 * Math.Min(images / 100, 1), 0.9, NonFiniteGradients);
    }

    public IReadOnlyList<string> TakeNotices()
    {
        string[] taken = [.. Notices];
        Notices.Clear();
        return taken;
    }

    public void AddState(SafetensorsWriter file)
    {
        Call();
        file.Add("weights", weights.ToArray(), 3).Add("ema", ema.ToArray(), 3).Add("images", new[] { images }, 1)
            .Add("power", power.ToArray(), 3);
        FullDisk?.AddTo(file);
    }

    public void LoadState(SafetensorsFile file)
    {
        file.GetFloats("weights").CopyTo(weights, 0);
        file.GetFloats("ema").CopyTo(ema, 0);
        file.GetFloats("power").CopyTo(power, 0);
        images = file.GetDoubles("images")[0];
    }

    public void AddEma(SafetensorsWriter file)
    {
        Call();
        file.Metadata("format", "ilgpu-edm-snapshot").Metadata("preconditioner", "{\"type\":\"edm\",\"sigma_data\":0.5}");
        file.Add("model.weight", ema.ToArray(), 3);
    }

    public void AddEmaProfile(SafetensorsWriter file, double deviation)
    {
        Call();
        file.Metadata("format", "ilgpu-edm-snapshot").Add("model.weight", power.ToArray(), 3);
    }

    /// <summary>Called when a grid is to be drawn.</summary>
    public Action? OnSample { get; init; }

    public byte[][] SampleEma(IReadOnlyList<ImageSeed> images, SamplerOptions options, int batch, CancellationToken stop)
    {
        Call();
        OnSample?.Invoke();
        stop.ThrowIfCancellationRequested();
        return images.Select(image => Enumerable.Range(0, 16).Select(i => (byte)(image.Seed + (ulong)i)).ToArray()).ToArray();
    }

    public void Dispose()
    {
    }

    private void Call()
    {
        if (++calls >= DiesAtCall)
        {
            throw new KilledException();
        }
    }
}

/// <summary>Runs the trainer on the fakes.</summary>
internal static class FakeRun
{
    public static RunOptions Options(long? images = 400, double? minutes = null, double stateSeconds = 0, ulong seed = 3) => new()
    {
        Identity = new RunIdentity
        {
            DataName = "fake",
            DataFingerprint = "fake-37",
            Model = new ModelOptions
            {
                Network = new SongUNetOptions
                {
                    Height = 4,
                    Width = 4,
                    ImageChannels = 1,
                    ModelChannels = 32,
                    ChannelMult = [1],
                    BlocksPerLevel = 1,
                    AttentionResolutions = [],
                },
                Optimizer = new OptimizerOptions { EmaProfiles = [0.1] },
            },
            BatchSize = 8,
            MicroBatchSize = 4,
            Seed = seed,
        },
        Schedule = new RunSchedule
        {
            DataSource = "/nowhere/fake",
            Images = images,
            Minutes = minutes,
            TickImages = 60,
            GridImages = 200,
            SnapshotImages = 150,
            StateSeconds = stateSeconds,
        },
    };

    public static (TrainingResult Result, List<string> Lines, string Folder) Train(string root, RunOptions options, FakeModel model,
        CancellationToken stop = default, Action<string>? onLine = null, Action<TrainingProgress>? onProgress = null,
        IImageScore? score = null)
    {
        var lines = new List<string>();
        using RunFolder folder = RunFolder.Open(root, options, resume: true);
        var trainer = new Trainer(folder, options, new FakeData(), model, score)
        {
            OnLine = line =>
            {
                lines.Add(line);
                onLine?.Invoke(line);
            },
            OnProgress = onProgress,
        };
        return (trainer.Run(stop), lines, folder.Location);
    }
}
