using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Tests.Training.Reports;

/// <summary>The report in a browser: at the width of a phone and of a screen, light and dark.</summary>
[TestClass]
public class ReportPageTests
{
    [TestMethod]
    public void It_fits_a_phone_and_a_screen_without_an_error_or_a_request()
    {
        using var temp = new TemporaryFolder();
        string long1 = ReportRuns.Trained(temp.File("a"), ticks: 3_000, score: true);
        string long2 = ReportRuns.Trained(temp.File("b"), ticks: 9, score: false);
        RunReport.Write(temp.File("one.html"), [long1]);
        RunReport.Write(temp.File("two.html"), [long1, long2]);
        using HeadlessBrowser browser = HeadlessBrowser.Start();
        foreach (string page in new[] { "one.html", "two.html" })
        {
            foreach ((int width, bool dark) in new[] { (390, false), (1280, true) })
            {
                browser.Open(temp.File(page), width, dark);
                Assert.AreEqual(width.ToString(), browser.Evaluate("innerWidth"), $"{page}: its width is the screen's");
                Assert.AreEqual("", browser.BeyondThePage(), $"{page} at {width}");
                Assert.AreEqual("", browser.MisplacedLabels(), $"{page} at {width}");
                Assert.AreEqual(dark ? "rgb(18, 20, 23)" : "rgb(251, 251, 250)",
                    browser.Evaluate("getComputedStyle(document.body).backgroundColor"), $"{page}: light or dark");
                browser.Keep($"{Path.GetFileNameWithoutExtension(page)}-{width}.png");
            }
        }

        Assert.IsEmpty(browser.Problems, string.Join('\n', browser.Problems));
        Assert.IsEmpty(browser.Requests, string.Join('\n', browser.Requests));
    }

    [TestMethod]
    public void The_slider_shows_each_grid_and_a_finger_each_value()
    {
        using var temp = new TemporaryFolder();
        string run = ReportRuns.Trained(temp.Path, ticks: 9, score: false);
        string page = temp.File("page.html");
        RunReport.Write(page, [run]);
        using HeadlessBrowser browser = HeadlessBrowser.Start();
        browser.Open(page, 390, dark: false);
        const string Shown = "[...document.querySelectorAll('.grid img:not([hidden])')].map(i => i.dataset.images).join()";
        Assert.AreEqual("400", browser.Evaluate(Shown), "the last at first");
        int i = 0;
        foreach (RunGrid grid in RunGrid.Find(run))
        {
            browser.Evaluate($"(s => {{ s.value = {i++}; s.dispatchEvent(new Event('input')); }})"
                + "(document.querySelector('.slider input'))");
            Assert.AreEqual($"{grid.Images}", browser.Evaluate(Shown), "after a move");
            Assert.AreEqual("true", browser.Evaluate("document.querySelector('.grid img:not([hidden])').naturalWidth > 0"), "a picture");
        }

        Assert.IsGreaterThan(1, i, "grids");
        browser.Evaluate("""
            (svg => { const b = svg.getBoundingClientRect();
              svg.dispatchEvent(new PointerEvent('pointermove', { clientX: b.right, clientY: b.top + b.height / 2 })); })
            (document.querySelector('svg'))
            """);
        string last = NumberText.Short(StatisticsFiles.Read(run).Ticks[^1].Images);
        StringAssert.StartsWith(browser.Evaluate("document.querySelector('.readout').textContent"), $"at {last}: 0.", "the last tick");
        Assert.IsEmpty(browser.Problems, string.Join('\n', browser.Problems));
    }
}
