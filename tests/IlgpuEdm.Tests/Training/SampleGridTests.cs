using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>The sample grids of a run: their layout, and what happens to them when the run is asked to stop.</summary>
[TestClass]
public class SampleGridTests
{
    [TestMethod]
    [DataRow(0, 6, 6)]
    [DataRow(10, 4, 10)]
    [DataRow(3, 12, 3)]
    [DataRow(100, 6, 6)]
    public void AFewClassesHaveARowEach(int classes, int columns, int rows)
    {
        using var temp = new TemporaryFolder();
        RunOptions options = FakeRun.Options(images: 8);
        RunIdentity identity = options.Identity;
        identity = identity with { Model = identity.Model with { Network = identity.Model.Network with { LabelDim = classes } } };
        TrainingResult result = FakeRun.Train(temp.Path, options with { Identity = identity }, new FakeModel()).Result;
        DecodedImage grid = ImageCodec.Default.Decode(File.ReadAllBytes(result.Grid!), "grid");
        Assert.AreEqual((4 * columns, 4 * rows), (grid.Width, grid.Height), "columns and rows of 4 pixels");
    }

    [TestMethod]
    [DataRow(200)]
    [DataRow(400)]
    public void AGridThatWasStoppedIsDrawnWhenTheRunGoesOn(int images)
    {
        using var temp = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        RunOptions options = FakeRun.Options(images: 400);
        int grids = 0;
        var model = new FakeModel
        {
            OnSample = () =>
            {
                if (++grids == images / 200)
                {
                    stop.Cancel();
                }
            },
        };
        (TrainingResult stopped, _, string two) = FakeRun.Train(temp.File("two"), options, model, stop.Token);
        Assert.AreEqual((TrainingOutcome.Interrupted, (long)images), (stopped.Outcome, stopped.Images), "how and where it ended");
        Assert.IsFalse(File.Exists(Path.Combine(two, $"samples-{images:D9}.png")), "no grid");

        // What is saved because of the stop, beside what is due: the snapshot and the profiles that go with it.
        string[] extra = images == 200 ? [stopped.Snapshot, .. Directory.GetFiles(two, $"ema-*-{images:D9}.safetensors")] : [];
        TrainingResult resumed = FakeRun.Train(temp.File("two"), options, new FakeModel()).Result;
        Assert.IsNotNull(resumed.Grid, "the last grid");
        Array.ForEach(extra, File.Delete);
        string one = FakeRun.Train(temp.File("one"), options, new FakeModel()).Folder;
        RunComparison.AssertEqual(one, two);
    }
}
