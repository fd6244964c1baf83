using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Where <see cref="SampleFolder"/> writes.</summary>
/// <param name="Folder">Where the PNGs go; made where it is missing.</param>
/// <param name="Subfolders">Whether each thousand seeds get a folder of their own.</param>
/// <param name="Grid">The path of one more PNG with all images side by side, or null.</param>
/// <param name="AllClasses">
/// Whether each seed is drawn in several classes: file names say the class, and the grid has one class a row.
/// </param>
public sealed record SampleTarget(string Folder, bool Subfolders = false, string? Grid = null, bool AllClasses = false);

/// <summary>Draws images into a folder, one PNG each, into one grid, and their classes into <c>dataset.json</c>.</summary>
public static class SampleFolder
{
    /// <summary>Draws images; what was written when it is stopped is whole.</summary>
    /// <param name="sample">Draws some images, HWC bytes.</param>
    /// <param name="network">Says how large the images are, and whether they have classes.</param>
    /// <param name="images">What to draw.</param>
    /// <param name="batch">How many to draw at once; it does not change the images.</param>
    /// <param name="target">Where to write.</param>
    /// <param name="onProgress">Told how many are drawn.</param>
    /// <param name="stop">Ends the drawing: before the next batch, or in <paramref name="sample"/> by its exception.</param>
    /// <returns>How many images were written.</returns>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    public static int Write(Func<IReadOnlyList<ImageSeed>, byte[][]> sample, UNetOptions network, IReadOnlyList<ImageSeed> images,
        int batch, SampleTarget target, Action<int>? onProgress = null, CancellationToken stop = default)
    {
        RunIdentity.Check(batch >= 1, "--batch", batch, "at least 1");
        FileErrors.MakeFolder(target.Folder, "--out");
        if (target.Grid is not null)
        {
            PngFile.Check(target.Grid, "--grid");
        }

        SampleLabels? labels = network.LabelDim > 0 ? SampleLabels.In(target.Folder) : null;
        var kept = new List<byte[]>();
        int written = 0;
        try
        {
            foreach (ImageSeed[] chunk in images.Chunk(batch).TakeWhile(_ => !stop.IsCancellationRequested))
            {
                byte[][] drawn = sample(chunk);
                for (int i = 0; i < chunk.Length; i++)
                {
                    string path = PathOf(target, chunk[i]);
                    PngFile.Write(path, drawn[i], network.Width, network.Height, network.ImageChannels);
                    labels?.Add(path, chunk[i].Class ?? 0);
                    written++;
                }

                kept.AddRange(target.Grid is null ? [] : drawn);
                onProgress?.Invoke(written);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            WriteLabels(labels, target, written);
        }

        if (target.Grid is not null && written == images.Count)
        {
            WriteGrid(target.Grid, InRows(images, kept, target.AllClasses, out int? columns), network, columns);
        }

        return written;
    }

    /// <summary>
    /// The path of an image: <c>000007.png</c> is seed 7, with subfolders <c>000000/000007.png</c>; of several classes
    /// <c>000007-class3.png</c>.
    /// </summary>
    /// <param name="target">Where it is written.</param>
    /// <param name="image">The image.</param>
    /// <returns>The path.</returns>
    public static string PathOf(SampleTarget target, ImageSeed image)
    {
        string ofClass = target.AllClasses ? string.Create(CultureInfo.InvariantCulture, $"-class{image.Class}") : "";
        string name = string.Create(CultureInfo.InvariantCulture, $"{image.Seed:D6}{ofClass}.png");
        return target.Subfolders
            ? Path.Combine(target.Folder, string.Create(CultureInfo.InvariantCulture, $"{image.Seed - (image.Seed % 1000):D6}"), name)
            : Path.Combine(target.Folder, name);
    }

    /// <summary>Writes images side by side, in rows of a given length or as nearly a square as they fill.</summary>
    internal static void WriteGrid(string path, IReadOnlyList<byte[]> images, UNetOptions network, int? columns = null)
    {
        (byte[] pixels, int width, int height) = ImageGrid.Compose(
            images, network.Width, network.Height, network.ImageChannels, columns ?? (int)Math.Ceiling(Math.Sqrt(images.Count)));
        PngFile.Write(path, pixels, width, height, network.ImageChannels);
    }

    private static IReadOnlyList<byte[]> InRows(
        IReadOnlyList<ImageSeed> images, List<byte[]> drawn, bool classRows, out int? columns)
    {
        columns = null;
        if (!classRows)
        {
            return drawn;
        }

        IGrouping<int?, byte[]>[] rows =
            [.. images.Zip(drawn).GroupBy(pair => pair.First.Class, pair => pair.Second).OrderBy(row => row.Key)];
        columns = rows.Max(row => row.Count());
        return [.. rows.SelectMany(row => row)];
    }

    private static void WriteLabels(SampleLabels? labels, SampleTarget target, int written)
    {
        if (written == 0)
        {
            return;
        }

        if (labels is not null)
        {
            labels.Write();
        }
        else if (target.Subfolders)
        {
            SampleLabels.WriteNone(target.Folder);
        }
    }
}
