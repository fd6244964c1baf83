using System.Text;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Figures;
using IlgpuEdm.Plots;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Figures;

/// <summary>All figures and their page, on a small data set.</summary>
[TestClass]
public class ExplanationTests
{
    [TestMethod]
    [TestCategory("Slow")]
    public void ThePageFitsAPhoneAndAScreenAndNoLabelTouchesAnother()
    {
        using var folder = new TemporaryFolder();
        using var data = new ProceduralShapes(16, 16, count: 300);
        var labels = new StringBuilder("<!DOCTYPE html><meta charset=\"utf-8\"><body style=\"margin:0\">");
        using (var explanation = new Explanation(new DeviceRequest("cpu"), data, new ExplainRequest { Folder = folder.Path })
        {
            OnFigure = figure => AddLabels(labels, figure),
        })
        {
            Assert.AreEqual(folder.File(Explanation.PageName), explanation.Write(default));
        }

        RequireFiles(folder.Path);
        File.WriteAllText(folder.File("labels.html"), labels.ToString());
        using HeadlessBrowser browser = HeadlessBrowser.Start();
        browser.Open(folder.File("labels.html"), 1280, dark: false);
        Assert.AreEqual("", browser.MisplacedLabels(), "labels of the panels");
        Assert.IsGreaterThan(200, int.Parse(browser.Evaluate("document.querySelectorAll('svg text').length")), "labels");
        foreach ((int width, bool dark) in new[] { (390, false), (390, true), (1280, false), (1280, true) })
        {
            browser.Open(folder.File(Explanation.PageName), width, dark);
            Assert.AreEqual($"{width}", browser.Evaluate("innerWidth"), "the page is as wide as the screen");
            Assert.AreEqual("", browser.BeyondThePage(), $"at {width}");
            Assert.AreEqual("14", browser.Evaluate("document.querySelectorAll('section').length"));
            Assert.AreEqual("true", browser.Evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0 && i.alt)"));

            // Letters are drawn for panels of 440 pixels: on a phone they must not be much smaller than there.
            Assert.AreEqual("true", browser.Evaluate("[...document.images].every(i => i.getBoundingClientRect().width >= 340)"));
            browser.Keep($"explain-{width}-{(dark ? "dark" : "light")}.png");
        }

        Assert.IsEmpty(browser.Problems, string.Join('\n', browser.Problems));
        Assert.IsEmpty(browser.Requests, string.Join('\n', browser.Requests));
    }

    /// <summary>Asserts that every figure and the page are there.</summary>
    internal static void RequireFiles(string folder)
    {
        string[] numbers = [.. Enumerable.Range(1, Explanation.Count).Select(i => $"{i:00}")];
        foreach (string kind in new[] { "png", "svg" })
        {
            CollectionAssert.AreEqual(numbers, Directory.GetFiles(folder, $"*.{kind}").Select(file => Path.GetFileName(file)[..2])
                .Order(StringComparer.Ordinal).ToArray(), kind);
        }

        Assert.IsGreaterThanOrEqualTo(5, Directory.GetFiles(folder, "*.webp").Length, "films");
        Assert.IsTrue(File.Exists(Path.Combine(folder, Explanation.PageName)));
    }

    // Each panel by itself, so that what sticks out of one is not hidden in the next.
    private static void AddLabels(StringBuilder page, Figure figure)
    {
        Assert.IsNotEmpty(figure.Text);
        Assert.IsTrue(figure.Text.All(paragraph => paragraph.Length > 40), figure.Name);
        foreach (Panel panel in figure.Draw())
        {
            Assert.IsGreaterThan(20, panel.Description.Length, figure.Name);
            string svg = Encoding.UTF8.GetString(PanelGrid.ToSvg([panel], columns: 1));
            svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
            page.Append($"<div class=\"{figure.FileName}\">{svg}</div>\n");
        }
    }
}
