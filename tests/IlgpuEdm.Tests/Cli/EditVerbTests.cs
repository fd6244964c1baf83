using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Cli;

/// <summary>What <c>edit</c> writes, and what it refuses.</summary>
[TestClass]
public class EditVerbTests
{
    private static TinySnapshots? snapshots;

    private static TinySnapshots Tiny => snapshots!;

    [ClassInitialize]
    public static void Make(TestContext _) => snapshots = new TinySnapshots();

    [ClassCleanup]
    public static void Delete() => snapshots?.Dispose();

    [TestMethod]
    [DataRow("--mask @right.png", "file")]
    [DataRow("--mask-box 4,0,4,8", "box")]
    public void A_mask_keeps_what_is_known_byte_for_byte(string mask, string folder)
    {
        Tiny.Succeed($"edit --network {{cond}} --image @images --out @{folder} {mask} --repeats 1 --steps 2 --seeds 5,6 "
            + $"--grid @{folder}.png");
        foreach (string name in new[] { "0", "1" })
        {
            byte[] source = Tiny.Picture("images", name + ".png").Pixels;
            byte[] edited = Tiny.Picture(folder, name + "-000005.png").Pixels;
            CollectionAssert.AreEqual(Left(source), Left(edited), "the known half");
            CollectionAssert.AreNotEqual(source, edited, "the other one is new");
        }

        DecodedImage grid = Tiny.Picture(folder + ".png");
        Assert.AreEqual((4 * 8, 2 * 8), (grid.Width, grid.Height), "image, what is known, two results; two rows");
    }

    [TestMethod]
    public void Without_a_mask_images_are_varied()
    {
        Tiny.Succeed("edit --network {cond} --image @images/0.png --out @varied --sigma-start 0.5 --class all --steps 2 "
            + "--grid @varied.png");
        CollectionAssert.AreEqual(
            new[] { "0-000000-class0.png", "0-000000-class1.png", "0-000000-class2.png" },
            Directory.GetFiles(Tiny.File("varied")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray(),
            "files");
        Assert.AreEqual(4 * 8, Tiny.Picture("varied.png").Width, "image and three results");
    }

    [TestMethod]
    public void A_mask_file_and_the_same_box_give_the_same()
    {
        Tiny.Succeed("edit --network {plain} --image @images/1.png --out @a --mask @right.png --steps 2");
        Tiny.Succeed("edit --network {plain} --image @images/1.png --out @b --mask-box 4,0,4,8 --steps 2 --batch 1");
        CollectionAssert.AreEqual(File.ReadAllBytes(Tiny.File("a", "1-000000.png")), File.ReadAllBytes(Tiny.File("b", "1-000000.png")));
    }

    [TestMethod]
    [DataRow("--image @low.png", "8x6", "8x8")]
    [DataRow("--image @colour.png", "3 channels", "1 channel")]
    [DataRow("--image @nothing.png", "nothing.png", "not found")]
    [DataRow("--image @empty", "empty", "no image")]
    [DataRow("--image @images/dataset.json", "dataset.json", "PNG")]
    [DataRow("--image @images --mask @low.png", "--mask", "8x6")]
    [DataRow("--image @images --mask @black.png", "--mask", "white")]
    [DataRow("--image @images --mask @right.png --mask-box 0,0,1,1", "--mask-box", "exclude")]
    [DataRow("--image @images --mask-box 4,4,4,5", "--mask-box 4,4,4,5", "8x8")]
    [DataRow("--image @images --mask-box 4,4,4,4 --sigma-start 1", "--sigma-start", "mask")]
    [DataRow("--image @images --mask-box 4,4,4,4 --churn 1", "--churn", "heun")]
    [DataRow("--image @images --mask-box 4,4,4,4 --solver adaptive", "--solver", "heun")]
    [DataRow("--image @images --repeats 2", "--repeats", "--mask")]
    [DataRow("--image @images --sigma-start 0.001", "--sigma-start", "0.002")]
    [DataRow("--image @images --class 1", "--class 1", "--cond")]
    public void What_means_nothing_is_one_line(string options, string first, string second) =>
        Tiny.Run($"edit --network {{plain}} --out @none {options}").AssertOneLine(1, first, second);

    [TestMethod]
    [DataRow("--mask-box 1,2,3", "--mask-box '1,2,3'")]
    [DataRow("--mask-box 1,2,0,3", "--mask-box '1,2,0,3'")]
    [DataRow("--sigma-start 0", "--sigma-start '0'")]
    [DataRow("--repeats -1", "--repeats '-1'")]
    public void A_value_out_of_range_is_one_line(string option, string word) =>
        Tiny.Run($"edit --network x --image y --out z {option}").AssertOneLine(2, word);

    [TestMethod]
    public void Asked_to_stop_it_writes_nothing_half()
    {
        CliResult result = Tiny.RunStopped("edit --network {plain} --image @images --out @stopped --grid @stopped.png");
        Assert.AreEqual(0, result.Code, result.Error);
        StringAssert.StartsWith(result.Output, "0 of 2 images", "stdout");
        Assert.IsFalse(File.Exists(Tiny.File("stopped.png")), "no grid");
    }

    private static byte[] Left(byte[] pixels) => [.. pixels.Where((_, j) => j % 8 < 4)];
}
