using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class SampleFolderTests
{
    private static readonly SongUNetOptions Network = new() { Height = 4, Width = 4, ImageChannels = 1 };

    [TestMethod]
    public void Each_seed_is_a_file_with_its_image()
    {
        using var temp = new TemporaryFolder();
        int written = SampleFolder.Write(Draw, Network, [0, 7, 1234567], batch: 2, temp.Path);
        Assert.AreEqual(3, written, "images");
        foreach ((string name, byte value) in new[] { ("000000.png", (byte)0), ("000007.png", (byte)7), ("1234567.png", (byte)135) })
        {
            Assert.AreEqual(value, ImageCodec.Default.Decode(File.ReadAllBytes(temp.File(name)), name).Pixels[5], name);
        }
    }

    [TestMethod]
    public void Subfolders_hold_a_thousand_seeds() => Assert.AreEqual(
        Path.Combine("out", "012000", "012345.png"), SampleFolder.PathOf("out", 12345, subfolders: true), "seed 12345");

    [TestMethod]
    public void The_grid_holds_all_images_side_by_side()
    {
        using var temp = new TemporaryFolder();
        SampleFolder.Write(Draw, Network, [1, 2, 3, 4, 5], batch: 2, temp.Path, grid: temp.File("grid", "all.png"));
        DecodedImage grid = ImageCodec.Default.Decode(File.ReadAllBytes(temp.File("grid", "all.png")), "all.png");
        Assert.AreEqual((12, 8), (grid.Width, grid.Height), "three columns, two rows");
        Assert.AreEqual(5, grid.Pixels[(4 * 12) + 4], "the second row begins with seeds 4 and 5");
    }

    [TestMethod]
    public void Asked_to_stop_it_ends_after_the_images_at_hand()
    {
        using var temp = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        int written = SampleFolder.Write(Draw, Network, [1, 2, 3, 4], batch: 2, temp.Path,
            onProgress: _ => stop.Cancel(), stop: stop.Token);
        Assert.AreEqual(2, written, "one batch");
    }

    [TestMethod]
    public void A_folder_that_cannot_be_written_is_one_clear_line()
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp.File("file"), "");
        OneClearLine.Of(() => SampleFolder.Write(Draw, Network, [1], 1, temp.File("file") + "/in"), "file", "--out");
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
        OneClearLine.Of(() => SampleFolder.Write(_ => throw new InvalidOperationException("drawn"), Network, [1], 1, temp.File("out"),
            grid: Path.Combine(temp.Path, grid)), "--grid", word);
    }

    private static byte[][] Draw(IReadOnlyList<ulong> seeds) =>
        seeds.Select(seed => Enumerable.Repeat((byte)seed, 16).ToArray()).ToArray();
}
