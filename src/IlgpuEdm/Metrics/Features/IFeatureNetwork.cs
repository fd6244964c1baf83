namespace IlgpuEdm.Metrics;

/// <summary>
/// A network in whose features sets of images are compared. What it says of an image does not depend on the other images of a call.
/// </summary>
public interface IFeatureNetwork : IDisposable
{
    /// <summary>What it is, in a few words, for reports.</summary>
    string Name { get; }

    /// <summary>SHA-256 of its weights' file, in hexadecimal digits: scores of two networks cannot be compared.</summary>
    string Hash { get; }

    /// <summary>How an image becomes its input, in a few words, for reports.</summary>
    string Resize { get; }

    /// <summary>What the Fréchet distance in its features is called; "FID" is that of Inception-v3 alone.</summary>
    string DistanceName { get; }

    /// <summary>What the kernel distance in its features is called; "KID" is that of Inception-v3 alone.</summary>
    string KernelDistanceName { get; }

    /// <summary>Number of features of an image.</summary>
    int Length { get; }

    /// <summary>Checks that it takes images of a size, before any work.</summary>
    /// <param name="height">Height in pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="channels">1 for grey or 3 for RGB.</param>
    /// <param name="source">What to call the images in errors.</param>
    /// <exception cref="EdmException">It takes others.</exception>
    void RequireFit(int height, int width, int channels, string source);

    /// <summary>Computes features.</summary>
    /// <param name="images">Images of 8 bits, each height x width x channels bytes in order; they may be many.</param>
    /// <param name="height">Height of each in pixels.</param>
    /// <param name="width">Width of each in pixels.</param>
    /// <param name="channels">1 for grey or 3 for RGB.</param>
    /// <returns>Of each image <see cref="Length"/> numbers.</returns>
    /// <exception cref="EdmException">It takes images of another size.</exception>
    float[][] Features(IReadOnlyList<byte[]> images, int height, int width, int channels);
}
