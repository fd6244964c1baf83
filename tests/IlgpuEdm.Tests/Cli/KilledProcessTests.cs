using System.Diagnostics;
using System.Text.RegularExpressions;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Real processes that are really killed.</summary>
[TestClass]
public class KilledProcessTests
{
    [TestMethod]
    [TestCategory("Slow")]
    public void Killed_at_20_random_moments_it_ends_with_the_bits_of_an_uninterrupted_run()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string whole = TinyData.Train(data, temp.File("whole"), 4000, Intervals);
        var random = new Random(20);
        string runs = temp.File("killed");
        int kills = 0;
        for (int attempt = 0; attempt < 60 && kills < 20; attempt++)
        {
            using Process process = Cli.Start(Command(data, runs, 4000));
            if (!process.WaitForExit(random.Next(400, 1500)))
            {
                process.Kill();
                kills++;
            }

            process.WaitForExit();
        }

        CliResult last = Cli.RunProcess(Command(data, runs, 4000));
        Assert.AreEqual(0, last.Code, last.Error);
        Assert.AreEqual(20, kills, "kills before the run was finished; it should take longer");
        RunComparison.AssertEqual(whole, Directory.GetDirectories(runs).Single());
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void Interrupted_it_saves_ends_with_exit_code_0_and_goes_on()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string runs = temp.File("runs");
        using (Process process = Cli.Start(Command(data, runs, 800)))
        {
            while (!process.StandardOutput.ReadLine()!.Contains("images/s", StringComparison.Ordinal))
            {
            }

            Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();
            string rest = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.AreEqual(0, process.ExitCode, rest);
            StringAssert.Contains(rest, "the same command goes on", "stdout");
        }

        CliResult resumed = Cli.RunProcess(Command(data, runs, 800));
        Assert.AreEqual(0, resumed.Code, resumed.Error);
        Assert.IsTrue(Regex.IsMatch(resumed.Output, "resumes at [1-9]"), "it did not start over");
    }

    private static string[] Intervals => ["--state-every", "0.2s", "--grid-every", "1k", "--snapshot-every", "1k"];

    private static string[] Command(string data, string runs, int images) =>
        ["train", "--data", data, "--out", runs, "--images", $"{images}", .. TinyData.Options, .. Intervals];
}
