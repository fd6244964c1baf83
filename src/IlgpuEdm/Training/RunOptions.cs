using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>All options of a training run, as they are kept in its <c>options.json</c>.</summary>
public sealed record RunOptions
{
    /// <summary>What the file is: <c>ilgpu-edm-run</c>.</summary>
    public string Format { get; init; } = "ilgpu-edm-run";

    /// <summary>The version of the file's layout.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What makes the run what it is; a resumed run must have the same.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>How long, where and how chattily it runs; may differ when it is resumed.</summary>
    public required RunSchedule Schedule { get; init; }

    /// <summary>Images that go through the network of a device at once: the micro-batch, but no more than a device's share.</summary>
    [JsonIgnore]
    public int ImagesAtOnce => BatchShares.MicroBatch(Identity.BatchSize, Identity.MicroBatchSize, Schedule.Device);

    /// <summary>Checks every option.</summary>
    /// <exception cref="EdmException">An option is out of range, or does not go with another; the message names it.</exception>
    public void Validate()
    {
        Identity.Validate();
        Schedule.Validate();
        BatchShares.RequireEven(Identity.BatchSize, Identity.MicroBatchSize, Schedule.Device);
    }
}

/// <summary>What makes a run what it is: two runs with equal identities compute the same numbers, to rounding on other devices.</summary>
public sealed record RunIdentity
{
    /// <summary>The data set's name, part of the folder's name.</summary>
    public required string DataName { get; init; }

    /// <summary>A hash of the data set's contents.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Network, preconditioner, loss and optimiser.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>The architecture's name, as <c>--arch</c> takes it; part of the folder's name.</summary>
    public string Architecture { get; init; } = "ddpmpp";

    /// <summary>Images per optimiser step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>
    /// Images that go through the network at once, but no more than a device's share of the batch; it decides how gradients are rounded.
    /// </summary>
    public required int MicroBatchSize { get; init; }

    /// <summary>Whether half of the images are mirrored.</summary>
    public bool XFlip { get; init; }

    /// <summary>The seed of initialisation, data order, noise and dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>SHA-256 of the file whose weights training starts from; null where it starts from random ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TransferHash { get; init; }

    /// <summary>A word of the user's, the end of the folder's name; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>The run's folder name without its number, such as <c>fashion-mnist-uncond-ddpmpp-edm-batch64</c>.</summary>
    public string FolderName()
    {
        string condition = Model.Network.LabelDim > 0 ? "cond" : "uncond";
        string name = string.Create(CultureInfo.InvariantCulture,
            $"{Clean(DataName)}-{condition}-{Architecture}-{Model.Preconditioner.Name}-batch{BatchSize}");
        return Description.Length > 0 ? $"{name}-{Description}" : name;
    }

    /// <summary>Whether two identities are equal in every option, lists included.</summary>
    /// <param name="other">The identity to compare with.</param>
    public bool Matches(RunIdentity other) =>
        JsonSerializer.Serialize(this, RunJson.Compact) == JsonSerializer.Serialize(other, RunJson.Compact);

    internal void Validate()
    {
        Model.Validate();
        CheckBatch(BatchSize, Model.Network);
        Check(MicroBatchSize >= 1 && MicroBatchSize <= BatchSize, "--micro-batch", MicroBatchSize, "from 1 to the batch size");
        Check(BatchSize % MicroBatchSize == 0, "--micro-batch", MicroBatchSize, $"a divisor of the batch size {BatchSize}");
        if (XFlip && Model.Augment is { XFlip: > 0 })
        {
            throw new EdmException("--xflip beside --augment: the augmentation mirrors half of the images already, and says so; leave --xflip out");
        }

        if (Description.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new EdmException($"--desc '{Description}' becomes part of a folder name: use letters, digits, '-', '_' and '.'");
        }
    }

    internal static void CheckBatch(int batch, UNetOptions network)
    {
        long most = Array.MaxLength / ((long)network.Height * network.Width * network.ImageChannels);
        Check(batch >= 1 && batch <= most, "--batch", batch, $"from 1 to {most} with images of this size");
    }

    internal static void Check(bool condition, string option, object value, string rule)
    {
        if (!condition)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture, $"{option} {value} is out of range: it must be {rule}"));
        }
    }

    private static string Clean(string name)
    {
        string clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('-', '.');
        return clean.Length > 0 ? clean : "data";
    }
}

/// <summary>How long, where and how chattily a run goes; nothing here changes what is learned, but for rounding.</summary>
public sealed record RunSchedule
{
    /// <summary>The data set's path.</summary>
    public required string DataSource { get; init; }

    /// <summary>The file that the weights of <see cref="RunIdentity.TransferHash"/> are read from; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TransferSource { get; init; }

    /// <summary>Train until so many images were seen; null: no such limit.</summary>
    public long? Images { get; init; }

    /// <summary>Train for so many minutes of training steps, all sessions together; null: no such limit.</summary>
    public double? Minutes { get; init; }

    /// <summary>
    /// The device, such as <c>auto</c> or <c>cpu</c>, or several with commas between them. How many there are decides how gradients are
    /// rounded, and nothing else.
    /// </summary>
    public string Device { get; init; } = "auto";

    /// <summary>Which kernels run.</summary>
    [JsonConverter(typeof(SnakeCaseEnum<KernelSchedule>))]
    public KernelSchedule Kernels { get; init; }

    /// <summary>With how many bits the network computes; weights and their averages are float32 whatever is said here.</summary>
    [JsonConverter(typeof(SnakeCaseEnum<Precision>))]
    public Precision Precision { get; init; }

    /// <summary>The devices, and how they compute.</summary>
    [JsonIgnore]
    public DeviceRequest Where => new(Device, Kernels, Precision);

    /// <summary>The same schedule on other devices, or on devices that compute in another way.</summary>
    /// <param name="request">Devices, kernels and precision.</param>
    public RunSchedule On(DeviceRequest request) =>
        this with { Device = request.Spec, Kernels = request.Schedule, Precision = request.Precision };

    /// <summary>Whether training keeps of each block of the network its output alone and runs it again in the backward pass.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Images per line of statistics.</summary>
    public long TickImages { get; init; } = 3_200;

    /// <summary>Images between sample grids; 0: none but the last.</summary>
    public long GridImages { get; init; } = 5_000;

    /// <summary>Images between snapshots; 0: none but the last.</summary>
    public long SnapshotImages { get; init; } = 20_000;

    /// <summary>Seconds between saved training states.</summary>
    public double StateSeconds { get; init; } = 300;

    /// <summary>How the averaged weights are scored; null: not at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScoreOptions? Score { get; init; }

    internal void Validate()
    {
        RunIdentity.Check(Images is null or >= 1, "--images", Images ?? 0, "at least 1");
        RunIdentity.Check(Minutes is null || (double.IsFinite(Minutes.Value) && Minutes > 0), "--minutes", Minutes ?? 0, "above 0");
        RunIdentity.Check(TickImages >= 1, "--tick", TickImages, "at least 1");
        RunIdentity.Check(GridImages >= 0, "--grid-every", GridImages, "at least 0");
        RunIdentity.Check(SnapshotImages >= 0, "--snapshot-every", SnapshotImages, "at least 0");
        RunIdentity.Check(double.IsFinite(StateSeconds) && StateSeconds >= 0, "--state-every", StateSeconds, "at least 0");
        Score?.Validate();
        if (Images is null && Minutes is null)
        {
            throw new EdmException("a run needs an end: give --images or --minutes");
        }
    }
}
