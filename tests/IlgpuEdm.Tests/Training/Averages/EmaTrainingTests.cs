using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Averages of a network in training: on the device, in its files, and mixed of them.</summary>
public abstract class EmaTrainingTests : DeviceTestBase
{
    private const int BatchSize = 4, Steps = 48;

    private static readonly SongUNetOptions _network = new()
    {
        Height = 4,
        Width = 4,
        ImageChannels = 1,
        ModelChannels = 16,
        ChannelMult = [1],
        BlocksPerLevel = 1,
        AttentionResolutions = [],
        EmbeddingType = EmbeddingType.Fourier,
    };

    [TestMethod]
    public void The_device_averages_as_the_formula_says()
    {
        using var model = new TrainingModel(Device, Options(0.05, 0.2), seed: 3);
        var expected = model.Profiles.Select(_ => Array.Empty<double>()).ToArray();
        for (int step = 0; step < 30; step++)
        {
            model.Step(SomeBatch(step), BatchSize);
            float[] weights = model.Weights.Values.ToArray();
            for (int k = 0; k < expected.Length; k++)
            {
                double rate = PowerEma.Rate(step * BatchSize, BatchSize, PowerEma.Gamma(model.Profiles[k].Deviation));
                expected[k] = step == 0
                    ? Array.ConvertAll(weights, w => (double)w)
                    : [.. expected[k].Zip(weights, (old, w) => old + rate * (w - old))];
            }
        }

        for (int k = 0; k < expected.Length; k++)
        {
            double largest = model.Profiles[k].Average.Values.ToArray().Zip(expected[k], (a, e) => Math.Abs(a - e)).Max();
            Assert.IsLessThan(2e-6, largest, $"distance of the average of {model.Profiles[k].Deviation} from float64's");
        }
    }

    [TestMethod]
    public void A_stored_average_comes_out_as_it_is()
    {
        using var temp = new TemporaryFolder();
        string run = Train(temp.File("runs"), 0.05, 0.1);
        string made = temp.File("made.safetensors");
        EmaReconstruction.Plan(run, [0.1], 96).Write(_ => made);
        SafetensorsFile expected = SafetensorsFile.Read(Path.Combine(run, "ema-0.1-000000096.safetensors"));
        SafetensorsFile actual = SafetensorsFile.Read(made);
        CollectionAssert.AreEquivalent(expected.Tensors.Keys.ToArray(), actual.Tensors.Keys.ToArray(), "names");
        foreach (string name in expected.Tensors.Keys)
        {
            CollectionAssert.AreEqual(expected.GetFloats(name), actual.GetFloats(name), name);
        }

        using NetworkDenoiser denoiser = NetworkDenoiser.Load(Device, made);
        Assert.AreEqual(16, denoiser.Network.ModelChannels, "the network that 'sample' makes of it");
    }

    [TestMethod]
    public void What_is_made_is_what_would_have_been_stored()
    {
        using var temp = new TemporaryFolder();
        string run = Train(temp.File("runs"), 0.05, 0.1);
        string direct = Train(temp.File("direct"), 0.07, 0.15);
        var plan = EmaReconstruction.Plan(run, [0.07, 0.15]);
        plan.Write(profile => temp.File($"{EmaFile.NameOf(profile)}"));
        foreach ((PowerProfile profile, _) in plan.Targets)
        {
            string name = EmaFile.NameOf(profile);
            SafetensorsFile made = SafetensorsFile.Read(temp.File(name));
            SafetensorsFile stored = SafetensorsFile.Read(Path.Combine(direct, name));
            SafetensorsFile other = SafetensorsFile.Read(Path.Combine(run, "ema-0.1-000000192.safetensors"));
            double error = Distance(made, stored) / Distance(other, stored);
            Assert.IsLessThan(0.02, error, $"distance of {profile.Deviation} from the stored one, as a part of that of the stored 0.1");
        }
    }

    private string Train(string root, params double[] deviations)
    {
        RunOptions options = FakeRun.Options();
        options = options with
        {
            Identity = options.Identity with { Model = Options(deviations), BatchSize = BatchSize, MicroBatchSize = BatchSize },
            Schedule = options.Schedule with { Images = Steps * BatchSize, SnapshotImages = Steps * BatchSize / 12, GridImages = 0 },
        };
        using RunFolder folder = RunFolder.Open(root, options, resume: false);
        using var model = new DeviceTrainingModel([Device], options.Identity);
        new Trainer(folder, options, new FakeData(), model).Run(CancellationToken.None);
        return folder.Location;
    }

    private static ModelOptions Options(params double[] deviations) => new()
    {
        Network = _network,
        Optimizer = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 20, EmaHalfLifeImages = 50, EmaProfiles = deviations },
    };

    private static Batch SomeBatch(int step) => new()
    {
        FirstImage = step * BatchSize,
        Size = BatchSize,
        Images = [.. Enumerable.Range(0, BatchSize * 16).Select(i => MathF.Sin(0.1f * (i + 37 * step)))],
        Labels = new int[BatchSize],
    };

    private static double Distance(SafetensorsFile a, SafetensorsFile b) => Math.Sqrt(a.Tensors.Keys.Sum(
        name => a.GetDoubles(name).Zip(b.GetDoubles(name), (x, y) => (x - y) * (x - y)).Sum()));
}

[TestClass]
public sealed class EmaTrainingTestsCpu : EmaTrainingTests
{
    protected override string Spec => Cpu;
}

[TestClass]
[TestCategory("Slow")]
public sealed class EmaTrainingTestsOpenCL : EmaTrainingTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class EmaTrainingTestsCuda : EmaTrainingTests
{
    protected override string Spec => Cuda;
}
