using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class LossCurveTests
{
    [TestMethod]
    public void The_curve_is_an_image_with_a_line_and_letters_in_it()
    {
        using var temp = new TemporaryFolder();
        Assert.IsTrue(LossCurve.Write(temp.File("curve.png"), Ticks(12), "00000-fake"), "something to draw");
        DecodedImage image = ImageCodec.Default.Decode(File.ReadAllBytes(temp.File("curve.png")), "curve.png");
        Assert.AreEqual((1000, 600), (image.Width, image.Height), "size");
        int dark = Count(image, (r, g, b) => r < 100 && g < 100 && b < 100);
        int line = Count(image, (r, g, b) => b > 140 && r < 90);
        Assert.IsTrue(dark > 3_000, $"{dark} dark pixels: the axes alone have about 2,500, without letters");
        Assert.IsTrue(line > 1_000, $"{line} pixels of the line");
    }

    [TestMethod]
    public void Without_a_tick_nothing_is_drawn()
    {
        using var temp = new TemporaryFolder();
        Assert.IsFalse(LossCurve.Write(temp.File("curve.png"), [], "00000-fake"), "nothing to draw");
        Assert.IsFalse(File.Exists(temp.File("curve.png")), "no file");
    }

    private static int Count(DecodedImage image, Func<byte, byte, byte, bool> which) => Enumerable.Range(0, image.Width * image.Height)
        .Count(i => which(image.Pixels[i * 3], image.Pixels[(i * 3) + 1], image.Pixels[(i * 3) + 2]));

    private static TickRecord[] Ticks(int count) => Enumerable.Range(1, count).Select(i => new TickRecord
    {
        Images = i * 3_200,
        Steps = i * 50,
        Loss = 0.3 + (1.0 / i),
        LossBySigma = new Dictionary<string, double?>(),
        LearningRate = 1e-3,
        EmaBeta = 0.99,
        NonFiniteGradients = 0,
        ImagesPerSecond = 50,
        Seconds = 64,
        TotalSeconds = 64 * i,
        MemoryMb = 300,
    }).ToArray();
}
