using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Networks;

/// <summary>What is told of a network without a device, against what a device counts and holds.</summary>
[TestClass]
public sealed class ComputeCostTests
{
    [TestMethod]
    [DataRow("compact", "")]
    [DataRow("compact", "cond iddpm")]
    [DataRow("compact-ncsnpp", "cond")]
    [DataRow("compact-adm", "cond")]
    [DataRow("compact", "skips")]
    public void OperationsAreThoseThatADeviceCounts(string preset, string variant)
    {
        ModelOptions model = Model(preset, variant, 16, 2);
        var cost = new ComputeCost(model);
        double counted = Counted(model, denoiser => denoiser.Denoise(new double[3 * 16 * 16 * 2], 1));
        Assert.AreEqual(3 * cost.DenoiseFlops, counted, 1e-6 * counted, $"{preset} {variant}: three images");
    }

    [TestMethod]
    [DataRow("compact", false)]
    [DataRow("compact-ncsnpp", false)]
    [DataRow("compact-adm", false)]
    [DataRow("compact", true)]
    [DataRow("compact-adm", true)]
    public void ATrainingStepCountsThreeForwardPassesAndWhatRunsAgain(string preset, bool checkpointing)
    {
        ModelOptions model = Model(preset, "", 16, 2);
        using Device device = Device.Open("cpu");
        using var training = new TrainingModel(device, model, seed: 0) { Checkpointing = checkpointing };
        device.Profile.Enabled = true;
        training.Step(Images(model.Network, 4), microBatch: 4);
        double counted = Operations(device);
        double told = new ComputeCost(model) { Checkpointing = checkpointing }.TrainingFlops;
        Assert.AreEqual(4 * told, counted, 0.02 * counted, "no gradient of the image is needed");
    }

    [TestMethod]
    [DataRow("compact", "", 28, 1, 1, false)]
    [DataRow("compact", "", 28, 1, 16, false)]
    [DataRow("compact", "dropout cond iddpm", 16, 3, 8, false)]
    [DataRow("compact", "skips", 16, 3, 8, false)]
    [DataRow("compact-ncsnpp", "", 28, 1, 4, false)]
    [DataRow("compact-ncsnpp", "dropout cond", 16, 3, 16, false)]
    [DataRow("compact-adm", "", 28, 1, 4, false)]
    [DataRow("compact-adm", "dropout cond", 16, 3, 16, false)]
    [DataRow("compact", "attention", 16, 3, 8, false)]
    [DataRow("compact", "", 28, 1, 16, true)]
    [DataRow("compact", "dropout cond iddpm", 16, 3, 8, true)]
    [DataRow("compact", "skips", 16, 3, 8, true)]
    [DataRow("compact-ncsnpp", "", 28, 1, 4, true)]
    [DataRow("compact-ncsnpp", "dropout cond", 16, 3, 16, true)]
    [DataRow("compact-adm", "", 28, 1, 4, true)]
    [DataRow("compact-adm", "dropout cond", 16, 3, 16, true)]
    [DataRow("compact", "attention", 16, 3, 8, true)]
    public void MemoryIsThatWhichTrainingHolds(
        string preset, string variant, int resolution, int channels, int microBatch, bool checkpointing)
    {
        ModelOptions model = Model(preset, variant, resolution, channels);
        using Device device = Device.Open("cpu");
        using var training = new TrainingModel(device, model, seed: 0) { Checkpointing = checkpointing };
        training.Step(Images(model.Network, microBatch), microBatch);
        var cost = new ComputeCost(model) { Checkpointing = checkpointing };
        double measured = device.Pool.PeakBytes, told = cost.TrainingBytes(microBatch, device.MaxWorkItems);
        Assert.AreEqual(measured, told, 0.08 * measured, $"{preset} {variant}, {microBatch} images");
    }

    [TestMethod]
    [DataRow("compact")]
    [DataRow("compact-adm")]
    public void CheckpointingTakesLessMemory(string preset)
    {
        ModelOptions model = Model(preset, "dropout attention", 16, 3);
        long[] peaks = [.. new[] { false, true }.Select(checkpointing =>
        {
            using Device device = Device.Open("cpu");
            using var training = new TrainingModel(device, model, seed: 0) { Checkpointing = checkpointing };
            long before = device.Pool.BytesInUse;
            training.Step(Images(model.Network, 16), 16);
            Assert.AreEqual(before, device.Pool.BytesInUse, "bytes in use after the step");
            return device.Pool.PeakBytes - before;
        })];
        Assert.IsLessThan(0.7 * peaks[0], peaks[1], "bytes beside weights, gradients, moments and average");
    }

    [TestMethod]
    public void LayersAddUpToTheNetwork()
    {
        foreach (string preset in TrainingPresets.Names)
        {
            UNet network = TrainingPresets.Named(preset).ModelFor(64, 64, 3, 10).Network.Create();
            Assert.AreEqual(network.Parameters.Count, network.Layers.Sum(layer => layer.Parameters), $"{preset}: parameters");
        }
    }

    private static ModelOptions Model(string preset, string variant, int resolution, int channels)
    {
        TrainingRequest request = TrainingPresets.Named(preset) with
        {
            Channels = 16,
            Precond = variant.Contains("iddpm", StringComparison.Ordinal) ? "iddpm" : "edm",
            Dropout = variant.Contains("dropout", StringComparison.Ordinal) ? 0.1 : 0,
            AttentionResolutions = variant.Contains("attention", StringComparison.Ordinal) ? [16, 8] : null,
        };
        if (preset == "compact-adm")
        {
            request = request with { Channels = 32, ChannelMult = [1, 2, 2] };
        }

        ModelOptions model = request.ModelFor(resolution, resolution, channels, variant.Contains("cond", StringComparison.Ordinal) ? 3 : 0);
        return variant == "skips" && model.Network is SongUNetOptions song
            ? model with
            {
                Network = song with { EncoderType = EncoderType.Skip, DecoderType = DecoderType.Skip, AugmentDim = 9 },
                Augment = AugmentOptions.Edm(0.12),
            }
            : model;
    }

    private static double Counted(ModelOptions model, Action<NetworkDenoiser> run)
    {
        using Device device = Device.Open("cpu");
        using var training = new TrainingModel(device, model, seed: 0);
        using NetworkDenoiser denoiser = training.EmaDenoiser();
        device.Profile.Enabled = true;
        run(denoiser);
        return Operations(device);
    }

    private static double Operations(Device device) =>
        device.Profile.Top(1000).Sum(kernel => (kernel.GigaflopsPerSecond ?? 0) * kernel.TotalMilliseconds * 1e6);

    private static Batch Images(UNetOptions network, int count)
    {
        var images = new float[count * network.Height * network.Width * network.ImageChannels];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = MathF.Sin(i);
        }

        return new Batch { FirstImage = 0, Size = count, Images = images, Labels = new int[count] };
    }
}
