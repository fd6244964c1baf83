using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class SampleFolderTests
{
    private static readonly SongUNetOptions Network = new() { Height = 4, Width = 4, ImageChannels = 1 };

    private static readonly SongUNetOptions Conditional = Network with { LabelDim = 4 };

    [TestMethod]
    public void Each_seed_is_a_file_with_its_image()
    {
        using var temp = new TemporaryFolder();
        int written = SampleFolder.Write(Draw, Network, Seeds(0, 7, 1234567), batch: 2, new SampleTarget(temp.Path));
        Assert.AreEqual(3, written, "images");
        foreach ((string name, byte value) in new[] { ("000000.png", (byte)0), ("000007.png", (byte)7), ("1234567.png", (byte)135) })
        {
            Assert.AreEqual(value, ImageCodec.Default.Decode(File.ReadAllBytes(temp.File(name)), name).Pixels[5], name);
        }
    }

    [TestMethod]
    public void Subfolders_hold_a_thousand_seeds() => Assert.AreEqual(
        Path.Combine("out", "012000", "012345.png"),
        SampleFolder.PathOf(new SampleTarget("out", Subfolders: true), new ImageSeed(12345)), "seed 12345");

    [TestMethod]
    public void The_grid_holds_all_images_side_by_side()
    {
        using var temp = new TemporaryFolder();
        SampleFolder.Write(
            Draw, Network, Seeds(1, 2, 3, 4, 5), batch: 2, new SampleTarget(temp.Path, Grid: temp.File("grid", "all.png")));
        DecodedImage grid = ImageCodec.Default.Decode(File.ReadAllBytes(temp.File("grid", "all.png")), "all.png");
        Assert.AreEqual((12, 8), (grid.Width, grid.Height), "three columns, two rows");
        Assert.AreEqual(5, grid.Pixels[(4 * 12) + 4], "the second row begins with seeds 4 and 5");
    }

    [TestMethod]
    public void Asked_to_stop_it_ends_after_the_images_at_hand()
    {
        using var temp = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        int written = SampleFolder.Write(Draw, Network, Seeds(1, 2, 3, 4), batch: 2, new SampleTarget(temp.Path),
            onProgress: _ => stop.Cancel(), stop: stop.Token);
        Assert.AreEqual(2, written, "one batch");
    }

    [TestMethod]
    public void A_folder_that_cannot_be_written_is_one_clear_line()
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp.File("file"), "");
        OneClearLine.Of(() => SampleFolder.Write(Draw, Network, Seeds(1), 1, new SampleTarget(temp.File("file") + "/in")), "file", "--out");
    }

    [TestMethod]
    [DataRow("grid.jpg", ".png")]
    [DataRow("file/grid.png", "is a file")]
    [DataRow("folder.png", "PNG file")]
    public void A_grid_that_cannot_be_written_is_refused_before_anything_is_drawn(string grid, string word)
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp.File("file"), "");
        Directory.CreateDirectory(temp.File("folder.png"));
        OneClearLine.Of(() => SampleFolder.Write(_ => throw new InvalidOperationException("drawn"), Network, Seeds(1), 1,
            new SampleTarget(temp.File("out"), Grid: Path.Combine(temp.Path, grid))), "--grid", word);
    }

    [TestMethod]
    public void Asked_to_stop_while_drawing_it_leaves_what_was_whole()
    {
        using var temp = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        int calls = 0;
        int written = SampleFolder.Write(Interrupted, Conditional, [.. Seeds(1, 2, 3, 4).Select(s => s with { Class = 1 })], batch: 2,
            new SampleTarget(temp.Path, Grid: temp.File("grid", "all.png")), stop: stop.Token);
        Assert.AreEqual(2, written, "the first batch");
        Assert.IsFalse(File.Exists(temp.File("grid", "all.png")), "no grid of half of them");
        using IImageDataset data = Datasets.Open(temp.Path);
        Assert.AreEqual(2, data.Count, "labels of what was written");

        byte[][] Interrupted(IReadOnlyList<ImageSeed> images)
        {
            if (++calls == 2)
            {
                stop.Cancel();
                stop.Token.ThrowIfCancellationRequested();
            }

            return Draw(images);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_folder_of_labelled_images_opens_as_a_data_set(bool subfolders)
    {
        using var temp = new TemporaryFolder();
        ImageSeed[] first = [new(5, 2), new(1005, 0), new(2007, 3)];
        ImageSeed[] later = [new(6, 1), new(5, 3)];
        SampleFolder.Write(Draw, Conditional, first, batch: 2, new SampleTarget(temp.Path, subfolders));
        SampleFolder.Write(Draw, Conditional, later, batch: 2, new SampleTarget(temp.Path, subfolders));
        using IImageDataset data = Datasets.Open(temp.Path);
        int[] labels = [.. Enumerable.Range(0, (int)data.Count).Select(i => data.Label(i))];
        CollectionAssert.AreEqual(new[] { 3, 1, 0, 3 }, labels, "seeds 5 (drawn again), 6, 1005 and 2007");
        string json = File.ReadAllText(temp.File("dataset.json"));
        StringAssert.StartsWith(json, $"{{\"labels\":[[\"{(subfolders ? "000000/" : "")}000005.png\",3],", "layout");
    }

    [TestMethod]
    public void Numbered_subfolders_of_images_without_classes_are_no_classes()
    {
        using var temp = new TemporaryFolder();
        SampleFolder.Write(Draw, Network, Seeds(5, 1005), batch: 2, new SampleTarget(temp.Path, Subfolders: true));
        using IImageDataset data = Datasets.Open(temp.Path);
        Assert.AreEqual((2L, 0), (data.Count, data.LabelDim), "images and classes");
    }

    [TestMethod]
    public void Of_all_classes_names_say_the_class_and_the_grid_has_one_a_row()
    {
        using var temp = new TemporaryFolder();
        IReadOnlyList<ImageSeed> images = ClassChoice.Images(ClassChoice.All, [10, 20], Conditional);
        SampleFolder.Write(Draw, Conditional, images, batch: 3, new SampleTarget(temp.Path, Grid: temp.File("grid.png"), AllClasses: true));
        DecodedImage grid = ImageCodec.Default.Decode(File.ReadAllBytes(temp.File("grid.png")), "grid.png");
        Assert.AreEqual((8, 16), (grid.Width, grid.Height), "a column a seed, a row a class");
        byte[] corners = [.. Enumerable.Range(0, 8).Select(i => grid.Pixels[(i / 2 * 4 * 8) + (i % 2 * 4)])];
        CollectionAssert.AreEqual(new byte[] { 10, 20, 11, 21, 12, 22, 13, 23 }, corners, "seed + class");
        File.Delete(temp.File("grid.png"));
        using IImageDataset data = Datasets.Open(temp.Path);
        CollectionAssert.AreEqual(
            new[] { 0, 1, 2, 3, 0, 1, 2, 3 }, Enumerable.Range(0, 8).Select(i => data.Label(i)).ToArray(), "000010-class0.png and so on");
    }

    [TestMethod]
    public void A_file_of_labels_that_is_another_is_one_clear_line()
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp.File("dataset.json"), "{\"labels\":[1]}");
        OneClearLine.Of(() => SampleFolder.Write(Draw, Conditional, Seeds(1), 1, new SampleTarget(temp.Path)), "dataset.json", "--out");
    }

    private static ImageSeed[] Seeds(params ulong[] seeds) => [.. seeds.Select(seed => new ImageSeed(seed))];

    private static byte[][] Draw(IReadOnlyList<ImageSeed> images) =>
        images.Select(image => Enumerable.Repeat((byte)(image.Seed + (ulong)(image.Class ?? 0)), 16).ToArray()).ToArray();
}
