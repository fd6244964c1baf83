using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Figures;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Figures;

/// <summary>What a run gained by noise level.</summary>
[TestClass]
public class LossToGainTests
{
    private const int Never = 0, Once = 1, Late = 5, Always = 7;

    [TestMethod]
    public void GainsAreThoseOfTheStatistics()
    {
        using var temp = new TemporaryFolder();
        var run = new LossToGain(Written(temp.Path, ticks: 10, new LogNormalLevels()));
        Assert.AreEqual((10, 320L), (run.Ticks, run.Images));

        // 10 ticks: the last fifth are the 9th and 10th. The late level occurs in the 6th to 10th: the last fifth is the 10th.
        Assert.AreEqual(new LevelGain(SigmaBins.Centre(Always), Loss(1), (Loss(9) + Loss(10)) / 2), LevelOf(Always));
        Assert.AreEqual(new LevelGain(SigmaBins.Centre(Late), Loss(6), Loss(10)), LevelOf(Late));
        Assert.AreEqual(Loss(1) - (Loss(9) + Loss(10)) / 2, LevelOf(Always)!.Gain);
        Assert.IsNull(LevelOf(Never), "a level that no image had");
        Assert.IsNull(LevelOf(Once), "a level in one tick");
        Assert.HasCount(SigmaBins.Count - 2, run.Levels);

        LevelGain? LevelOf(int bin) => run.Levels.SingleOrDefault(level => level.Sigma == SigmaBins.Centre(bin));
    }

    [TestMethod]
    public void TheDensityIsThatOfTheRun()
    {
        using var temp = new TemporaryFolder();
        NoiseLevels[] all =
        [
            new LogNormalLevels(), new LogNormalLevels { PMean = 3, PStd = 2 }, new UniformLevels(), new VpLevels(), new VeLevels(),
            new IddpmLevels(),
        ];
        foreach (NoiseLevels levels in all)
        {
            var run = new LossToGain(Written(temp.Path, ticks: 3, levels));
            Assert.AreEqual(levels, run.NoiseLevels);
            double integral = run.Density.Select((density, i) => density * Math.Log10(run.DensityEdges[i + 1] / run.DensityEdges[i])).Sum();
            Assert.AreEqual(1, integral, 1e-5, $"{levels}");
            Assert.IsLessThan(0.0021, run.DensityEdges[0]);
            Assert.IsGreaterThan(79.9, run.DensityEdges[^1]);
            Assert.HasCount(1, new LossToGainFigure(Written(temp.Path, ticks: 3, levels)).Draw());
        }

        // At its median a log-normal density is 1 / (sqrt(2 pi) pStd) in natural logarithms.
        var edm = new LossToGain(Written(temp.Path, ticks: 3, new LogNormalLevels()));
        Assert.AreEqual(Math.Log(10) / (Math.Sqrt(2 * Math.PI) * 1.2), edm.Density.Max(), 0.002);
    }

    [TestMethod]
    public void TooFewTicksAreRefused()
    {
        using var temp = new TemporaryFolder();
        string none = Written(temp.Path, ticks: 0, new LogNormalLevels()), one = Written(temp.Path, ticks: 1, new LogNormalLevels());
        OneClearLine.Of(() => _ = new LossToGain(none), none, "0 lines", "--tick");
        OneClearLine.Of(() => _ = new LossToGainFigure(one), one, "1 line", "--tick");
        OneClearLine.Of(() => _ = new LossToGain(temp.Path), "folder of runs");
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void AShortRunIsMadeOnceAndGoesOn()
    {
        using var temp = new TemporaryFolder();
        using var data = new ProceduralShapes(height: 8, width: 8, count: 200);
        using var stop = new CancellationTokenSource();
        var where = new DeviceRequest("cpu");
        Assert.ThrowsExactly<OperationCanceledException>(() => ShortRun.Train(temp.Path, data, where, 0, Stop, stop.Token));
        int steps = 0;
        string run = ShortRun.Train(temp.Path, data, where, 0, _ => steps++);
        Assert.IsLessThan(124, steps, "it went on");
        Assert.AreEqual(run, ShortRun.Train(temp.Path, data, where, 0, _ => Assert.Fail("trained again")));
        var gain = new LossToGain(run);
        Assert.AreEqual(ShortRun.Images, gain.Images);
        LevelGain middle = gain.Levels.Single(level => level.Sigma == SigmaBins.Centre(SigmaBins.Of(0.3)));
        Assert.AreEqual(1, middle.Initial, 0.3, "the loss starts at 1");
        Assert.IsGreaterThan(0.3, middle.Gain);

        void Stop(TrainingProgress progress)
        {
            if (progress.Images >= 320)
            {
                stop.Cancel();
            }
        }
    }

    private static double Loss(int tick) => 1.0 / tick;

    private static string Written(string root, int ticks, NoiseLevels levels)
    {
        RunOptions options = FakeRun.Options();
        options = options with
        {
            Identity = options.Identity with
            {
                Model = options.Identity.Model with { Loss = options.Identity.Model.Loss with { Levels = levels } },
            },
        };
        using RunFolder folder = RunFolder.Open(root, options, resume: false);
        File.WriteAllLines(folder.FilePath(RunFiles.Statistics), Enumerable.Range(1, ticks).Select(tick => JsonSerializer.Serialize(
            new TickRecord
            {
                Images = 32 * tick,
                Steps = tick,
                Loss = Loss(tick),
                LossBySigma = SigmaBins.Names.Index()
                    .ToDictionary(level => level.Item, level => Occurs(level.Index, tick) ? Loss(tick) : (double?)null),
                LearningRate = 1e-3,
                EmaBeta = 0.9,
                NonFiniteGradients = 0,
                ImagesPerSecond = 100,
                Seconds = 1,
                TotalSeconds = tick,
                MemoryMb = 100,
            }, RunJson.Compact)));
        return folder.Location;
    }

    private static bool Occurs(int bin, int tick) => bin switch { Never => false, Once => tick == 1, Late => tick > 5, _ => true };
}
