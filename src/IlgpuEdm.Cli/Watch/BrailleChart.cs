using System.Globalization;

namespace IlgpuEdm.Cli.Watch;

/// <summary>A curve of braille dots, two by four to a character.</summary>
internal static class BrailleChart
{
    private const int DotsAcross = 2;
    private const int DotsDown = 4;
    private const int LabelWidth = 9;
    private const char Blank = '\u2800';

    // The dots of a character, row by row, as bits of its code.
    private static readonly int[] Bits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

    /// <summary>Draws values one after the other, from 0 to the greatest.</summary>
    /// <param name="values">The values; what is not finite or below 0 is left out. More than dots across are averaged.</param>
    /// <param name="width">Characters across, the labels included.</param>
    /// <param name="height">Lines.</param>
    /// <returns>The lines, from the top.</returns>
    public static string[] Draw(IReadOnlyList<double> values, int width, int height)
    {
        int across = Math.Max(width - LabelWidth, 1);
        double[] columns = Columns([.. values.Where(value => double.IsFinite(value) && value >= 0)], across * DotsAcross);
        double top = columns.DefaultIfEmpty(0).Max();
        char[][] cells = [.. Enumerable.Range(0, height).Select(_ => Enumerable.Repeat(Blank, across).ToArray())];
        int last = (height * DotsDown) - 1;
        int before = -1;
        for (int x = 0; x < columns.Length; x++)
        {
            int y = last - (int)Math.Round(columns[x] / (top > 0 ? top : 1) * last);

            // A jump is a line, not two dots.
            for (int dot = Math.Min(y, before < 0 ? y : before); dot <= Math.Max(y, before); dot++)
            {
                cells[dot / DotsDown][x / DotsAcross] |= (char)Bits[(dot % DotsDown * DotsAcross) + (x % DotsAcross)];
            }

            before = y;
        }

        string[] labels = [.. Enumerable.Range(0, height).Select(i => i == 0 ? Label(top) : i == height - 1 ? Label(0) : "")];
        return [.. cells.Zip(labels, (line, label) => label.PadLeft(LabelWidth - 1) + " " + new string(line))];
    }

    private static double[] Columns(double[] values, int most)
    {
        return values.Length <= most
            ? Stretch(values, most)
            : [.. Enumerable.Range(0, most).Select(i => values[Start(i)..Start(i + 1)].Average())];

        int Start(int i) => (int)((long)i * values.Length / most);
    }

    private static double[] Stretch(double[] values, int count) => values.Length < 2
        ? values
        : [.. Enumerable.Range(0, count).Select(i => At(values, i * (values.Length - 1.0) / Math.Max(count - 1, 1)))];

    private static double At(double[] values, double place)
    {
        int i = Math.Min((int)place, values.Length - 2);
        return values[i] + ((place - i) * (values[i + 1] - values[i]));
    }

    private static string Label(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
