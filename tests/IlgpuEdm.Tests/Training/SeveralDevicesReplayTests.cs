using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Two devices, each of which records and replays its share.</summary>
[TestClass]
public sealed class SeveralDevicesReplayTests
{
    private const int BatchSize = 4, Size = 8;

    private static readonly ModelOptions _options = new()
    {
        Network = new SongUNetOptions
        {
            Height = Size,
            Width = Size,
            ImageChannels = 1,
            ModelChannels = 8,
            ChannelMult = [1, 2],
            BlocksPerLevel = 1,
        },
        Optimizer = new OptimizerOptions { LearningRate = 1e-3, RampUpImages = 8 },
    };

    private readonly Device[] devices = [TestDevices.Get("cpu"), TestDevices.Get("opencl")];

    [TestMethod]
    public void EachDeviceReplaysAndTheBitsAreThoseOfPlainLaunches()
    {
        using var plain = new TrainingModel(devices, _options, 5);
        using var replayed = new TrainingModel(devices, _options, 5);
        long[] before = [.. devices.Select(device => device.Replays)];
        for (var step = 0; step < 6; step++)
        {
            var expected = plain.Step(SomeBatch(step), 1);
            Replay(SoftwareGraphs.Instance);
            CollectionAssert.AreEqual(expected.LossPerImage, replayed.Step(SomeBatch(step), 1).LossPerImage, $"losses of step {step}");
            Replay(null);
        }

        CollectionAssert.AreEqual(plain.Weights.Values.ToArray(), replayed.Weights.Values.ToArray(), "weights");
        Assert.IsGreaterThanOrEqualTo(before[0] + 10, devices[0].Replays, "the first device: two micro-batches and Adam a step");
        Assert.IsGreaterThanOrEqualTo(before[1] + 8, devices[1].Replays, "the second: two micro-batches a step");
    }

    private void Replay(IGraphMaker? graphs) => Array.ForEach(devices, device => device.Graphs = graphs);

    private static Batch SomeBatch(int step) => new()
    {
        FirstImage = step * BatchSize,
        Size = BatchSize,
        Images = [.. Enumerable.Range(0, BatchSize * Size * Size).Select(i => MathF.Sin(0.1f * (i + 37 * step)))],
        Labels = [-1, -1, -1, -1],
    };
}
