using System.Text.Json;

namespace IlgpuEdm.Tests.Cli;

/// <summary>What <c>likelihood</c> prints, and what it refuses.</summary>
[TestClass]
public class LikelihoodVerbTests
{
    private const string Quick = "--rtol 0.05 --atol 0.05 --sigma-min 0.1 --sigma-max 20";
    private static TinySnapshots? snapshots;

    private static TinySnapshots Tiny => snapshots!;

    [ClassInitialize]
    public static void Make(TestContext _) => snapshots = new TinySnapshots();

    [ClassCleanup]
    public static void Delete() => snapshots?.Dispose();

    [TestMethod]
    public void One_line_of_json_holds_mean_and_errors()
    {
        string output = Tiny.Succeed($"likelihood --network {{cond}} --data @images --probes 4 {Quick} --json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.AreEqual(2, json.GetProperty("images").GetInt32(), "images");
        double[] values = [.. json.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())];
        Assert.AreEqual(values.Average(), json.GetProperty("bits_per_dimension").GetDouble(), 1e-12, "mean");
        Assert.AreEqual(Math.Abs(values[0] - values[1]) / 2, json.GetProperty("standard_error").GetDouble(), 1e-12, "its error");
        Assert.IsGreaterThan(0, json.GetProperty("estimate_error").GetDouble(), "error of the estimate");
        Assert.AreEqual(output, Tiny.Succeed($"likelihood --network {{cond}} --data @images --probes 4 {Quick} --json --batch 3"), "again");
        string one = Tiny.Succeed($"likelihood --network {{cond}} --data @images --images 1 --probes 4 {Quick} --json");
        Assert.AreEqual(values[0], JsonDocument.Parse(one).RootElement.GetProperty("values")[0].GetDouble(), "the first image alone");
    }

    [TestMethod]
    public void The_summary_is_for_people()
    {
        string output = Tiny.Succeed($"likelihood --network {{plain}} --data @images --full-trace --batch 64 {Quick}");
        StringAssert.Contains(output, "bits per dimension", "figure");
        StringAssert.Contains(output, "0.0000 bits an image", "the trace has no error");
    }

    [TestMethod]
    [DataRow("{wide} --data @images", "--data", "16x8")]
    [DataRow("{two} --data @images", "3 classes", "--class")]
    [DataRow("{plain} --data @images --class 1", "--class 1", "no classes")]
    [DataRow("{cond} --data @images --class 7", "--class 7", "0 to 2")]
    [DataRow("{nodrop} --data @images --class none", "--class none", "--label-dropout")]
    [DataRow("{plain} --data @images --full-trace --probes 2", "--probes", "--full-trace")]
    [DataRow("{plain} --data @nothing", "nothing", "no such file")]
    [DataRow("{plain} --data @images --sigma-max 0.001", "--sigma-max", "--sigma-min")]
    public void What_means_nothing_is_one_line(string options, string first, string second) =>
        Tiny.Run($"likelihood --network {options}").AssertOneLine(1, first, second);

    [TestMethod]
    [DataRow("--images 0", "--images '0'")]
    [DataRow("--probes 0", "--probes '0'")]
    [DataRow("--class all", "--class 'all'")]
    [DataRow("--atol 0", "--atol '0'")]
    public void A_value_out_of_range_is_one_line(string option, string word) =>
        Tiny.Run($"likelihood --network x --data y {option}").AssertOneLine(2, word);

    [TestMethod]
    public void Asked_to_stop_before_the_first_image_there_is_no_result() =>
        Tiny.RunStopped("likelihood --network {plain} --data @images").AssertOneLine(1, "stopped", "no result");
}
