using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Training with recorded and replayed launches, against training with plain ones: the same bits, whatever happens.</summary>
public abstract class TrainingReplayTests : DeviceTestBase
{
    private const int Images = 5, ImageSize = 4 * 6 * 3;

    private static readonly SongUNetOptions _network = new()
    {
        Height = 4,
        Width = 6,
        ImageChannels = 3,
        LabelDim = 3,
        ModelChannels = 8,
        ChannelMult = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [6],
        Dropout = 0.1,
    };

    private static readonly ModelOptions _options = new()
    {
        Network = _network,
        Optimizer = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 10, EmaProfiles = [0.1] },
    };

    [TestMethod]
    public void TwentyStepsEndInTheSameBitsAndAreReplayedFromTheFourth()
    {
        var plain = Run(null, _options, Steps(20));
        var replayed = Run(SoftwareGraphs.Instance, _options, Steps(20));
        AssertSame(plain, replayed);
        CollectionAssert.AreEqual(
            Enumerable.Repeat(2L, 17).ToArray(), replayed.Replays[3..], "replays of the fourth step and each after it: gradients and Adam");
        Assert.AreEqual(0L, plain.Replays.Sum(), "replays of plain launches");
    }

    [TestMethod]
    public void MicroBatchesOfASizeShareARecording()
    {
        var steps = Steps(8, microBatch: 2);
        var replayed = Run(SoftwareGraphs.Instance, _options, steps);
        AssertSame(Run(null, _options, steps), replayed);
        Assert.AreEqual(4L, replayed.Replays[^1], "replays of the last step: micro-batches of 2, 2 and 1, and Adam");
    }

    [TestMethod]
    public void AugmentationVariesAndTheRestIsReplayed()
    {
        var augment = AugmentOptions.Edm(0.5);
        var options = _options with { Network = _network with { AugmentDim = augment.LabelDim }, Augment = augment };
        var replayed = Run(SoftwareGraphs.Instance, options, Steps(8));
        AssertSame(Run(null, options, Steps(8)), replayed);
        Assert.AreEqual(2L, replayed.Replays[^1], "replays of the last step");
    }

    [TestMethod]
    public void CheckpointingIsReplayed()
    {
        var replayed = Run(SoftwareGraphs.Instance, _options, Steps(6), checkpointing: true);
        AssertSame(Run(null, _options, Steps(6), checkpointing: true), replayed);
        Assert.AreEqual(2L, replayed.Replays[^1], "replays of the last step");
    }

    [TestMethod]
    public void ALossInTwoPartsIsReplayed()
    {
        var options = _options with { Loss = new LossOptions { LearnedUncertainty = true } };
        var replayed = Run(SoftwareGraphs.Instance, options, Steps(6));
        AssertSame(Run(null, options, Steps(6)), replayed);
        Assert.AreEqual(2L, replayed.Replays[^1], "replays of the last step");
    }

    [TestMethod]
    public void ABatchOrMicroBatchThatChangesIsRecordedAnew()
    {
        (Batch, int)[] steps =
        [
            .. Steps(5), .. Steps(5, microBatch: 3, first: 5), .. Steps(5, first: 10, size: 3), .. Steps(5, first: 15),
        ];
        var replayed = Run(SoftwareGraphs.Instance, _options, steps);
        AssertSame(Run(null, _options, steps), replayed);
        foreach (var last in (int[])[4, 14, 19])
        {
            Assert.AreEqual(2L, replayed.Replays[last], $"replays of step {last}");
        }

        Assert.AreEqual(3L, replayed.Replays[9], "replays of the last step of two micro-batches");
    }

    [TestMethod]
    public void ALossThatIsNotFiniteChangesNoWeightsAndNoRecording()
    {
        var steps = Steps(8);
        steps[5].Batch.Images[0] = float.NaN;
        var replayed = Run(SoftwareGraphs.Instance, _options, steps);
        AssertSame(Run(null, _options, steps), replayed);
        Assert.IsTrue(double.IsNaN(replayed.Losses[5 * Images]), "the loss");
        CollectionAssert.AreEqual(new long[] { 2, 1, 2, 2 }, replayed.Replays[4..], "replays; Adam has no part in the step");
    }

    [TestMethod]
    public void OtherMemoryIsRecordedAnew()
    {
        PooledBuffer[] taken = [];
        var replayed = Run(SoftwareGraphs.Instance, _options, Steps(10), before: step =>
        {
            if (step == 5)
            {
                taken = [.. new[] { 10, 100, 500, 1000, 2000, 4000 }.Select(length => Device.Pool.Rent(length))];
            }
        });
        Array.ForEach(taken, buffer => buffer.Dispose());
        AssertSame(Run(null, _options, Steps(10)), replayed);
        Assert.IsLessThan(2L, replayed.Replays[5], "replays when buffers are gone");
        Assert.AreEqual(2L, replayed.Replays[^1], "replays of the last step");
    }

    [TestMethod]
    public void AProfiledStepIsNotReplayed()
    {
        var replayed = Run(SoftwareGraphs.Instance, _options, Steps(7), before: step => Device.Profile.Enabled = step == 5);
        Device.Profile.Clear();
        AssertSame(Run(null, _options, Steps(7)), replayed);
        CollectionAssert.AreEqual(new long[] { 2, 0, 2 }, replayed.Replays[4..], "replays before, with and after the profile");
    }

    [TestMethod]
    public void AfterTheSecondStepTheDeviceAllocatesNothing()
    {
        var allocations = new long[8];
        Run(SoftwareGraphs.Instance, _options, Steps(8), before: step => allocations[step] = Device.Pool.DeviceAllocations);
        Assert.IsTrue(allocations[3..].All(count => count == allocations[2]), string.Join(", ", allocations));
    }

    [TestMethod]
    public void GraphsThatCannotBeMadeLeavePlainLaunchesAndANotice()
    {
        var failed = Run(new FailingGraphs(madeBefore: 1, launchedBefore: 0), _options, Steps(6));
        AssertSame(Run(null, _options, Steps(6)), failed);
        Assert.AreEqual(0L, failed.Replays.Sum(), "replays");
        StringAssert.Contains(failed.Notice, "cannot be made", "the cause");
    }

    [TestMethod]
    public void GraphsThatCannotBeLaunchedLeavePlainLaunchesAndANotice()
    {
        var failed = Run(new FailingGraphs(madeBefore: int.MaxValue, launchedBefore: 2), _options, Steps(6));
        AssertSame(Run(null, _options, Steps(6)), failed);
        StringAssert.Contains(failed.Notice, "cannot be launched", "the cause");
    }

    private static (Batch Batch, int MicroBatch)[] Steps(int count, int microBatch = Images, int first = 0, int size = Images) =>
        [.. Enumerable.Range(first, count).Select(step => (SomeBatch(step, size), microBatch))];

    private static Batch SomeBatch(int step, int size) => new()
    {
        FirstImage = step * Images,
        Size = size,
        Images = [.. Enumerable.Range(0, size * ImageSize).Select(i => MathF.Sin((i * i) + step))],
        Labels = [.. Enumerable.Range(0, size).Select(i => (i + step) % 4 - 1)],
    };

    private Trace Run(
        IGraphMaker? graphs, ModelOptions options, (Batch Batch, int MicroBatch)[] steps, bool checkpointing = false,
        Action<int>? before = null)
    {
        using var model = new TrainingModel(Device, options, 7) { Checkpointing = checkpointing };
        var losses = new List<double>();
        var replays = new long[steps.Length];
        Device.Notice = null;
        Device.Graphs = graphs;
        try
        {
            for (var i = 0; i < steps.Length; i++)
            {
                before?.Invoke(i);
                var count = Device.Replays;
                losses.AddRange(model.Step(steps[i].Batch, steps[i].MicroBatch).LossPerImage);
                replays[i] = Device.Replays - count;
            }
        }
        finally
        {
            Device.Graphs = null;
            Device.Profile.Enabled = false;
        }

        float[] weights =
        [
            .. model.Weights.Values.ToArray(), .. model.Average.Values.ToArray(), .. model.Profiles[0].Average.Values.ToArray(),
        ];
        return new Trace([.. losses], weights, replays, Device.Notice);
    }

    private static void AssertSame(Trace expected, Trace actual)
    {
        CollectionAssert.AreEqual(expected.Losses, actual.Losses, "losses, bit for bit");
        CollectionAssert.AreEqual(expected.Weights, actual.Weights, "weights and averages, bit for bit");
        Assert.AreNotEqual(expected.Losses[0], expected.Losses[^1], "the losses change");
    }

    private sealed record Trace(double[] Losses, float[] Weights, long[] Replays, string? Notice);
}

[TestClass]
public sealed class TrainingReplayTestsCpu : TrainingReplayTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class TrainingReplayTestsOpenCL : TrainingReplayTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class TrainingReplayTestsOpenCLCooperative : TrainingReplayTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class TrainingReplayTestsCuda : TrainingReplayTests
{
    protected override string Spec => Cuda;
}
