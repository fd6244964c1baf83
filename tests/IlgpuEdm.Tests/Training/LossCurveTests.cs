using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class LossCurveTests
{
    [TestMethod]
    public void The_curve_is_an_image_with_a_line_in_it()
    {
        DecodedImage image = Drawn("00000-fake");
        Assert.AreEqual((1000, 600), (image.Width, image.Height), "size");
        int line = Count(image, (r, g, b) => b > 140 && r < 90);
        Assert.IsGreaterThan(1_000, line, "pixels of the line");
    }

    [TestMethod]
    public void It_has_a_title()
    {
        Assert.IsLessThan(100, InTitle(Drawn("")), "without one, the axis alone");
        Assert.IsGreaterThan(300, InTitle(Drawn("00000-fashion-mnist-uncond-ddpmpp")), "dark pixels above the curve");

        static int InTitle(DecodedImage image) => Count(image with { Height = 40 }, Dark);
    }

    [TestMethod]
    public void There_is_room_above_the_highest_loss()
    {
        Assert.AreEqual(1.43, LossCurve.Top(Ticks(3)), 1e-12, "a tenth of the highest, 1.3");
        Assert.AreEqual(1, LossCurve.Top([Ticks(1)[0] with { Loss = 0 }]), "where all losses are 0");
    }

    [TestMethod]
    public void Without_a_tick_nothing_is_drawn()
    {
        using var temp = new TemporaryFolder();
        Assert.IsFalse(LossCurve.Write(temp.File("curve.png"), [], "00000-fake"), "nothing to draw");
        Assert.IsFalse(File.Exists(temp.File("curve.png")), "no file");
    }

    private static bool Dark(byte r, byte g, byte b) => r < 100 && g < 100 && b < 100;

    private static DecodedImage Drawn(string title)
    {
        using var temp = new TemporaryFolder();
        Assert.IsTrue(LossCurve.Write(temp.File("curve.png"), Ticks(12), title), "something to draw");
        return ImageCodec.Default.Decode(File.ReadAllBytes(temp.File("curve.png")), "curve.png");
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
