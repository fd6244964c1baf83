using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Draws images from a network into a folder, one PNG a seed, and into one grid.</summary>
public static class SampleFolder
{
    /// <summary>Draws one image a seed.</summary>
    /// <param name="sample">Draws the images of some seeds, HWC bytes.</param>
    /// <param name="network">Says how large the images are.</param>
    /// <param name="seeds">One seed an image; the name of its file is the seed.</param>
    /// <param name="batch">How many to draw at once; it does not change the images.</param>
    /// <param name="folder">Where the PNGs go; made where it is missing.</param>
    /// <param name="subfolders">Whether each thousand seeds get a folder of their own.</param>
    /// <param name="grid">The path of one more PNG with all images side by side, or null.</param>
    /// <param name="onProgress">Told how many are drawn.</param>
    /// <param name="stop">Ends the drawing after the images at hand.</param>
    /// <returns>How many images were written.</returns>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    public static int Write(Func<IReadOnlyList<ulong>, byte[][]> sample, UNetOptions network, IReadOnlyList<ulong> seeds, int batch,
        string folder, bool subfolders = false, string? grid = null, Action<int>? onProgress = null, CancellationToken stop = default)
    {
        RunIdentity.Check(batch >= 1, "--batch", batch, "at least 1");
        FileErrors.MakeFolder(folder, "--out");
        if (grid is not null)
        {
            CheckGrid(grid);
        }

        var kept = new List<byte[]>();
        int written = 0;
        foreach (ulong[] chunk in seeds.Chunk(batch))
        {
            if (stop.IsCancellationRequested)
            {
                return written;
            }

            byte[][] images = sample(chunk);
            for (int i = 0; i < chunk.Length; i++)
            {
                WriteImage(PathOf(folder, chunk[i], subfolders), images[i], network.Width, network.Height, network.ImageChannels);
            }

            if (grid is not null)
            {
                kept.AddRange(images);
            }

            written += chunk.Length;
            onProgress?.Invoke(written);
        }

        if (grid is not null)
        {
            WriteGrid(grid, kept, network);
        }

        return written;
    }

    /// <summary>The path of a seed's image: <c>000007.png</c>, with subfolders <c>000000/000007.png</c>.</summary>
    /// <param name="folder">Where the PNGs go.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="subfolders">Whether each thousand seeds get a folder of their own.</param>
    public static string PathOf(string folder, ulong seed, bool subfolders)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{seed:D6}.png");
        return subfolders
            ? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{seed - (seed % 1000):D6}"), name)
            : Path.Combine(folder, name);
    }

    /// <summary>Writes images side by side, as nearly a square as they fill.</summary>
    internal static void WriteGrid(string path, IReadOnlyList<byte[]> images, UNetOptions network)
    {
        int columns = (int)Math.Ceiling(Math.Sqrt(images.Count));
        (byte[] pixels, int width, int height) =
            ImageGrid.Compose(images, network.Width, network.Height, network.ImageChannels, columns);
        WriteImage(path, pixels, width, height, network.ImageChannels);
    }

    // Before anything is drawn: drawing may take hours.
    private static void CheckGrid(string path)
    {
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) || Directory.Exists(path))
        {
            throw new EdmException($"--grid '{path}' must be the name of a PNG file, ending in .png");
        }

        FileErrors.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!, "--grid");
    }

    private static void WriteImage(string path, byte[] pixels, int width, int height, int channels)
    {
        byte[] png = ImageCodec.Default.EncodePng(pixels, width, height, channels);
        FileErrors.Writing(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, stream => stream.Write(png));
        }, "what was drawn before it is whole");
    }
}
