using System.Text;
using System.Xml.Linq;
using IlgpuEdm.Figures;
using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Tests.Plots;

/// <summary>What all figures are drawn with.</summary>
[TestClass]
public class DrawingTests
{
    [TestMethod]
    public void APictureHasItsPanelsSideBySide()
    {
        Panel[] panels = [Panel("a"), Panel("b"), Panel("c") with { Height = 200 }];
        DecodedImage picture = ImageCodec.Default.Decode(PanelGrid.ToPng(panels, columns: 2, scale: 2), "picture");
        Assert.AreEqual((2 * 880, 2 * 520), (picture.Width, picture.Height));
        Assert.AreEqual((880, 640), Size(panels[0].ToPng()));

        // No panel wipes another: each has dark axes and letters.
        foreach ((int left, int top) in new[] { (0, 0), (880, 0), (0, 640) })
        {
            IEnumerable<int> rows = Enumerable.Range(top, 400);
            Assert.IsTrue(rows.Any(y => Enumerable.Range(left, 880).Any(x => picture.Pixels[(y * 1760 + x) * 3] < 100)));
        }

        static (int, int) Size(byte[] png) => ImageCodec.Default.Decode(png, "panel") is var image ? (image.Width, image.Height) : default;
    }

    [TestMethod]
    public void LettersAreThereWithoutAFontOfTheMachine()
    {
        // The same plot with and without a word differs where the word stands.
        byte[] with = ImageCodec.Default.Decode(Panel("sigma").ToPng(), "with").Pixels;
        byte[] without = ImageCodec.Default.Decode(Panel("").ToPng(), "without").Pixels;
        Assert.IsGreaterThan(200, with.Zip(without).Count(pair => pair.First != pair.Second));
    }

    [TestMethod]
    public void AnSvgScalesAndItsLettersAreText()
    {
        string svg = Encoding.UTF8.GetString(PanelGrid.ToSvg([Panel("noise level σ"), Panel("b")], columns: 2));
        XElement root = XDocument.Parse(svg).Root!;
        Assert.AreEqual("0 0 880 320", (string?)root.Attribute("viewBox"));
        string[] texts = [.. root.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim())];
        CollectionAssert.Contains(texts, "noise level σ");
        StringAssert.Contains(svg, FigureFont.Name);
    }

    [TestMethod]
    public void AFilmShowsItsFramesInTurn()
    {
        byte[] webp = new Film(Enumerable.Range(0, 3).Select(i => (Panel($"frame {i}"), 100))).ToWebP();
        Assert.AreEqual(3, NetVips.Image.NewFromBuffer(webp, kwargs: new NetVips.VOption { { "n", -1 } }).Get("n-pages"));
    }

    [TestMethod]
    [DataRow(-2.7, 1.9, 400, "0.01 0.1 1 10")]
    [DataRow(-2.0, 2.0, 400, "0.01 0.1 1 10 100")]
    [DataRow(-12.0, 0.0, 200, "1e-12 1e-9 1e-6 0.001 1")]
    public void LogarithmicAxesHavePowersOfTen(double low, double high, int pixels, string labels)
    {
        var ticks = new DecadeTicks();
        using Paint paint = Paint.NewDisposablePaint();
        ticks.Regenerate(new CoordinateRange(low, high), Edge.Bottom, new PixelLength(pixels), paint, new LabelStyle());
        Assert.AreEqual(labels, string.Join(' ', ticks.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label)));
        Assert.IsTrue(ticks.Ticks.All(tick => tick.Position >= low - 1e-6 && tick.Position <= high + 1e-6));
    }

    private static Panel Panel(string name)
    {
        Plot plot = FigureStyle.Plot(name, "density", "A plot");
        for (int k = 0; k < 4; k++)
        {
            int line = k;
            var curve = plot.Add.Scatter(Generate.Consecutive(50), [.. Enumerable.Range(0, 50).Select(i => Math.Sin((i + line) / 10.0))]);
            curve.Color = FigureStyle.Colours[k];
            curve.MarkerSize = 0;
            curve.LegendText = $"line number {k}";
        }

        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "four lines");
    }
}
