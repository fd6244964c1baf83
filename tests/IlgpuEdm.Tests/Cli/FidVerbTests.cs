using System.Text.Json;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Cli;

/// <summary><c>fid ref</c> and <c>fid calc</c> on images of 8x8 pixels and a classifier that knows little.</summary>
[TestClass]
public class FidVerbTests
{
    private const string Score = "fid calc --features CLASSIFIER ";
    private static FidFiles _files = null!;

    [ClassInitialize]
    public static void MakeFiles(TestContext context) => _files = new FidFiles();

    [ClassCleanup]
    public static void DeleteFiles() => _files.Dispose();

    [TestMethod]
    public void A_data_set_is_at_no_distance_from_its_own_reference()
    {
        string reference = _files.Reference();
        string text = _files.Succeed($"{Score}--images DATA --ref {reference}");
        StringAssert.Contains(text, "Fréchet distance in own features", "the name");
        StringAssert.Contains(text, "own classifier of 4 classes", "the feature network");
        StringAssert.Contains(text, "resize", "the resizing");
        StringAssert.Contains(text, "recognises", "recognition of each class");
        Assert.DoesNotContain("FID", text.Split('\n')[0], "it is none");
        JsonElement json = _files.Json($"{Score}--images DATA --ref {reference}");
        Assert.AreEqual(0, json.GetProperty("distance").GetDouble(), 1e-9, "distance");
        Assert.AreEqual(24, json.GetProperty("images").GetProperty("count").GetInt32(), "images");
        Assert.AreEqual(24, json.GetProperty("reference").GetProperty("count").GetInt32(), "reference");
        Assert.AreEqual(64, json.GetProperty("feature_network").GetProperty("sha256").GetString()!.Length, "hash");
        Assert.AreEqual(4, json.GetProperty("recognition").GetProperty("classes").GetArrayLength(), "classes");
        Assert.AreEqual(json.GetProperty("images").GetProperty("fingerprint").GetString(),
            json.GetProperty("reference").GetProperty("fingerprint").GetString(), "fingerprints of the same images");
    }

    [TestMethod]
    public void A_file_and_its_data_set_are_the_same_reference_and_give_the_same_score_twice()
    {
        string file = _files.Reference(keepFeatures: true), more = " --kid --kid-subsets 5 --precision-recall --seed 3";
        string first = Figures($"{Score}--images OTHERS --ref {file}{more}");
        Assert.AreEqual(first, Figures($"{Score}--images OTHERS --ref {file}{more}"), "again");
        Assert.AreEqual(first, Figures($"{Score}--images OTHERS --ref DATA{more}"), "the data set itself");
        StringAssert.Contains(first, "\"subset_size\":24", "as many images as there are");
        StringAssert.Contains(first, "kernel distance in own features", "not KID");
        Assert.DoesNotContain("recognition", first, "without labels");
        string text = _files.Succeed($"{Score}--images OTHERS --ref {file}{more}");
        StringAssert.Contains(text, "recall", "the rows");

        // The source's name is the only difference there is.
        static string Figures(string command) =>
            string.Join(' ', _files.Json(command).EnumerateObject().Where(p => p.Name != "reference").Select(p => p.Value.GetRawText()));
    }

    [TestMethod]
    public void Real_images_are_scored_beside_as_many_as_the_others()
    {
        string command = $"{Score}--images OTHERS --num 10 --ref DATA --seed 4 --baseline DATA";
        JsonElement baseline = _files.Json(command).GetProperty("baseline");
        Assert.AreEqual(10, baseline.GetProperty("count").GetInt32(), "images");
        double expected = _files.Distance($"{Score}--images DATA --num 10 --ref DATA --seed 4");
        Assert.AreEqual(expected, baseline.GetProperty("distance").GetDouble(), "their own score");
        StringAssert.Contains(_files.Succeed(command), "of real images", "the row");
    }

    [TestMethod]
    public void Features_are_trained_as_a_classifier_is()
    {
        string file = _files.File("features.safetensors");
        _files.Succeed($"fid train-features --data DATA --out {file} --images 32 --batch 16");
        CollectionAssert.AreEqual(File.ReadAllBytes(_files.Classifier), File.ReadAllBytes(file), "the same classifier");
    }

    [TestMethod]
    [DataRow("--network {plain}")]
    [DataRow("--network {cond} --class 1")]
    [DataRow("--network {cond} --guidance 2")]
    [DataRow("--network {plain} --precision bf16")]
    public void Images_of_a_network_score_as_those_that_sample_writes(string network)
    {
        string folder = _files.File(network.Replace(' ', '_'));
        _files.Succeed($"sample {network} --seeds 0-9 --steps 3 --out {folder}");
        double expected = _files.Distance($"{Score}--images {folder} --ref DATA");
        JsonElement json = _files.Json($"{Score}{network} --num 10 --steps 3 --batch 4 --ref DATA");
        Assert.AreEqual(expected, json.GetProperty("distance").GetDouble(), "distance");
        Assert.IsGreaterThan(0, expected, "another distribution");
        Assert.AreEqual(network.Contains("cond"), json.TryGetProperty("recognition", out JsonElement recognition), "classes asked for");
        if (network.Contains("--class 1"))
        {
            Assert.AreEqual(10, recognition.GetProperty("classes")[1].GetProperty("images").GetInt32(), "all of class 1");
        }

        Assert.AreEqual(expected, _files.Distance($"{Score}{network} --seeds 0-9 --steps 3 --ref DATA"), "the same seeds");
    }

    [TestMethod]
    public void Fewer_images_are_a_subset_that_the_seed_draws()
    {
        JsonElement some = _files.Json($"{Score}--images DATA --num 12 --ref DATA");
        Assert.AreEqual(12, some.GetProperty("images").GetProperty("count").GetInt32(), "images");
        StringAssert.Contains(some.GetProperty("images").GetProperty("fingerprint").GetString(), "12 of 24 by seed 0", "which");
        double other = _files.Distance($"{Score}--images DATA --num 12 --seed 1 --ref DATA");
        Assert.AreNotEqual(some.GetProperty("distance").GetDouble(), other, "another seed");
        string half = _files.File("half.npz");
        _files.Succeed($"fid ref --data DATA --features CLASSIFIER --max-images 12 --seed 1 --out {half}");
        Assert.AreEqual(0, _files.Distance($"{Score}--images DATA --num 12 --seed 1 --ref {half}"), 1e-9, "the same subset");
    }

    [TestMethod]
    public void A_reference_that_does_not_name_its_network_is_noted()
    {
        FeatureSet set = FeatureStatisticsFile.Read(_files.Reference());
        string file = _files.File("bare.npz"), wrong = _files.File("wrong.npz");
        int n = set.Statistics.Length;
        NpzFile.Write(file, new Dictionary<string, NumpyArray>
        {
            ["mu"] = NpyFile.Array(set.Statistics.Mean, n),
            ["sigma"] = NpyFile.Array(set.Statistics.Covariance, n, n),
        });
        string text = _files.Succeed($"{Score}--images DATA --ref {file}");
        StringAssert.Contains(text, "note: the reference does not say which feature network", "the note");
        Assert.AreEqual(0, _files.Distance($"{Score}--images DATA --ref {file}"), 1e-9, "distance");
        NpzFile.Write(wrong, new Dictionary<string, NumpyArray>
        {
            ["mu"] = NpyFile.Array([1.0], 1),
            ["sigma"] = NpyFile.Array([1.0], 1, 1),
        });
        _files.Run($"{Score}--images DATA --ref {wrong}").AssertOneLine(1, wrong, "1 features");
    }

    [TestMethod]
    public void A_reference_of_another_feature_network_is_one_line()
    {
        string reference = _files.Reference(), other = _files.Train("other", seed: 5);
        _files.Run($"fid calc --features {other} --images DATA --ref {reference}")
            .AssertOneLine(1, reference, "another network", "fid ref");
    }

    [TestMethod]
    public void A_reference_of_images_that_were_resized_otherwise_is_one_line()
    {
        FeatureSet set = FeatureStatisticsFile.Read(_files.Reference());
        Assert.AreEqual("data", set.Origin!.Images, "a name, not a path of this machine");
        string file = _files.File("resized.npz");
        FeatureStatisticsFile.Write(file, set with { Origin = set.Origin with { Resize = "bicubic" } });
        _files.Run($"{Score}--images DATA --ref {file}").AssertOneLine(1, file, "bicubic", "fid ref");
    }

    [TestMethod]
    [DataRow("--images DATA --ref REF --kid", "--kid needs the features", "--keep-features")]
    [DataRow("--images DATA --ref REF --precision-recall", "--precision-recall needs", "--keep-features")]
    [DataRow("--ref REF", "nothing to score", "--images")]
    [DataRow("--images DATA --network {plain} --ref REF", "--images and --network", "one of them")]
    [DataRow("--images DATA --ref REF --steps 9", "--steps goes with --network", "leave it out")]
    [DataRow("--images DATA --ref REF --rtol 1", "--rtol goes with --network", "leave it out")]
    [DataRow("--network {cond} --ref REF --num 4 --guide-network {cond}", "--guide-network", "without --guidance")]
    [DataRow("--images DATA --ref REF --seeds 1-9", "--seeds goes with --network", "leave it out")]
    [DataRow("--images DATA --ref REF --guidance 2", "--guidance goes with --network", "leave it out")]
    [DataRow("--images DATA --ref REF --num 25", "24 images", "25 are asked for")]
    [DataRow("--images DATA --ref REF --kid-subsets 9", "--kid-subsets", "without --kid")]
    [DataRow("--images DATA --ref DATA --kid --kid-subset-size 25", "subsets of 25 images", "24")]
    [DataRow("--images DATA --num 3 --ref DATA --precision-recall", "more than 3 images", "24 real and 3 generated")]
    [DataRow("--network {plain} --ref REF --num 9 --seeds 0-8", "--seeds", "--num")]
    [DataRow("--network {plain} --ref REF --seeds 5", "at least two images", "--seeds")]
    [DataRow("--network {plain} --ref REF --class 1", "--class 1", "no classes")]
    [DataRow("--network {wide} --ref REF --num 4", "16x8", "feature network takes 8x8")]
    [DataRow("--images TEMP/none --ref REF", "none", "no such file")]
    [DataRow("--images DATA --ref TEMP/none.npz", "none.npz", "no such file")]
    public void A_mistake_is_one_line(string command, string first, string second) =>
        _files.Run(Score + command.Replace("REF", _files.Reference())).AssertOneLine(1, first, second);

    [TestMethod]
    [DataRow("fid", "command", "ilgpu-edm fid --help")]
    [DataRow("fid calc --images x --features y", "--ref", "ilgpu-edm fid calc --help")]
    [DataRow("fid ref --data x --features y", "--out", "ilgpu-edm fid ref --help")]
    [DataRow("fid calc --images x --features y --ref z --num 1", "--num '1'", "from 2 to")]
    public void Wrong_usage_is_one_line(string command, string first, string second) =>
        Cli.Run(command.Split(' ')).AssertOneLine(2, first, second);

    [TestMethod]
    public void Mistakes_of_a_reference_are_one_line()
    {
        _files.Run("fid ref --data DATA --features CLASSIFIER --out TEMP").AssertOneLine(1, "--out", "is a folder");
        _files.Run("fid ref --data DATA --features CLASSIFIER --out TEMP/r.npz --max-images 25").AssertOneLine(1, "24 images", "25");
        _files.Run("fid ref --data DATA --features CLASSIFIER --out TEMP/r.npz --seed 2").AssertOneLine(1, "--seed", "--max-images");
        string plain = _files.File("x.safetensors");
        new SafetensorsWriter().Add("a", new float[] { 1 }).WriteTo(plain);
        _files.Run($"fid ref --data DATA --features {plain} --out TEMP/r.npz").AssertOneLine(1, plain);
        Assert.IsFalse(File.Exists(_files.File("r.npz")), "nothing was written");
    }

    [TestMethod]
    [DataRow("fid ref --data DATA --features CLASSIFIER --out TEMP/stopped.npz", "nothing was written")]
    [DataRow("fid calc --features CLASSIFIER --images OTHERS --ref DATA", "there is no score")]
    [DataRow("fid calc --features CLASSIFIER --network {plain} --num 9 --ref DATA", "there is no score")]
    public void Stopping_is_one_line(string command, string outcome)
    {
        _files.RunStopped(command).AssertOneLine(1, "stopped", outcome);
        Assert.IsFalse(File.Exists(_files.File("stopped.npz")), "nothing was written");
    }
}
