using IlgpuEdm.Figures;
using IlgpuEdm.Tests.Figures;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>explain</c> as it is typed.</summary>
[TestClass]
public class ExplainVerbTests
{
    [TestMethod]
    [TestCategory("Slow")]
    public void TheVerbDrawsAllFourteenOfAFolderOfImages()
    {
        using var folder = new TemporaryFolder();
        string samples = Path.Combine(Repository.Root, "datasets", "samples", "shapes");
        CliResult result = Cli.Run("explain", "--out", folder.Path, "--data", samples, "--device", "cpu");
        Assert.AreEqual(0, result.Code, result.Error);
        StringAssert.Contains(result.Output, folder.File(Explanation.PageName));
        ExplanationTests.RequireFiles(folder.Path);
    }

    [TestMethod]
    public void WhatCannotBeReadIsSaidBeforeAnythingIsDrawn()
    {
        using var folder = new TemporaryFolder();
        string samples = Path.Combine(Repository.Root, "datasets", "samples", "shapes");
        foreach ((string option, string value, string word) in new[]
        {
            ("--run", folder.Path, "options.json"), ("--network", folder.File("none.safetensors"), "none.safetensors"),
            ("--data", folder.File("nothing"), "nothing"),
        })
        {
            string[] data = option == "--data" ? [] : ["--data", samples];
            CliResult result = Cli.Run(["explain", "--out", folder.File("out"), "--device", "cpu", .. data, option, value]);
            result.AssertOneLine(1, word);
            Assert.IsFalse(Directory.Exists(folder.File("out")) && Directory.EnumerateFiles(folder.File("out")).Any(), option);
        }
    }
}
