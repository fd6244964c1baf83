using System.Globalization;
using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Data.Downloads;

namespace IlgpuEdm.Cli;

/// <summary>Runs what <c>dataset</c> asks for and shows how it goes.</summary>
internal static class DatasetRunner
{
    /// <summary>Converts images to a data set.</summary>
    public static void Convert(Terminal terminal, ConversionOptions options)
    {
        using DatasetConversion conversion = DatasetConversion.Open(options);
        ConversionResult result = Interruption.Tell("nothing was written", () => CountDisplay.Show(
            terminal, (report, tell) => conversion.Run(report, done => tell("images", done, conversion.Count), terminal.Stop)));
        terminal.Rows(
        [
            ("data set", Path.GetFullPath(options.Dest)),
            ("images", Number(result.Images)),
            ("shape (height, width, channels)", $"{Number(result.Height)}, {Number(result.Width)}, {Number(result.Channels)}"),
            ("labels", result.LabelDim == 0 ? "none" : Number(result.LabelDim)),
            .. result.Broken > 0 ? [("left out, broken", Number(result.Broken))] : Array.Empty<(string, string)>(),
            .. result.TooSmall > 0 ? [("left out, too small", Number(result.TooSmall))] : Array.Empty<(string, string)>(),
        ]);
    }

    /// <summary>Downloads a data set or weights.</summary>
    public static void Get(Terminal terminal, DownloadSet set, string folder)
    {
        string path = Interruption.Tell("the same command goes on", () => CountDisplay.Show(
            terminal, (report, tell) => new DatasetDownload().Run(set, folder, report, tell, terminal.Stop)));
        terminal.Line(set.IsWeights ? $"weights of the feature network for FID: {path}" : $"to train on it: ilgpu-edm train --data {path}");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
