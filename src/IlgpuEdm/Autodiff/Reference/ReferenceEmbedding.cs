namespace IlgpuEdm.Autodiff.Reference;

/// <summary>The positional embedding of noise levels on the host in float64 (Vaswani et al. 2017, as diffusion models use it).</summary>
public static class ReferenceEmbedding
{
    /// <summary>
    /// [cos(level f_0), ..., cos(level f_{h-1}), sin(level f_0), ..., sin(level f_{h-1})] with h = channels / 2 and
    /// f_i = maxPositions^(-i / (h - endpoint)). There is no gradient: levels are not trained.
    /// </summary>
    /// <param name="levels">Noise levels c_noise, [n].</param>
    /// <param name="channels">Channels of the embedding, even.</param>
    /// <param name="endpoint">Whether the last frequency is exactly 1 / maxPositions.</param>
    /// <param name="sinFirst">Whether the halves are swapped, [sin, cos], as SongUNet has them.</param>
    /// <param name="maxPositions">The ratio of the highest to the lowest frequency, 10,000 in the paper.</param>
    /// <returns>Embedding, [n, channels].</returns>
    public static double[] Positional(double[] levels, int channels, bool endpoint, bool sinFirst, double maxPositions = 10_000)
    {
        int half = channels / 2;
        var output = new double[levels.Length * channels];
        for (int n = 0; n < levels.Length; n++)
        {
            for (int i = 0; i < half; i++)
            {
                double frequency = Math.Pow(maxPositions, -(double)i / (half - (endpoint ? 1 : 0)));
                (double sin, double cos) = Math.SinCos(levels[n] * frequency);
                output[n * channels + i] = sinFirst ? sin : cos;
                output[n * channels + half + i] = sinFirst ? cos : sin;
            }
        }

        return output;
    }
}
