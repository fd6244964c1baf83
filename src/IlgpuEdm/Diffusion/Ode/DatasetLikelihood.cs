using IlgpuEdm.Data;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The likelihood of images of a data set under a network, in bits per dimension of 8-bit pixels. To each value noise uniform within a
/// grey level is added first, so that the figure bounds the bits of a lossless code and compares with other models'. An image's figure
/// depends on the image, its number and the seed alone.
/// </summary>
public static class DatasetLikelihood
{
    /// <summary>The numbers of images spread evenly over a data set, which may be sorted by class.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="count">How many, at least 1; at most all are taken.</param>
    /// <returns>The numbers, rising.</returns>
    /// <exception cref="EdmException">The count is out of range.</exception>
    public static IReadOnlyList<long> Choose(IImageDataset data, int count)
    {
        OptionRange.AtLeast("--images", count, 1);
        int taken = (int)Math.Min(count, data.Count);
        return [.. Enumerable.Range(0, taken).Select(i => (long)((Int128)i * data.Count / taken))];
    }

    /// <summary>Computes the likelihood of one image.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data set; its images must have the network's size.</param>
    /// <param name="index">The number of the image.</param>
    /// <param name="imageClass">The class to take it for; null for none.</param>
    /// <param name="options">Solver and probes.</param>
    /// <param name="seed">Of added noise and probes, which differ from image to image.</param>
    /// <param name="stop">Ends the computation at the next call of the network.</param>
    /// <returns>The likelihood.</returns>
    /// <exception cref="EdmException">An option is wrong, sizes differ, or the solver does not converge.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static LikelihoodResult Of(NetworkDenoiser network, IImageDataset data, long index, int? imageClass, LikelihoodOptions options,
        ulong seed, CancellationToken stop = default)
    {
        UNetOptions size = network.Network;
        RequireFit(size, data);
        var pixels = new byte[size.Height * size.Width * size.ImageChannels];
        data.ReadImage(index, pixels);
        var image = new double[pixels.Length];
        for (int j = 0; j < image.Length; j++)
        {
            double within = HostRandom.Uniform(seed, RandomPurpose.Dequantization, (ulong)index, (uint)j) - 0.5;
            image[j] = PixelScale.ToUnit(pixels[j]) + within / 127.5;
        }

        return Likelihood.Of(Denoise, image, options, unchecked(seed + (ulong)index));

        (double[] Denoised, double[] Vjp) Denoise(double[] x, double sigma, double[] cotangent)
        {
            stop.ThrowIfCancellationRequested();
            return network.DenoiseWithVjp(x, sigma, cotangent, Labels(x.Length / image.Length));
        }

        float[]? Labels(int count)
        {
            if (size.LabelDim == 0)
            {
                return null;
            }

            var labels = new float[count * size.LabelDim];
            for (int i = 0; imageClass is int c && i < count; i++)
            {
                labels[i * size.LabelDim + c] = 1f;
            }

            return labels;
        }
    }

    /// <summary>Refuses images that the network was not made for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="EdmException">Sizes differ.</exception>
    public static void RequireFit(UNetOptions network, IImageDataset data)
    {
        if ((network.Height, network.Width, network.ImageChannels) != (data.Height, data.Width, data.Channels))
        {
            throw new EdmException($"--data '{data.Source}' has images of {data.Width}x{data.Height} pixels of {data.Channels} channels; "
                + $"the network is for {network.Width}x{network.Height} of {network.ImageChannels}");
        }
    }
}
