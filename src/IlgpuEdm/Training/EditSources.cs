using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>An image to edit.</summary>
/// <param name="Name">Its name without its ending, parts separated by '/': what the results are called after.</param>
/// <param name="Pixels">H x W x C bytes.</param>
public sealed record EditSource(string Name, byte[] Pixels);

/// <summary>Reads images to edit, and masks.</summary>
public static class EditSources
{
    /// <summary>Reads an image, or all images of a folder.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="network">Says how large they must be.</param>
    /// <returns>The images, in the order of their names.</returns>
    /// <exception cref="EdmException">There is none, one is damaged or has another size, or two have one name.</exception>
    public static IReadOnlyList<EditSource> Read(string path, UNetOptions network)
    {
        EditSource[] sources = Directory.Exists(path)
            ? ReadFolder(path, network)
            : [new EditSource(Path.GetFileNameWithoutExtension(path), ReadImage(path, network))];
        var twice = sources.GroupBy(source => source.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? sources
            : throw new EdmException(
                $"--image '{path}' holds two images called '{twice.Key}'; rename one, for results are called after them");
    }

    /// <summary>Reads a mask: white is to be filled, black is known.</summary>
    /// <param name="path">An image of the network's size, grey or colour.</param>
    /// <param name="network">Says how large it must be.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="EdmException">It is missing, damaged or of another size, or has nothing to fill.</exception>
    public static InpaintingMask ReadMask(string path, UNetOptions network)
    {
        DecodedImage image = Decode(path, "--mask");
        if ((image.Width, image.Height) != (network.Width, network.Height))
        {
            throw new EdmException($"--mask '{path}' has {image.Width}x{image.Height} pixels, the network's images have "
                + $"{network.Width}x{network.Height}; give one of that size");
        }

        bool[] known = [.. image.Pixels.Chunk(image.Channels).Select(pixel => pixel.Average(v => (double)v) < 128)];
        return known.All(k => k)
            ? throw new EdmException($"--mask '{path}' is black all over, so there is nothing to fill; white is to be filled")
            : new InpaintingMask(known, network.Height, network.Width, network.ImageChannels);
    }

    /// <summary>A mask that fills a box.</summary>
    /// <param name="x">Left column of the box.</param>
    /// <param name="y">Upper row of the box.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="network">Says how large images are.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="EdmException">The box is not inside the image.</exception>
    public static InpaintingMask Box(int x, int y, int width, int height, UNetOptions network)
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || (long)x + width > network.Width || (long)y + height > network.Height)
        {
            throw new EdmException($"--mask-box {x},{y},{width},{height} does not lie inside the network's images of "
                + $"{network.Width}x{network.Height} pixels");
        }

        var known = new bool[network.Height * network.Width];
        for (int i = 0; i < known.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, network.Width);
            known[i] = row < y || row >= y + height || column < x || column >= x + width;
        }

        return new InpaintingMask(known, network.Height, network.Width, network.ImageChannels);
    }

    private static EditSource[] ReadFolder(string path, UNetOptions network)
    {
        using var folder = new FolderImages(path);
        return folder.Names.Count > 0
            ? [.. folder.Names.Select(name => new EditSource(Path.ChangeExtension(name, null), ReadImage(folder.Describe(name), network)))]
            : throw new EdmException($"--image '{path}' holds no image (PNG, JPEG, WebP or BMP)");
    }

    private static byte[] ReadImage(string path, UNetOptions network)
    {
        DecodedImage image = Decode(path, "--image");
        var shape = new ImageShape(image.Height, image.Width, image.Channels);
        var wanted = new ImageShape(network.Height, network.Width, network.ImageChannels);
        return shape == wanted ? image.Pixels : throw new EdmException($"--image '{path}' has {shape}, the network draws {wanted}");
    }

    private static DecodedImage Decode(string path, string option)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"{option} '{path}' cannot be read: {FileErrors.Reason(e)}", e);
        }

        return ImageCodec.Default.Decode(bytes, path);
    }
}
