using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class InfoTests
{
    [TestMethod]
    public void A_run_is_described()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        Contains(Cli.Run("info", run), "training run", "network.model_channels", "batch_size", "network-snapshot-000000400.safetensors");
    }

    [TestMethod]
    public void A_snapshot_is_described()
    {
        using var temp = new TemporaryFolder();
        TrainingResult result = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Result;
        Contains(Cli.Run("info", result.Snapshot), "network snapshot", "preconditioner.sigma_data", "parameters");
    }

    [TestMethod]
    public void A_training_state_is_described()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        Contains(Cli.Run("info", RunComparison.LastState(run)), "training state", "trainer.steps");
    }

    [TestMethod]
    public void A_data_set_is_described_with_its_deviation()
    {
        using var temp = new TemporaryFolder();
        for (int i = 0; i < 4; i++)
        {
            byte[] pixels = Enumerable.Repeat((byte)(i % 2 == 0 ? 0 : 255), 16 * 12).ToArray();
            File.WriteAllBytes(temp.File($"{i}.png"), ImageCodec.Default.EncodePng(pixels, 12, 16, 1));
        }

        Contains(Cli.Run("info", temp.Path), "data set", "16, 12, 1", "sigma_data", "1.0000", "0.0000");
    }

    [TestMethod]
    public void A_truncated_snapshot_is_one_line()
    {
        using var temp = new TemporaryFolder();
        TrainingResult result = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Result;
        File.WriteAllBytes(result.Snapshot, File.ReadAllBytes(result.Snapshot)[..^3]);
        Cli.Run("info", result.Snapshot).AssertOneLine(1, result.Snapshot);
    }

    [TestMethod]
    public void Damaged_options_of_a_run_are_one_line()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        File.WriteAllText(Path.Combine(run, "options.json"), "{]");
        Cli.Run("info", run).AssertOneLine(1, "options.json");
    }

    [TestMethod]
    [DataRow("network")]
    [DataRow("loss")]
    public void Options_that_lack_a_part_are_one_line(string part)
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        string options = Path.Combine(run, "options.json");
        File.WriteAllText(options, File.ReadAllText(options).Replace($"\"{part}\": {{", $"\"{part}\": null, \"other\": {{"));
        Cli.Run("info", run).AssertOneLine(1, "options.json");
    }

    [TestMethod]
    public void Of_a_folder_of_runs_it_names_one()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        Cli.Run("info", temp.Path).AssertOneLine(1, "folder of runs", run);
    }

    private static void Contains(CliResult result, params string[] words)
    {
        Assert.AreEqual(0, result.Code, result.Error);
        foreach (string word in words)
        {
            StringAssert.Contains(result.Output, word, "the description");
        }
    }
}
