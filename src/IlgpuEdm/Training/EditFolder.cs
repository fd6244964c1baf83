using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Edits images into a folder, one PNG for each source, seed and class, and into one grid.</summary>
public static class EditFolder
{
    // What stands for pixels that are not known, in the grid.
    private const byte Unknown = 128;

    /// <summary>Edits every source with every seed and class; what was written when it is stopped is whole.</summary>
    /// <param name="edit">Edits some sources, each with its seed and class.</param>
    /// <param name="network">Says how large images are.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="images">Seeds and classes.</param>
    /// <param name="mask">What is known of them; null where all of them are varied. Only the grid shows it.</param>
    /// <param name="batch">How many to edit at once.</param>
    /// <param name="target">Where to write: <c>coat-000007.png</c> is <c>coat.png</c> edited with seed 7.</param>
    /// <param name="onProgress">Told how many are edited.</param>
    /// <param name="stop">Ends it at the next call of the network.</param>
    /// <returns>How many images were written.</returns>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    public static int Write(Func<IReadOnlyList<byte[]>, IReadOnlyList<ImageSeed>, byte[][]> edit, UNetOptions network,
        IReadOnlyList<EditSource> sources, IReadOnlyList<ImageSeed> images, InpaintingMask? mask, int batch, SampleTarget target,
        Action<int>? onProgress = null, CancellationToken stop = default)
    {
        RunIdentity.Check(batch >= 1, "--batch", batch, "at least 1");
        FileErrors.MakeFolder(target.Folder, "--out");
        if (target.Grid is not null)
        {
            PngFile.Check(target.Grid, "--grid");
        }

        var edited = new List<byte[]>();
        var all = sources.SelectMany(source => images.Select(image => (Source: source, Image: image)));
        try
        {
            foreach ((EditSource Source, ImageSeed Image)[] chunk in all.Chunk(batch).TakeWhile(_ => !stop.IsCancellationRequested))
            {
                byte[][] drawn = edit([.. chunk.Select(pair => pair.Source.Pixels)], [.. chunk.Select(pair => pair.Image)]);
                for (int i = 0; i < chunk.Length; i++)
                {
                    PngFile.Write(
                        PathOf(target, chunk[i].Source, chunk[i].Image), drawn[i], network.Width, network.Height, network.ImageChannels);
                }

                edited.AddRange(drawn);
                onProgress?.Invoke(edited.Count);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        if (target.Grid is not null && edited.Count == sources.Count * images.Count)
        {
            WriteGrid(target.Grid, network, sources, mask, edited, images.Count);
        }

        return edited.Count;
    }

    /// <summary>The path of an edited image: <c>coat-000007.png</c>, of several classes <c>coat-000007-class3.png</c>.</summary>
    /// <param name="target">Where it is written.</param>
    /// <param name="source">What was edited.</param>
    /// <param name="image">The seed and class.</param>
    /// <returns>The path.</returns>
    public static string PathOf(SampleTarget target, EditSource source, ImageSeed image)
    {
        string ofClass = target.AllClasses ? string.Create(CultureInfo.InvariantCulture, $"-class{image.Class}") : "";
        return Path.Combine(target.Folder, source.Name + string.Create(CultureInfo.InvariantCulture, $"-{image.Seed:D6}{ofClass}.png"));
    }

    // A row a source: the source, what is known of it, the edited images.
    private static void WriteGrid(string path, UNetOptions network, IReadOnlyList<EditSource> sources, InpaintingMask? mask,
        IReadOnlyList<byte[]> edited, int perSource)
    {
        var cells = new List<byte[]>();
        for (int i = 0; i < sources.Count; i++)
        {
            byte[] pixels = sources[i].Pixels;
            cells.Add(pixels);
            if (mask is not null)
            {
                cells.Add([.. pixels.Select((v, j) => mask.IsKnown(j) ? v : Unknown)]);
            }

            cells.AddRange(edited.Skip(i * perSource).Take(perSource));
        }

        SampleFolder.WriteGrid(path, cells, network, cells.Count / sources.Count);
    }
}
