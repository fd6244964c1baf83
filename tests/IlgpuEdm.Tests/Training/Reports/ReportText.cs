using System.Globalization;
using System.Text.RegularExpressions;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training.Reports;

/// <summary>Reads numbers back from the page of a report.</summary>
internal static partial class ReportText
{
    /// <summary>
    /// Asserts that a line of a chart goes through the ticks. Places in the drawing have two decimals, so values come back to a part in
    /// some thousands of the axis.
    /// </summary>
    public static void AssertCurve(string page, string title, IReadOnlyList<TickRecord> ticks, Func<TickRecord, double> x,
        Func<TickRecord, double> y, string name = "")
    {
        (double X, double Y)[] points = Points(Chart(page, title), name);
        Assert.HasCount(ticks.Count, points, $"points of {title} {name}");
        double width = points.Max(point => point.X);
        double height = ticks.Max(y);
        for (int i = 0; i < points.Length; i++)
        {
            Assert.AreEqual(x(ticks[i]), points[i].X, width * 1e-4, $"{title} {name}: x of tick {i}");
            Assert.AreEqual(y(ticks[i]), points[i].Y, height * 1e-3, $"{title} {name}: y of tick {i}");
        }
    }

    /// <summary>The chart of a title.</summary>
    public static string Chart(string page, string title) => Regex
        .Matches(page, "<figure class=\"chart\">.*?</figure>", RegexOptions.Singleline)
        .Select(match => match.Value).Single(chart => chart.Contains($"<h3>{title}</h3>", StringComparison.Ordinal));

    /// <summary>The points of a line of a chart, in its values.</summary>
    public static (double X, double Y)[] Points(string chart, string name)
    {
        double[] area = Numbers(Regex.Match(chart, "data-area=\"([^\"]*)\"").Groups[1].Value);
        double[] x = Numbers(Regex.Match(chart, "data-x=\"([^\"]*)\"").Groups[1].Value);
        double[] y = Numbers(Regex.Match(chart, "data-y=\"([^\"]*)\"").Groups[1].Value);
        string path = Lines().Matches(chart).Single(line => line.Groups["name"].Value == name).Groups["path"].Value;
        return [.. path.Split('L').Select(Numbers).Select(at =>
            (Value(x, (at[0] - area[0]) / (area[1] - area[0])), Value(y, (area[3] - at[1]) / (area[3] - area[2]))))];

        static double Value(double[] axis, double share) =>
            axis[2] == 1 ? axis[0] * Math.Pow(axis[1] / axis[0], share) : axis[0] + (share * (axis[1] - axis[0]));
    }

    private static double[] Numbers(string text) =>
        [.. text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>What the slider goes through: the images of each grid.</summary>
    public static long[] Moments(string page)
    {
        long[] moments = [.. Numbers(Regex.Match(page, "data-moments=\"([^\"]*)\"").Groups[1].Value).Select(moment => (long)moment)];
        StringAssert.Contains(page, $"min=\"0\" max=\"{moments.Length - 1}\" value=\"{moments.Length - 1}\"", "the slider has them all");
        return moments;
    }

    /// <summary>The lines of charts.</summary>
    [GeneratedRegex("<path class=\"line\" style=\"[^\"]*\" data-name=\"(?<name>[^\"]*)\" d=\"M(?<path>[^\"]*)\"/>")]
    public static partial Regex Lines();

    /// <summary>Pictures that hold something.</summary>
    [GeneratedRegex("<img[^>]* src=\"data:image/png;base64,[A-Za-z0-9+/=]{50,}\">")]
    public static partial Regex Pictures();
}
