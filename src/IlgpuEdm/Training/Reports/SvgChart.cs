using System.Globalization;
using System.Text;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training.Reports;

/// <summary>
/// A line chart as inline SVG of a page. Colours and fonts are the page's, so that it is readable in light and dark and needs no font of
/// the machine that writes it; the size is that at which it fills a phone, so that its letters are about as large as those around it.
/// </summary>
internal sealed record SvgChart
{
    /// <summary>Width of the drawing in its own units.</summary>
    public const int Width = 440;

    /// <summary>Height of the drawing in its own units.</summary>
    public const int Height = 290;

    private const int Left = 60;
    private const int Right = Width - 22;
    private const int Top = 36;
    private const int Bottom = Height - 46;
    private const int XTicks = 6;
    private const int YTicks = 6;

    // Where there are few points each is marked: a line alone hides how little it is made of.
    private const int MostMarks = 60;

    /// <summary>What the chart shows.</summary>
    public required string Title { get; init; }

    /// <summary>What is from left to right, with its unit.</summary>
    public required string XName { get; init; }

    /// <summary>What is from bottom to top, with its unit.</summary>
    public required string YName { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Whether the x axis is logarithmic.</summary>
    public bool LogarithmicX { get; init; }

    /// <summary>Whether the y axis is logarithmic.</summary>
    public bool LogarithmicY { get; init; }

    /// <summary>A sentence below the chart; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>The chart as a <c>figure</c> element; empty where no series has a point that can be drawn.</summary>
    public string ToHtml()
    {
        ChartSeries[] drawn =
            [.. Series.Select(series => series.Drawable(LogarithmicX, LogarithmicY)).Where(series => series.Points.Count > 0)];
        if (drawn.Length == 0)
        {
            return "";
        }

        double[] xs = [.. drawn.SelectMany(series => series.Points).Select(point => point.X)];
        double[] ys = [.. drawn.SelectMany(series => series.Points).Select(point => point.Y)];
        ChartAxis x = LogarithmicX ? ChartAxis.Logarithmic(xs, XTicks) : ChartAxis.Tight(xs, XTicks);
        ChartAxis y = LogarithmicY ? ChartAxis.Logarithmic(ys, YTicks) : ChartAxis.FromZero(ys, YTicks);
        var html = new StringBuilder();
        html.Append($"<figure class=\"chart\"><figcaption><h3>{HtmlPage.Escape(Title)}</h3></figcaption>\n");
        html.Append($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlPage.Escape(Summary(drawn))}\" {Data(x, y)}>\n");
        Frame(html, x, y);
        foreach (ChartSeries series in drawn)
        {
            Line(html, series, x, y);
        }

        html.Append("</svg>\n<p class=\"readout\" aria-hidden=\"true\"></p>\n");
        Legend(html, drawn);
        html.Append(Note.Length > 0 ? $"<p class=\"note\">{HtmlPage.Escape(Note)}</p>\n" : "");
        return html.Append("</figure>\n").ToString();
    }

    // The script finds values again from places, for the point under a finger.
    private static string Data(ChartAxis x, ChartAxis y) => string.Create(CultureInfo.InvariantCulture,
        $"data-area=\"{Left} {Right} {Top} {Bottom}\" data-x=\"{x.Low:R} {x.High:R} {(x.IsLogarithmic ? 1 : 0)}\" ")
        + string.Create(CultureInfo.InvariantCulture, $"data-y=\"{y.Low:R} {y.High:R} {(y.IsLogarithmic ? 1 : 0)}\"");

    private string Summary(ChartSeries[] drawn) => $"{Title}: " + string.Join("; ", drawn.Select(series =>
        $"{(series.Name.Length > 0 ? series.Name + " " : "")}from {NumberText.Short(series.Points[0].Y)} "
        + $"to {NumberText.Short(series.Points[^1].Y)}"));

    private void Frame(StringBuilder html, ChartAxis x, ChartAxis y)
    {
        foreach (double tick in y.Ticks)
        {
            string at = Number(YOf(y, tick));
            html.Append($"<path class=\"rule\" d=\"M{Left} {at}H{Right}\"/>");
            html.Append($"<text class=\"tick\" x=\"{Left - 7}\" y=\"{at}\" dy=\".35em\" text-anchor=\"end\">")
                .Append($"{NumberText.Short(tick)}</text>\n");
        }

        foreach (double tick in x.Ticks)
        {
            string at = Number(XOf(x, tick));
            html.Append($"<path class=\"rule\" d=\"M{at} {Bottom}v5\"/>");
            html.Append($"<text class=\"tick\" x=\"{at}\" y=\"{Bottom + 20}\" text-anchor=\"middle\">{NumberText.Short(tick)}</text>\n");
        }

        html.Append($"<path class=\"axis\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/>\n");
        html.Append($"<text class=\"name\" x=\"2\" y=\"16\">{HtmlPage.Escape(YName)}</text>\n");
        html.Append($"<text class=\"name\" x=\"{(Left + Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">")
            .Append($"{HtmlPage.Escape(XName)}</text>\n");
    }

    private static void Line(StringBuilder html, ChartSeries series, ChartAxis x, ChartAxis y)
    {
        string[] points = [.. series.Points.Select(point => $"{Number(XOf(x, point.X))} {Number(YOf(y, point.Y))}")];
        string style = $"style=\"stroke:{series.Colour}\"";
        if (points.Length <= MostMarks)
        {
            html.Append($"<path class=\"marks\" {style} d=\"{string.Concat(points.Select(point => $"M{point}h0"))}\"/>\n");
        }

        html.Append($"<path class=\"line\" {style} data-name=\"{HtmlPage.Escape(series.Name)}\" d=\"M{string.Join('L', points)}\"/>\n");
    }

    private static void Legend(StringBuilder html, ChartSeries[] drawn)
    {
        if (drawn.Any(series => series.Name.Length > 0))
        {
            html.Append("<ul class=\"legend\">")
                .AppendJoin("", drawn.Select(
                    series => $"<li><i style=\"background:{series.Colour}\"></i>{HtmlPage.Escape(series.Name)}</li>"))
                .Append("</ul>\n");
        }
    }

    private static double XOf(ChartAxis axis, double value) => Left + (axis.Position(value) * (Right - Left));

    private static double YOf(ChartAxis axis, double value) => Bottom - (axis.Position(value) * (Bottom - Top));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
