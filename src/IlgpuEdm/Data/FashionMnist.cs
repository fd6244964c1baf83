namespace IlgpuEdm.Data;

/// <summary>Finds Fashion-MNIST (Xiao et al., 2017; MIT licence): 60,000 grey images of clothes, 28x28, in ten classes.</summary>
public static class FashionMnist
{
    /// <summary>
    /// Opens the training images from the first source that has them: <c>datasets/fashion-mnist</c> of the working directory;
    /// where Debian's package puts them; the data set's public home, with a checksum; Debian's package, downloaded and
    /// unpacked without installing it. The last two leave a copy in the first. Where all fail, built-in shapes take their place.
    /// </summary>
    /// <param name="report">Receives one line for every source that is tried: what was found, or why not.</param>
    /// <returns>The data set, or <see cref="ProceduralShapes"/>; to be disposed of by the caller.</returns>
    public static IImageDataset Find(Action<string> report) => Find(report, new FashionMnistSources());

    internal static IImageDataset Find(Action<string> report, FashionMnistSources sources)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var folder in new[] { sources.LocalFolder, sources.SystemFolder })
        {
            if (!Directory.Exists(folder))
            {
                report($"{folder}: not there");
            }
            else if (TryOpen(folder, report, $"{folder}: ") is { } found)
            {
                return found;
            }
        }
        if (TryFetch("download from " + sources.Home, () => sources.Download(report), sources, report) is { } downloaded)
        {
            return downloaded;
        }
        if (TryFetch("Debian package " + FashionMnistSources.Package, () => sources.Unpack(report), sources, report) is { } unpacked)
        {
            return unpacked;
        }
        report("no Fashion-MNIST to be had: built-in shapes take its place (datasets/README.md says how to get it)");
        return new ProceduralShapes();
    }

    private static IImageDataset? TryFetch(string source, Action fetch, FashionMnistSources sources, Action<string> report)
    {
        try
        {
            fetch();
        }
        catch (EdmException error)
        {
            report($"{source}: {error.Message}");
            return null;
        }
        return TryOpen(sources.LocalFolder, report, $"{source}: put into {sources.LocalFolder}; ");
    }

    private static IImageDataset? TryOpen(string folder, Action<string> report, string prefix)
    {
        try
        {
            var data = Datasets.Open(folder);
            report(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{prefix}{data.Count:N0} images of {data.Width}x{data.Height} pixels"));
            return data;
        }
        catch (EdmException error)
        {
            report($"not usable: {error.Message}");
            return null;
        }
    }
}
