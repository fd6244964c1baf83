using System.Globalization;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Wrong usage: exit code 2 and one line.</summary>
[TestClass]
public class UsageTests
{
    [TestMethod]
    [DataRow("trian", "'trian' is not known", "ilgpu-edm --help")]
    [DataRow("train", "--data", "ilgpu-edm train --help")]
    [DataRow("train --data x --colour", "'--colour' is not known", "ilgpu-edm train --help")]
    [DataRow("train --data x --lr abc", "--lr 'abc'", "above 0")]
    [DataRow("train --data x --lr 1,5", "--lr '1,5'", "above 0")]
    [DataRow("train --data x --lr", "--lr", "ilgpu-edm train --help")]
    [DataRow("train --data x --batch 0", "--batch '0'", "from 1 to")]
    [DataRow("train --data x --batch 2147483647", "--batch '2147483647'", "from 1 to")]
    [DataRow("train --data x --blocks 2147483647", "--blocks '2147483647'", "from 1 to")]
    [DataRow("train --data x --channels 8 --channels", "--channels is given twice", "ilgpu-edm train --help")]
    [DataRow("train --data x @options", "'@options' is not known", "ilgpu-edm train --help")]
    [DataRow("train --data x --images 1.5", "--images '1.5'", "20k")]
    [DataRow("train --data x --minutes 0", "--minutes '0'", "above 0")]
    [DataRow("train --data x --state-every 5q", "--state-every '5q'", "5m")]
    [DataRow("train --data x --mult 1,b", "--mult '1,b'", "1,2,2")]
    [DataRow("train --data x --dropout 1", "--dropout '1'", "below 1")]
    [DataRow("train --data x --preset big", "--preset 'big'", "compact")]
    [DataRow("train --data x --sigma-data 0", "--sigma-data '0'", "auto")]
    [DataRow("train --data x --resume maybe", "--resume 'maybe'", "never")]
    [DataRow("train --data x --ema-profiles 0.5", "--ema-profiles '0.5'", "0.05,0.1")]
    [DataRow("train --data x --ema-profiles 0.1,0.1", "--ema-profiles '0.1,0.1'", "different")]
    [DataRow("ema --run x --out y --std 0", "--std '0'", "0.001 to 0.288")]
    [DataRow("ema --run x --out y", "--std", "ilgpu-edm ema --help")]
    [DataRow("sample --network x --out y --seeds 3-1", "--seeds '3-1'", "0-63")]
    [DataRow("sample --network x --out y --solver rk4", "--solver 'rk4'", "heun")]
    [DataRow("sample --network x --out y --steps 2147483647", "--steps '2147483647'", "from 1 to")]
    [DataRow("bench train --resolution 2147483647", "--resolution '2147483647'", "from 1 to")]
    [DataRow("bench", "bench", "ilgpu-edm bench --help")]
    [DataRow("bench draw", "draw", "ilgpu-edm bench --help")]
    [DataRow("info", "info", "ilgpu-edm info --help")]
    public void Wrong_usage_is_one_line_and_exit_code_2(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(2, first, second);

    [TestMethod]
    [DataRow("train", "--data", "x", "--out")]
    [DataRow("train", "--data")]
    [DataRow("sample", "--network", "x", "--out")]
    [DataRow("sample", "--network", "x", "--out", "y", "--grid")]
    public void An_empty_name_is_refused(params string[] command) =>
        Cli.Run([.. command, ""]).AssertOneLine(2, $"{command[^1]} ''", "file or folder");

    [TestMethod]
    public void Without_a_verb_it_prints_the_verbs_and_ends_with_exit_code_2()
    {
        CliResult result = Cli.Run();
        Assert.AreEqual(2, result.Code, "exit code");
        StringAssert.Contains(result.Output, "sample", "the verbs");
    }

    [TestMethod]
    public void Help_ends_with_exit_code_0() => Assert.AreEqual(0, Cli.Run("train", "--help").Code, "exit code");

    [TestMethod]
    public void Negative_numbers_are_values_not_options() =>
        Cli.Run("train", "--data", "nowhere", "--p-mean", "-1.3").AssertOneLine(1, "nowhere");

    [TestMethod]
    [DataRow("train --data nowhere/at.all", "nowhere/at.all")]
    [DataRow("info nowhere/at.all", "nowhere/at.all")]
    [DataRow("bench train --data nowhere/at.all", "nowhere/at.all")]
    [DataRow("sample --network nowhere/at.all --out never-made --device cpu", "nowhere/at.all")]
    public void A_missing_file_is_one_line_and_exit_code_1(string command, string word) =>
        Cli.Run(command.Split(' ')).AssertOneLine(1, word);

    [TestMethod]
    public void A_culture_with_a_decimal_comma_changes_nothing()
    {
        string expected = Cli.Run("train", "--help").Output;
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NumberGroupSeparator = ".";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.AreEqual(expected, Cli.Run("train", "--help").Output, "help");
            Cli.Run("train", "--data", "nowhere", "--lr", "0.5").AssertOneLine(1, "nowhere");
            Cli.Run("train", "--data", "nowhere", "--lr", "0,5").AssertOneLine(2, "--lr '0,5'");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void A_process_with_a_german_locale_prints_the_same()
    {
        string[] help = ["train", "--help"];
        CliResult german = Cli.RunProcess(help, ("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8"));
        Assert.AreEqual(0, german.Code, german.Error);
        Assert.AreEqual(Cli.Run(help).Output, german.Output, "help");
    }
}
