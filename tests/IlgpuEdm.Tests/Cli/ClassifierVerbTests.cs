using System.Text.Json;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>classifier train</c> and <c>classifier evaluate</c> on a folder in the reference's layout.</summary>
[TestClass]
public class ClassifierVerbTests
{
    [TestMethod]
    public void It_trains_tests_and_evaluates()
    {
        using var temp = new TemporaryFolder();
        string data = TinyData.LabelledShapes(temp), file = temp.File("c.safetensors");
        CliResult trained = Cli.Run(
            "classifier", "train", "--data", data, "--out", file, "--images", "64", "--batch", "16", "--test", data, "--device", "cpu");
        Assert.AreEqual(0, trained.Code, trained.Error);
        StringAssert.Contains(trained.Output, "4 classes", "what was trained");
        StringAssert.Contains(trained.Output, "test accuracy", "the test");

        string[] command = ["classifier", "evaluate", "--classifier", file, "--data", data, "--device", "cpu"];
        CliResult table = Cli.Run(command);
        Assert.AreEqual(0, table.Code, table.Error);
        StringAssert.Contains(table.Output, "probability", "the table");
        CliResult json = Cli.Run([.. command, "--json", "--max-images", "10"]);
        Assert.AreEqual(0, json.Code, json.Error);
        JsonElement root = JsonDocument.Parse(json.Output).RootElement;
        Assert.AreEqual(10, root.GetProperty("overall").GetProperty("images").GetInt32(), "images");
        Assert.AreEqual(4, root.GetProperty("classes").GetArrayLength(), "classes");
        StringAssert.Contains(Cli.Run("info", file).Output, "image classifier", "what info says");
    }

    [TestMethod]
    public void Images_without_labels_are_one_line()
    {
        using var temp = new TemporaryFolder();
        Cli.Run("classifier", "train", "--data", TinyData.LabelledShapes(temp, labels: false), "--out", temp.File("c"), "--device", "cpu")
            .AssertOneLine(1, "no labels");
    }

    [TestMethod]
    public void A_folder_as_output_is_found_before_training()
    {
        using var temp = new TemporaryFolder();
        Cli.Run("classifier", "train", "--data", TinyData.LabelledShapes(temp), "--out", temp.Path, "--device", "cpu")
            .AssertOneLine(1, "--out", "is a folder");
    }

    [TestMethod]
    public void A_file_that_is_no_classifier_is_one_line()
    {
        using var temp = new TemporaryFolder();
        string path = temp.File("x.safetensors");
        new SafetensorsWriter().Add("a", new float[] { 1 }).WriteTo(path);
        Cli.Run("classifier", "evaluate", "--classifier", path, "--data", TinyData.LabelledShapes(temp), "--device", "cpu")
            .AssertOneLine(1, path, "no classifier");
    }

    [TestMethod]
    [DataRow("classifier", "command", "ilgpu-edm classifier --help")]
    [DataRow("classifier draw", "'draw' is not known", "ilgpu-edm classifier --help")]
    [DataRow("classifier train --data x", "--out", "ilgpu-edm classifier train --help")]
    [DataRow("classifier evaluate --classifier x --data y --max-images 0", "--max-images '0'", "from 1 to")]
    public void Wrong_usage_is_one_line(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(2, first, second);
}
