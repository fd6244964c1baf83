using IlgpuEdm.Cli.Watch;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Tests.Training.Reports;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;
using Spectre.Console;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class WatchVerbTests
{
    [TestMethod]
    public void On_a_pipe_it_prints_one_line()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 9, score: true);
        CliResult result = Cli.Run("watch", run);
        Assert.AreEqual(0, result.Code, result.Error);
        Assert.AreEqual("00000-fake-uncond-ddpmpp-edm-batch8: images 28,800 of 400; finished  loss 0.3111  52.0 images/s  lr 1.00e-3  "
            + "memory 300 MB  training time 9m 36s  fake distance 33.333 at 28,800 images\n", result.Output.ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void What_is_no_run_is_one_line()
    {
        using var temp = new TemporaryFolder();
        Cli.Run("watch", Path.Combine(temp.Path, "none")).AssertOneLine(1, "none", "name the folder of a run");
    }

    [TestMethod]
    public void The_screen_has_numbers_curve_and_picture()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 9, score: true);
        string screen = Shown(console => console.Write(new WatchView(RunHistory.Read(run), 100, 60).After(TimeSpan.Zero)));
        foreach (string part in new[] { "00000-fake", "28,800 of 400; finished", "loss 0.3111", "fake distance 33.333", "after 400 images" })
        {
            StringAssert.Contains(screen, part, "the screen");
        }

        Assert.AreEqual(12 * 24, screen.Count(c => c == '\u2580'), "half blocks of 24 x 24 pixels");
        Assert.IsGreaterThan(20, screen.Count(c => c is > '\u2800' and <= '\u28ff'), "characters of the curve");
    }

    [TestMethod]
    public void It_ends_when_the_run_has_finished()
    {
        using var temp = new TemporaryFolder();
        using RunFolder folder = RunFolder.Open(temp.Path, FakeRun.Options(), resume: false);
        string shown = Shown(console =>
        {
            string finished = Path.Combine(ReportRuns.Trained(temp.Path, ticks: 9, score: false), "stats.jsonl");
            Task watching = Task.Run(() => RunWatch.Show(console, folder.Location, CancellationToken.None));
            Assert.IsFalse(watching.Wait(500), "there is something to wait for");
            File.WriteAllText(folder.FilePath("stats.jsonl"), File.ReadAllText(finished));
            Assert.IsFalse(RunHistory.Read(folder.Location).IsComplete, "the last grid is to come");
            File.WriteAllText(folder.FilePath("samples-000028800.png"), "a damaged grid does no harm");
            Assert.IsTrue(watching.Wait(TimeSpan.FromSeconds(30)), "it ends");
        });
        StringAssert.Contains(shown, "no tick has ended yet", "at first");
        StringAssert.Contains(shown, "finished", "at last");
    }

    [TestMethod]
    public void What_is_written_while_it_reads_is_not_missed()
    {
        using var temp = new TemporaryFolder();
        using RunFolder folder = RunFolder.Open(temp.Path, FakeRun.Options(), resume: false);
        string finished = Path.Combine(ReportRuns.Trained(temp.Path, ticks: 9, score: false), "stats.jsonl");
        using var output = new ActingWriter(() =>
        {
            File.WriteAllText(folder.FilePath("stats.jsonl"), File.ReadAllText(finished));
            File.WriteAllText(folder.FilePath("samples-000028800.png"), "a damaged grid does no harm");
        });
        Task watching = Task.Run(() => RunWatch.Show(Console(output), folder.Location, CancellationToken.None));
        Assert.IsTrue(watching.Wait(TimeSpan.FromSeconds(30)), "it ends");
        StringAssert.Contains(output.ToString(), "finished", "at last");
    }

    [TestMethod]
    public void Only_the_time_is_renewed_while_nothing_changes()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 0, score: false);
        var view = new WatchView(RunHistory.Read(run), 100, 60);
        Directory.Delete(run, recursive: true);
        string screen = Shown(console => console.Write(view.After(TimeSpan.FromSeconds(7))));
        StringAssert.Contains(screen, "files changed 7s ago", "the time");
        Assert.AreEqual(12 * 24, screen.Count(c => c == '\u2580'), "half blocks of the picture as it was read");
        Assert.IsTrue(view.Fits(100, 60) && !view.Fits(99, 60) && !view.Fits(100, 59), "the screen's size");
    }

    [TestMethod]
    public void It_ends_when_asked_to()
    {
        using var temp = new TemporaryFolder();
        using RunFolder folder = RunFolder.Open(temp.Path, FakeRun.Options(), resume: false);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        string screen = Shown(console => RunWatch.Show(console, folder.Location, stop.Token));
        StringAssert.Contains(screen, "0 of 400; not finished", "the screen");
    }

    [TestMethod]
    public void A_curve_of_dots_goes_through_its_values()
    {
        CollectionAssert.AreEqual(
            new[] { "       3 \u2800\u287c", "       0 \u28f0\u2803" }, BrailleChart.Draw([0, 1, 2, 3], 11, 2), "a rise");
        string[] flat = BrailleChart.Draw(Enumerable.Repeat(2.0, 1_000).ToArray(), 19, 3);
        Assert.AreEqual("       2 " + new string('\u2809', 10), flat[0], "the top");
        Assert.AreEqual("       0 " + new string('\u2800', 10), flat[2], "the bottom");
        Assert.HasCount(3, BrailleChart.Draw([double.NaN, double.PositiveInfinity, -1], 19, 3), "nothing to draw");
    }

    [TestMethod]
    public void A_picture_keeps_its_shape_and_means()
    {
        byte[] pixels = new byte[8 * 4 * 3];
        pixels.AsSpan(0, 8 * 2 * 3).Fill(200);
        string shown = Shown(console => console.Write(HalfBlockPicture.Draw(new DecodedImage(8, 4, 3, pixels), 4, 100)));
        Assert.AreEqual(4, shown.Count(c => c == '\u2580'), "4 x 2 pixels in 4 x 1 characters");
        StringAssert.Contains(shown, "38;2;200;200;200;48;2;0;0;0m", "light above dark");
    }

    private static string Shown(Action<IAnsiConsole> show)
    {
        using var output = new StringWriter();
        show(Console(output));
        return output.ToString();
    }

    private static IAnsiConsole Console(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Interactive = InteractionSupport.Yes,
        });
        console.Profile.Width = 100;
        console.Profile.Height = 60;
        return console;
    }

    /// <summary>Does something when the run's name is first written: the run has been read by then.</summary>
    private sealed class ActingWriter(Action act) : StringWriter
    {
        private bool _acted;

        public override void Write(string? value)
        {
            base.Write(value);
            if (!_acted && value?.Contains("00000-fake", StringComparison.Ordinal) is true)
            {
                _acted = true;
                act();
            }
        }
    }
}
