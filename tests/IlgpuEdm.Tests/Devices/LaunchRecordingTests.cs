using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;

namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// A stretch of launches, uploads and waits that is repeated, and differs at times: the device's numbers are always those of plain
/// launches.
/// </summary>
public abstract class LaunchRecordingTests : DeviceTestBase
{
    private const int Length = 70, GraphLength = 4;
    private LaunchRecording recording = null!;
    private Tensor x = null!;
    private Tensor y = null!;

    [TestInitialize]
    public void Begin()
    {
        Device.Graphs = SoftwareGraphs.Instance;
        recording = new LaunchRecording(Device) { GraphLength = GraphLength };
        x = new Tensor(Device, Length);
        y = new Tensor(Device, Length);
    }

    [TestCleanup]
    public void End()
    {
        Device.Graphs = null;
        recording.Dispose();
        x.Release();
        y.Release();
    }

    [TestMethod]
    public void UploadsAreReplayedWithTheNumbersOfEachTime()
    {
        for (var time = 0; time < 6; time++)
        {
            Assert.AreEqual(time < 2 ? 0L : 1L, Replays(() => Sum(time, 3f)), $"replays of time {time}");
            Holds(time + 3f, $"time {time}");
        }
    }

    [TestMethod]
    public void AnotherArgumentInTheMiddleOfAGraphIsLaunchedPlainly()
    {
        Repeat(4, () => Sum(1, 3f));
        Assert.AreEqual(0L, Replays(() => Sum(2, 5f)), "replays where a factor differs");
        Holds(2 + 5f, "the factor");
        Repeat(2, () => Sum(3, 5f));
        Assert.AreEqual(1L, Replays(() => Sum(4, 5f)), "replays of the new recording");
        Holds(4 + 5f, "the new recording");
    }

    [TestMethod]
    public void MoreAndLessThanWasRecordedIsLaunched()
    {
        Repeat(4, () => Sum(1, 3f));
        Run(() =>
        {
            Sum(2, 3f);
            Add(1f);
        });
        Holds(2 + 3f + 1f, "with one launch more");
        Repeat(3, () => Sum(1, 3f));
        Run(() => x.Upload(Numbers(9)));
        Elementwise.Combine(x, null, y, 1f, 0f, accumulate: true);
        Holds(1 + 3f + 9f, "with an upload alone, and a launch after the stretch");
    }

    [TestMethod]
    public void AWaitThatWasRecordedSplitsTheStretch()
    {
        for (var time = 0; time < 5; time++)
        {
            var seen = 0f;
            var replays = Replays(() =>
            {
                Sum(time, 3f);
                seen = y.ToArray()[^1];
                Add(seen == time + 3f ? 1f : 0f);
            });
            Assert.AreEqual(time + 3f, seen, $"what the host sees in time {time}");
            Assert.AreEqual(time < 2 ? 0L : 1L, replays, $"replays of time {time}");
            Holds(time + 4f, $"time {time}");
        }
    }

    [TestMethod]
    public void AWaitThatWasNotRecordedSeesWhatWasLaunched()
    {
        Repeat(4, () => Sum(1, 3f));
        var seen = 0f;
        Run(() =>
        {
            x.Upload(Numbers(7));
            Elementwise.Fill(y, 3f);
            seen = y.ToArray()[0] + x.ToArray()[0];
            Elementwise.Combine(x, null, y, 1f, 0f, accumulate: true);
        });
        Assert.AreEqual(10f, seen, "in the middle");
        Holds(10f, "at the end");
    }

    [TestMethod]
    public void ALongStretchIsSeveralGraphs()
    {
        const int count = (2 * GraphLength) + 3;
        Repeat(2, () => Many(count, 1f));
        Assert.AreEqual(1L, Replays(() => Many(count, 1f)), "replays");
        Holds(count, "as many ones");
        Run(() =>
        {
            Many(GraphLength + 9, 1f);
            Add(0.5f);
        });
        Holds(GraphLength + 9.5f, "where it differs in the second graph");
    }

    [TestMethod]
    public void AnArgumentThatIsNoNumberIsLikeItself()
    {
        Repeat(2, () => Elementwise.Fill(y, float.NaN));
        Assert.AreEqual(1L, Replays(() => Elementwise.Fill(y, float.NaN)), "replays");
        Repeat(2, () => Elementwise.Fill(y, 0f));
        Assert.AreEqual(0L, Replays(() => Elementwise.Fill(y, -0f)), "replays of another zero");
        Assert.IsTrue(float.IsNegative(y.ToArray()[0]), "the other zero");
    }

    [TestMethod]
    public void AnExceptionLosesNothingThatWasLaunchedBefore()
    {
        Repeat(4, () => Sum(1, 3f));
        Assert.ThrowsExactly<InvalidOperationException>(
            () => Run(() =>
            {
                x.Upload(Numbers(5));
                Elementwise.Fill(y, 2f);
                throw new InvalidOperationException();
            }),
            "in the middle of a graph");
        Holds(2f, "what was launched");
        Assert.AreEqual(5f, x.ToArray()[0], "what was uploaded");
        Repeat(3, () => Sum(1, 3f));
        Holds(1 + 3f, "the times after it");
    }

    [TestMethod]
    public void WhatDiffersEachTimeIsGivenUp()
    {
        for (var time = 0; time < 2 * LaunchRecording.MostDifferences; time++)
        {
            Run(() => Sum(1, time));
            Holds(1f + time, $"time {time}");
        }

        Assert.IsTrue(recording.IsGivenUp, "given up");
        var before = Device.Replays;
        Repeat(4, () => Sum(1, 3f));
        Assert.AreEqual(before, Device.Replays, "replays");
        Holds(1 + 3f, "without a recording");
    }

    private void Sum(float upload, float fill)
    {
        x.Upload(Numbers(upload));
        Elementwise.Fill(y, fill);
        Elementwise.Combine(x, null, y, 1f, 0f, accumulate: true);
    }

    private void Many(int count, float value)
    {
        Elementwise.Fill(y, 0f);
        for (var i = 0; i < count; i++)
        {
            Add(value);
        }
    }

    private void Add(float value)
    {
        Elementwise.Fill(x, value);
        Elementwise.Combine(x, null, y, 1f, 0f, accumulate: true);
    }

    private static float[] Numbers(float value) => [.. Enumerable.Repeat(value, Length)];

    private void Repeat(int times, Action stretch)
    {
        for (var i = 0; i < times; i++)
        {
            Run(stretch);
        }
    }

    private long Replays(Action stretch)
    {
        var before = Device.Replays;
        Run(stretch);
        return Device.Replays - before;
    }

    private void Run(Action stretch)
    {
        using var recorded = Device.Record(recording);
        stretch();
    }

    private void Holds(float value, string what) =>
        CollectionAssert.AreEqual(Numbers(value), y.ToArray(), $"{what}: {value} everywhere");
}

[TestClass]
public sealed class LaunchRecordingTestsCpu : LaunchRecordingTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class LaunchRecordingTestsOpenCL : LaunchRecordingTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class LaunchRecordingTestsEmulator : LaunchRecordingTests
{
    protected override string Spec => Emulator;
}

[TestClass]
public sealed class LaunchRecordingTestsCuda : LaunchRecordingTests
{
    protected override string Spec => Cuda;
}
