using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using NetVips;

namespace IlgpuEdm.Tests.Cli;

/// <summary>What <c>sample</c> and <c>interpolate</c> write, and what they refuse.</summary>
[TestClass]
public class SampleVerbTests
{
    private static TinySnapshots? snapshots;

    private static TinySnapshots Tiny => snapshots!;

    [ClassInitialize]
    public static void Make(TestContext _) => snapshots = new TinySnapshots();

    [ClassCleanup]
    public static void Delete() => snapshots?.Dispose();

    [TestMethod]
    public void Every_solver_draws()
    {
        foreach (string solver in ImageSamplerOptions.Solvers)
        {
            string more = solver switch
            {
                "naive" => "--sigma-min 70",
                "adaptive" => "--rtol 0.1 --atol 0.1 --sigma-min 1",
                "dpmpp-2m" => "--steps 2 --discretization ve",
                "dpmpp-2m-sde" => "--steps 2 --eta 0.5 --s-noise 1.01",
                "sde" => "--steps 2 --sde-weight 0.5",
                "heun" => "--steps 2 --alpha 0.7 --churn 2 --s-min 0.1 --s-max 50 --s-noise 1.01",
                _ => "--steps 2 --discretization vp --schedule vp --scaling vp",
            };
            Tiny.Succeed($"sample --network {{plain}} --out @{solver} --seeds 3 --solver {solver} {more}");
            Assert.AreEqual(8, Tiny.Picture(solver, "000003.png").Height, solver);
        }
    }

    [TestMethod]
    public void All_classes_make_a_labelled_data_set_and_a_grid_with_one_a_row()
    {
        Tiny.Succeed("sample --network {cond} --out @all --seeds 3-4 --class all --subdirs --steps 2 --grid @all.png --guidance 2");
        Assert.AreEqual((16, 24), (Tiny.Picture("all.png").Width, Tiny.Picture("all.png").Height), "two seeds, three classes");
        using IImageDataset data = Datasets.Open(Tiny.File("all"));
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 0, 1, 2 }, Enumerable.Range(0, 6).Select(i => data.Label(i)).ToArray(), "classes");
    }

    [TestMethod]
    public void One_class_and_random_classes_are_named_in_the_list_of_labels()
    {
        Tiny.Succeed("sample --network {cond} --out @one --seeds 3-4 --class 2 --steps 1");
        Tiny.Succeed("sample --network {cond} --out @random --seeds 3-4 --steps 1");
        Assert.AreEqual("{\"labels\":[[\"000003.png\",2],[\"000004.png\",2]]}", File.ReadAllText(Tiny.File("one", "dataset.json")), "one");
        int[] classes = [.. ClassChoice.Images(null, [3, 4], Diffusion.SamplingNetworks.Options).Select(image => image.Class!.Value)];
        Assert.AreEqual($"{{\"labels\":[[\"000003.png\",{classes[0]}],[\"000004.png\",{classes[1]}]]}}",
            File.ReadAllText(Tiny.File("random", "dataset.json")), "random");
    }

    [TestMethod]
    public void A_trajectory_is_an_animation_and_a_strip()
    {
        Tiny.Succeed("sample --network {cond} --out @drawn --seeds 0-17 --steps 4 --batch 5 --trajectory @way/way.webp");
        using Image animation = Image.NewFromBuffer(File.ReadAllBytes(Tiny.File("way", "way.webp")), "[n=-1]");
        Assert.AreEqual(4, animation.Get("n-pages"), "a frame a step");
        Assert.AreEqual((4 * 96, 4 * 96), (animation.Width, animation.PageHeight), "16 images, 12 times as large");
        DecodedImage strip = Tiny.Picture("way", "way-strip.png");
        Assert.AreEqual((4 * 96, 16 * 96), (strip.Width, strip.Height), "4 steps of 8 images, noisy and denoised");
    }

    [TestMethod]
    public void An_interpolation_is_an_animation_and_a_strip()
    {
        Tiny.Succeed("interpolate --network {cond} --out @path.webp --seeds 3,4 --frames 6 --class 1 --steps 2 --guidance 2");
        using Image animation = Image.NewFromBuffer(File.ReadAllBytes(Tiny.File("path.webp")), "[n=-1]");
        Assert.AreEqual(6, animation.Get("n-pages"), "frames");
        Assert.AreEqual((6 * 96, 96), (Tiny.Picture("path-strip.png").Width, Tiny.Picture("path-strip.png").Height), "strip");
    }

    [TestMethod]
    public void Asked_to_stop_it_writes_nothing_half()
    {
        CliResult sample = Tiny.RunStopped(
            "sample --network {cond} --out @stopped --seeds 0-3 --grid @stopped.png --trajectory @stopped.webp");
        Assert.AreEqual(0, sample.Code, sample.Error);
        StringAssert.StartsWith(sample.Output, "0 of 4 images", "stdout");
        Assert.IsEmpty(Directory.GetFiles(Tiny.File("stopped")), "images");
        Assert.IsFalse(File.Exists(Tiny.File("stopped.png")) || File.Exists(Tiny.File("stopped.webp")), "grid and trajectory");
        Tiny.RunStopped("interpolate --network {plain} --seeds 1,2 --out @stopped.webp").AssertOneLine(1, "stopped", "nothing was written");
    }

    [TestMethod]
    [DataRow("{plain} --class 1", "--class 1", "--cond")]
    [DataRow("{plain} --class all", "--class all", "--cond")]
    [DataRow("{cond} --class 3", "--class 3", "0 to 2")]
    [DataRow("{plain} --guidance 2", "--guidance", "--guide-network")]
    [DataRow("{nodrop} --guidance 2", "--guidance", "--label-dropout")]
    [DataRow("{cond} --guide-network {plain}", "--guide-network", "--guidance")]
    [DataRow("{cond} --guidance-interval 1,2", "--guidance-interval", "--guidance")]
    [DataRow("{cond} --guidance 2 --guide-network {wide}", "--guide-network", "16x8")]
    [DataRow("{cond} --guidance 2 --guide-network {two}", "--guide-network", "2 classes")]
    [DataRow("{plain} --guidance 2 --guide-network {cond}", "--guide-network", "3 classes")]
    [DataRow("{plain} --guidance 2 --guide-network @nothing", "nothing", "nothing")]
    [DataRow("{plain} --solver adaptive --steps 3", "--steps", "adaptive")]
    [DataRow("{plain} --solver adaptive --churn 3", "--churn", "adaptive")]
    [DataRow("{plain} --solver naive --steps 3", "--steps", "naive")]
    [DataRow("{plain} --rtol 0.1", "--rtol", "adaptive")]
    [DataRow("{plain} --max-evaluations 100", "--max-evaluations", "adaptive")]
    [DataRow("{plain} --solver sde --churn 3", "--churn", "sde")]
    [DataRow("{plain} --alpha 0.5 --solver euler", "--alpha", "euler")]
    [DataRow("{plain} --eta 0.5", "--eta", "dpmpp-2m-sde")]
    [DataRow("{plain} --sde-weight 0.5", "--sde-weight", "sde")]
    [DataRow("{plain} --s-min 1", "--s-min", "--churn")]
    [DataRow("{plain} --s-noise 1.1", "--s-noise", "--churn")]
    [DataRow("{plain} --sigma-min 90", "--sigma-max", "--sigma-min")]
    [DataRow("{plain} --discretization iddpm --steps 2000", "--steps 2000", "iddpm")]
    [DataRow("{plain} --solver adaptive --max-evaluations 8", "--max-evaluations", "--rtol")]
    [DataRow("{plain} --trajectory @way.png", "--trajectory", ".webp")]
    public void What_means_nothing_is_one_line_and_writes_no_image(string options, string first, string second)
    {
        Tiny.Run($"sample --seeds 0 --out @none --network {options}").AssertOneLine(1, first, second);
        Assert.IsTrue(!Directory.Exists(Tiny.File("none")) || Directory.GetFiles(Tiny.File("none")).Length == 0, "nothing was written");
    }

    [TestMethod]
    [DataRow("--seeds 3", "two seeds")]
    [DataRow("--seeds 3,4,5 --frames 2", "--frames")]
    [DataRow("--seeds 3,4 --churn 5", "--churn")]
    [DataRow("--seeds 3,4 --class all", "--class all")]
    [DataRow("--seeds 3,4 --class 1", "--cond")]
    public void An_interpolation_that_means_nothing_is_one_line(string options, string word) =>
        Tiny.Run($"interpolate --network {{plain}} --out @none.webp {options}").AssertOneLine(1, word);

    [TestMethod]
    [DataRow("--class two", "--class 'two'", "random")]
    [DataRow("--class -1", "--class '-1'", "random")]
    [DataRow("--guidance -1", "--guidance '-1'", "at least 0")]
    [DataRow("--guidance-interval 5,1", "--guidance-interval '5,1'", "0.2,5")]
    [DataRow("--guidance-interval 5", "--guidance-interval '5'", "0.2,5")]
    [DataRow("--sigma-min 0", "--sigma-min '0'", "auto")]
    [DataRow("--sigma-max x", "--sigma-max 'x'", "auto")]
    [DataRow("--churn -1", "--churn '-1'", "at least 0")]
    [DataRow("--alpha 2", "--alpha '2'", "at most 1")]
    [DataRow("--discretization cosine", "--discretization 'cosine'", "edm")]
    [DataRow("--schedule cosine", "--schedule 'cosine'", "linear")]
    [DataRow("--scaling cosine", "--scaling 'cosine'", "none")]
    [DataRow("--solver rk4", "--solver 'rk4'", "adaptive")]
    [DataRow("--s-max 0", "--s-max '0'", "above 0")]
    [DataRow("--rtol nan", "--rtol 'nan'", "at least 0")]
    [DataRow("--max-evaluations 1", "--max-evaluations '1'", "from 8")]
    public void A_value_out_of_range_is_one_line(string option, string first, string second) =>
        Tiny.Run($"sample --network x --out y {option}").AssertOneLine(2, first, second);
}
