using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Training;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class ReportVerbTests
{
    [TestMethod]
    public void It_writes_the_report_into_the_folder_of_a_run_that_has_none()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        string file = Path.Combine(run, "report.html");
        File.Delete(file);
        CliResult result = Cli.Run("report", run);
        Assert.AreEqual(0, result.Code, result.Error);
        StringAssert.Contains(result.Output, file, "what is said");
        StringAssert.Contains(File.ReadAllText(file), Path.GetFileName(run), "the page");
    }

    [TestMethod]
    public void It_writes_several_runs_where_it_is_told_to()
    {
        using var temp = new TemporaryFolder();
        string one = FakeRun.Train(temp.Path, FakeRun.Options(seed: 3), new FakeModel()).Folder;
        string two = FakeRun.Train(temp.Path, FakeRun.Options(seed: 4), new FakeModel()).Folder;
        string file = Path.Combine(temp.Path, "pages", "both.html");
        CliResult result = Cli.Run("report", one, two, "--out", file);
        Assert.AreEqual(0, result.Code, result.Error);
        StringAssert.Contains(File.ReadAllText(file), "2 runs", "the page");
    }

    [TestMethod]
    public void What_is_no_run_is_one_line()
    {
        using var temp = new TemporaryFolder();
        string run = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        Cli.Run("report", Path.Combine(temp.Path, "none")).AssertOneLine(1, "none", "name the folder of a run");
        Cli.Run("report", temp.Path).AssertOneLine(1, "folder of runs", run);
        Cli.Run("report", run, "--out", run).AssertOneLine(1, "--out", "is a folder");
        Cli.Run("report").AssertOneLine(2, "argument", "report --help");
    }
}
