using System.Text.Json;
using IlgpuEdm.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training.Reports;

/// <summary>Runs to report of.</summary>
internal static class ReportRuns
{
    /// <summary>A run of so many ticks, with grids at 50, 100, ..., 400 images, and with three scores or none.</summary>
    public static string Trained(string root, int ticks, bool score)
    {
        using RunFolder folder = RunFolder.Open(root, FakeRun.Options(), resume: false);
        IEnumerable<string> lines = Ticks(ticks).Select(Line);
        File.WriteAllLines(folder.FilePath("stats.jsonl"), score ? lines.Concat(Scores().Select(Line)) : lines);
        byte[] pixels = Enumerable.Range(0, 24 * 24).Select(i => (byte)(i * 37)).ToArray();
        for (int images = 50; images <= 400; images += 50)
        {
            byte[] png = ImageCodec.Default.EncodePng(pixels, 24, 24, 1);
            File.WriteAllBytes(folder.FilePath($"samples-{images:D9}.png"), png);
        }

        return folder.Location;
    }

    public static IEnumerable<TickRecord> Ticks(int count) => Enumerable.Range(1, count).Select(i => new TickRecord
    {
        Images = i * 3_200,
        Steps = i * 50,
        Loss = 0.2 + (1.0 / i),
        LossBySigma = SigmaBins.Names.Select((name, bin) => (name, bin))
            .ToDictionary(level => level.name, level => (level.bin + i) % 5 == 0 ? null : (double?)(0.1 + (level.bin / 10.0) + (1.0 / i))),
        LearningRate = Math.Min(i * 3.2e-4, 1e-3),
        EmaBeta = 0.99,
        NonFiniteGradients = i == 2 ? 3 : 0,
        ImagesPerSecond = 50 + (i % 7),
        Seconds = 64,
        TotalSeconds = 64 * i,
        MemoryMb = 300,
    });

    public static IEnumerable<ScoreRecord> Scores() => Enumerable.Range(1, 3).Select(i => new ScoreRecord
    {
        Images = i * 9_600,
        Score = 100.0 / i,
        ScoreName = "fake distance",
        ScoreImages = 500,
        ScoreBasis = "a",
        Best = true,
        ScoreSeconds = 3,
    });

    private static string Line<T>(T record) => JsonSerializer.Serialize(record, RunJson.Compact);
}
