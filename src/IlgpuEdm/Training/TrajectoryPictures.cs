using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Draws trajectories: an animated WebP, and a PNG that shows chosen steps side by side.</summary>
public static class TrajectoryPictures
{
    private const int StripRows = 8;
    private const int StripColumns = 10;
    private const int PleasantSide = 96;
    private const int LastMilliseconds = 1500;

    /// <summary>Refuses a name that is none of a WebP file; makes its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="EdmException">The name has another ending, or its folder cannot be made.</exception>
    public static void Check(string path, string option) => PngFile.Check(path, option, "WebP", ".webp");

    /// <summary>The path of the strip beside an animation: <c>way.webp</c> has <c>way-strip.png</c>.</summary>
    /// <param name="path">The animation.</param>
    /// <returns>The strip.</returns>
    public static string StripPath(string path) => Path.ChangeExtension(path, null) + "-strip.png";

    /// <summary>
    /// Writes the animation, a grid of the denoised images D(x; sigma) step by step that ends with the finished images; and the strip: for
    /// each of up to 8 images two rows, noisy images above denoised ones, at up to 10 evenly chosen steps, the finished image last.
    /// </summary>
    /// <param name="path">The animation's path.</param>
    /// <param name="trajectory">What to draw; complete.</param>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    public static void Write(string path, Trajectory trajectory)
    {
        IReadOnlyList<IReadOnlyList<(byte[] Noisy, byte[] Denoised)>> images = trajectory.Images;
        int steps = images.Max(image => image.Count);
        int side = (int)Math.Ceiling(Math.Sqrt(images.Count));
        byte[][][] frames =
            [.. Enumerable.Range(0, steps).Select(k => images.Select(image => At(image, k, steps).Denoised).ToArray())];
        WriteAnimation(path, frames, trajectory.Network, side, LastMilliseconds);

        int columns = Math.Min(StripColumns, steps);
        var strip = new List<byte[]>();
        foreach (IReadOnlyList<(byte[] Noisy, byte[] Denoised)> image in images.Take(StripRows))
        {
            (byte[] Noisy, byte[] Denoised)[] chosen = [.. Enumerable.Range(0, columns).Select(k => At(image, k, columns))];
            strip.AddRange(chosen.Select(step => step.Noisy));
            strip.AddRange(chosen.Select(step => step.Denoised));
        }

        WriteStrip(StripPath(path), strip, trajectory.Network, columns);
    }

    /// <summary>Writes a path through latent space: an animation of its images, and a strip of up to 10 of them.</summary>
    /// <param name="path">The animation's path.</param>
    /// <param name="images">The images on the way.</param>
    /// <param name="network">Says how large they are.</param>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    public static void WriteWay(string path, IReadOnlyList<byte[]> images, UNetOptions network)
    {
        WriteAnimation(path, [.. images.Select(image => new[] { image })], network, columns: 1, lastMilliseconds: 500);
        int columns = Math.Min(StripColumns, images.Count);
        WriteStrip(StripPath(path), [.. Enumerable.Range(0, columns).Select(k => At(images, k, columns))], network, columns);
    }

    private static void WriteAnimation(
        string path, IReadOnlyList<IReadOnlyList<byte[]>> frames, UNetOptions network, int columns, int lastMilliseconds)
    {
        (byte[] Pixels, int Width, int Height)[] large = [.. frames.Select(images => Picture(images, network, columns))];
        var times = new int[large.Length];
        Array.Fill(times, Math.Clamp(4000 / large.Length, 20, 200));
        times[^1] = lastMilliseconds;
        PngFile.WriteBytes(path, ImageCodec.Default.EncodeWebP(
            [.. large.Select(frame => frame.Pixels)], times, large[0].Width, large[0].Height, network.ImageChannels));
    }

    private static void WriteStrip(string path, IReadOnlyList<byte[]> images, UNetOptions network, int columns)
    {
        (byte[] pixels, int width, int height) = Picture(images, network, columns);
        PngFile.Write(path, pixels, width, height, network.ImageChannels);
    }

    private static (byte[] Pixels, int Width, int Height) Picture(IReadOnlyList<byte[]> images, UNetOptions network, int columns)
    {
        (byte[] pixels, int width, int height) =
            ImageGrid.Compose(images, network.Width, network.Height, network.ImageChannels, columns);
        int factor = Math.Max(PleasantSide / Math.Max(network.Width, network.Height), 1);
        return ImageGrid.Enlarge(pixels, width, height, network.ImageChannels, factor);
    }

    // Of a list of any length the k-th of evenly chosen ones, the first and the last included.
    private static T At<T>(IReadOnlyList<T> list, int k, int count) =>
        list[count == 1 ? list.Count - 1 : (int)Math.Round(k * (list.Count - 1) / (count - 1.0))];
}
