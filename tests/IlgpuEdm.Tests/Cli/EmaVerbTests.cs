using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class EmaVerbTests
{
    private static TemporaryFolder? _temp;
    private static string _run = "";

    [ClassInitialize]
    public static void Train(TestContext context)
    {
        _temp = new TemporaryFolder();
        _run = TinyData.Train(
            TinyData.Images(_temp), _temp.File("runs"), 80, "--ema-profiles", "0.05,0.1", "--snapshot-every", "16", "--grid-every", "0");
    }

    [ClassCleanup]
    public static void Remove() => _temp?.Dispose();

    [TestMethod]
    public void It_writes_each_length_and_says_of_what()
    {
        using var temp = new TemporaryFolder();
        CliResult result = Cli.Run("ema", "--run", _run, "--std", "0.08,0.12", "--out", temp.File("made", "ema-{std}.safetensors"));
        Assert.AreEqual(0, result.Code, result.Error);
        foreach (string word in new[] { "ema-0.05-000000080.safetensors", "std 0.08", "std 0.12", "profile error" })
        {
            Assert.Contains(word, result.Output, "stdout");
        }

        foreach (string name in new[] { "ema-0.08", "ema-0.12" })
        {
            string made = temp.File("made", $"{name}.safetensors");
            CliResult info = Cli.Run("info", made);
            Assert.Contains("network snapshot", info.Output, "info");
            Assert.Contains("ema_reconstruction.profile_error", info.Output, "info");
            CliResult sample = Cli.Run(
                "sample", "--network", made, "--seeds", "0", "--steps", "2", "--out", temp.File(name), "--device", "cpu");
            Assert.AreEqual(0, sample.Code, sample.Error);
        }
    }

    [TestMethod]
    public void Stored_averages_are_snapshots_too()
    {
        using var temp = new TemporaryFolder();
        string stored = Path.Combine(_run, "ema-0.05-000000048.safetensors");
        CliResult sample = Cli.Run("sample", "--network", stored, "--seeds", "0", "--steps", "2", "--out", temp.Path, "--device", "cpu");
        Assert.AreEqual(0, sample.Code, sample.Error);
        Assert.Contains("ema_std", Cli.Run("info", stored).Output, "info");
    }

    [TestMethod]
    public void A_poor_fit_is_said()
    {
        using var temp = new TemporaryFolder();
        CliResult result = Cli.Run("ema", "--run", _run, "--std", "0.005", "--out", temp.File("made.safetensors"));
        Assert.AreEqual(0, result.Code, result.Error);
        Assert.Contains("do not fit", result.Output, "stdout");
    }

    [TestMethod]
    public void A_run_without_stored_averages_is_one_line()
    {
        using var temp = new TemporaryFolder();
        Cli.Run("ema", "--run", temp.Path, "--std", "0.08", "--out", temp.File("x")).AssertOneLine(1, temp.Path, "--ema-profiles");
        Cli.Run("ema", "--run", temp.File("no"), "--std", "0.08", "--out", temp.File("x")).AssertOneLine(1, "--run", temp.File("no"));
    }

    [TestMethod]
    public void Images_beyond_the_last_are_one_line() =>
        Cli.Run("ema", "--run", _run, "--std", "0.08", "--images", "81", "--out", "x").AssertOneLine(1, "--images 81", "from 1 to 80");

    [TestMethod]
    public void One_name_for_several_lengths_is_one_line() =>
        Cli.Run("ema", "--run", _run, "--std", "0.08,0.09", "--out", "x.safetensors").AssertOneLine(1, "--out 'x.safetensors'", "{std}");

    [TestMethod]
    [DataRow("ema-0.08-000000080.safetensors")]
    [DataRow("network-snapshot-000000080.safetensors")]
    public void A_name_of_the_runs_own_is_one_line(string name)
    {
        string output = Path.Combine(_run, name);
        Cli.Run("ema", "--run", _run, "--std", "0.08", "--out", output).AssertOneLine(1, name, "choose another");
    }

    [TestMethod]
    public void A_folder_for_a_file_is_one_line()
    {
        using var temp = new TemporaryFolder();
        Cli.Run("ema", "--run", _run, "--std", "0.08", "--out", temp.Path).AssertOneLine(1, "is a folder");
    }

    [TestMethod]
    [DataRow("--channels", "16")]
    [DataRow("--seed", "5")]
    public void Averages_of_another_training_are_one_line(string option, string value)
    {
        using var temp = new TemporaryFolder();
        string[] options = ["--ema-profiles", "0.07", "--snapshot-every", "0", "--grid-every", "0"];
        CliResult trained = Cli.Run([
            "train", "--data", TinyData.Images(temp), "--out", temp.File("runs"), "--images", "80", .. Without(option), .. options,
            option, value]);
        Assert.AreEqual(0, trained.Code, trained.Error);
        string mixed = temp.File("mixed");
        Directory.CreateDirectory(mixed);
        foreach (string file in Directory.GetFiles(_run, "ema-*")
            .Concat(Directory.GetFiles(temp.File("runs"), "ema-*", SearchOption.AllDirectories)))
        {
            File.Copy(file, Path.Combine(mixed, Path.GetFileName(file)));
        }

        Cli.Run("ema", "--run", mixed, "--std", "0.08", "--out", temp.File("x"))
            .AssertOneLine(1, "ema-0.07-000000080", "not of one training");
        Assert.IsFalse(File.Exists(temp.File("x")), "nothing is written");
    }

    [TestMethod]
    public void A_damaged_or_renamed_average_is_one_line()
    {
        using var temp = new TemporaryFolder();
        byte[] bytes = File.ReadAllBytes(Path.Combine(_run, "ema-0.05-000000080.safetensors"));
        temp.Write(bytes, "renamed", "ema-0.06-000000080.safetensors");
        temp.Write(bytes[..^40], "cut", "ema-0.05-000000080.safetensors");
        Cli.Run("ema", "--run", Path.Combine(temp.Path, "renamed"), "--std", "0.06", "--out", temp.File("x"))
            .AssertOneLine(1, "ema-0.06-000000080", "its name");
        Cli.Run("ema", "--run", Path.Combine(temp.Path, "cut"), "--std", "0.06", "--out", temp.File("x"))
            .AssertOneLine(1, "ema-0.05-000000080", "truncated");
    }

    [TestMethod]
    public void A_longer_run_equals_one_that_was_long_from_the_start()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        string[] options = ["--ema-profiles", "0.05,0.2", "--snapshot-every", "16", "--grid-every", "0"];
        TinyData.Train(data, temp.File("two"), 24, options);
        string two = TinyData.Train(data, temp.File("two"), 48, options);
        string one = TinyData.Train(data, temp.File("one"), 48, options);
        foreach (string file in Directory.GetFiles(two, "*-000000024.*").Where(file => !file.Contains("training-state")))
        {
            File.Delete(file);
        }

        RunComparison.AssertEqual(one, two);
        Assert.HasCount(6, Directory.GetFiles(one, "ema-*"), "stored averages");
    }

    private static string[] Without(string option) =>
        [.. TinyData.Options.Where((_, i) => TinyData.Options[i / 2 * 2] != option)];
}
