using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>train --dry-run</c>, and options that are refused because they contradict each other or would do nothing.</summary>
[TestClass]
public class DryRunTests
{
    [TestMethod]
    public void The_largest_preset_is_described_without_data()
    {
        CliResult result = Cli.Run("train", "--dry-run", "--preset", "adm", "--micro-batch", "32", "--layers");
        Assert.AreEqual(0, result.Code, result.Error);
        string[] words =
        [
            "295,899,267", "model.network.label_dim", "1000", "219.3 GFLOP", "657.9 GFLOP", "2.695 PFLOP (batch 4,096)",
            "memory of training, GPU", "enc.8x8_block2", "8 x 8 x 768",
        ];
        foreach (string word in words)
        {
            StringAssert.Contains(result.Output, word, "stdout");
        }
    }

    [TestMethod]
    public void Checkpointing_shows_in_operations_and_memory()
    {
        string[] plain = ["train", "--dry-run", "--preset", "ddpmpp", "--micro-batch", "16"];
        CliResult result = Cli.Run([.. plain, "--checkpointing"]);
        Assert.AreEqual(0, result.Code, result.Error);
        StringAssert.Contains(result.Output, "and the blocks again", "operations");
        Assert.AreNotEqual(Memory(Cli.Run(plain)), Memory(result), "memory");

        static string Memory(CliResult said) =>
            said.Output.Split('\n').Single(line => line.StartsWith("memory of training, GPU", StringComparison.Ordinal));
    }

    [TestMethod]
    public void It_opens_the_data_and_makes_no_run()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.Images(temp);
        CliResult result = Cli.Run(["train", "--data", data, "--out", temp.File("runs"), .. TinyData.Options[..^4],
            "--device", "cuda:77", "--dry-run"]);
        Assert.AreEqual(0, result.Code, result.Error);
        StringAssert.Contains(result.Output, data, "the data set");
        Assert.IsFalse(Directory.Exists(temp.File("runs")), "no run is made");
    }

    [TestMethod]
    public void Sizes_may_be_given()
    {
        CliResult result = Cli.Run("train", "--dry-run", "--resolution", "32", "--image-channels", "3", "--classes", "7", "--cond");
        Assert.AreEqual(0, result.Code, result.Error);
        foreach (string line in new[] { "network.height +32", "network.image_channels +3", "network.label_dim +7" })
        {
            StringAssert.Matches(result.Output, new System.Text.RegularExpressions.Regex(line), "the configuration");
        }
    }

    [TestMethod]
    public void A_batch_beyond_what_kernels_address_is_said()
    {
        CliResult result = Cli.Run("train", "--dry-run", "--preset", "adm");
        StringAssert.Contains(result.Output, "--micro-batch, such as 1024", "stdout");
    }

    [TestMethod]
    [DataRow("train --dry-run --label-dropout 0.1", "--label-dropout", "--cond")]
    [DataRow("train --dry-run --loss vp --p-mean -1", "--p-mean has no effect", "--loss vp")]
    [DataRow("train --dry-run --precond ve --p-std 1", "--p-std has no effect", "--precond ve")]
    [DataRow("train --dry-run --precond vp --sigma-data 0.4", "--sigma-data has no effect", "--precond vp")]
    [DataRow("train --dry-run --sigma-data auto", "--sigma-data auto", "--data")]
    [DataRow("train --data x --layers", "--layers", "--dry-run")]
    [DataRow("train --data x --resolution 32", "--resolution", "--dry-run")]
    [DataRow("train --data x --dry-run --classes 3", "--classes", "--data")]
    [DataRow("train --dry-run --xflip --preset ddpmpp", "--xflip", "--augment")]
    [DataRow("bench train --label-dropout 0.1", "--label-dropout", "--cond")]
    public void Options_that_contradict_each_other_are_one_line(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(1, first, second);

    [TestMethod]
    [DataRow("--weight soft-min-snr --uncertainty --stratified")]
    [DataRow("--precond vp --weight edm --sigma-data 0.4")]
    [DataRow("--precond vp --loss edm --p-mean -1")]
    [DataRow("--precond noise --sigma-data 0.4 --p-std 1")]
    [DataRow("--preset adm --cond false --micro-batch 64")]
    public void Options_that_go_together_are_accepted(string options)
    {
        CliResult result = Cli.Run(["train", "--dry-run", .. options.Split(' ')]);
        Assert.AreEqual(0, result.Code, result.Error);
    }
}
