namespace IlgpuEdm.Autodiff.Reference;

/// <summary>The ideal denoiser of a set of images on the host in float64.</summary>
public static class ReferenceIdealDenoiser
{
    /// <summary>The mean of the images under <c>w = softmax(-|x - y_i|^2 / (2 sigma^2))</c>, for each noisy image x.</summary>
    /// <param name="images">The images y, [images, size].</param>
    /// <param name="x">Noisy images, [n, size].</param>
    /// <param name="size">Numbers of an image.</param>
    /// <param name="sigma">The noise level.</param>
    /// <returns>The denoised images, [n, size], and <c>1 / sum of w^2</c> of each, [n].</returns>
    public static (double[] Denoised, double[] EffectiveImages) Denoise(double[] images, double[] x, int size, double sigma)
    {
        var (count, queries) = (images.Length / size, x.Length / size);
        var (denoised, effective) = (new double[x.Length], new double[queries]);
        for (var query = 0; query < queries; query++)
        {
            var distances = new double[count];
            for (var i = 0; i < images.Length; i++)
            {
                var difference = x[query * size + i % size] - images[i];
                distances[i / size] += difference * difference;
            }

            var nearest = distances.Min();
            var weights = Array.ConvertAll(distances, d => Math.Exp((nearest - d) / (2 * sigma * sigma)));
            var sum = weights.Sum();
            for (var i = 0; i < images.Length; i++)
            {
                denoised[query * size + i % size] += weights[i / size] / sum * images[i];
            }

            effective[query] = sum * sum / weights.Sum(w => w * w);
        }

        return (denoised, effective);
    }
}
