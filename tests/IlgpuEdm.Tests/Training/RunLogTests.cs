using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class RunLogTests
{
    [TestMethod]
    public void Half_a_line_stays_a_line_by_itself()
    {
        using var temp = new TemporaryFolder();
        string path = temp.File("log.txt");
        new RunLog(path).Write("one");
        File.AppendAllText(path, "2026-01-31 12:0");
        new RunLog(path).Write("two");
        string[] lines = File.ReadAllText(path).Split('\n');
        Assert.HasCount(4, lines, "three lines and their ends");
        Assert.MatchesRegex("^[-0-9: ]+Z one$", lines[0], "before it");
        Assert.AreEqual("2026-01-31 12:0", lines[1], "the half");
        Assert.MatchesRegex("^[-0-9: ]+Z two$", lines[2], "after it");
    }
}
