namespace IlgpuEdm.Autodiff.Reference;

/// <summary>Embeddings of noise levels on the host in float64: positional (Vaswani et al. 2017) and Fourier (Tancik et al. 2020).</summary>
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

    /// <summary>
    /// [cos(2 pi level f_0), ..., sin(2 pi level f_0), ...]. The angles are the float32 numbers level * (2 pi f), each product rounded:
    /// they are part of the definition, since angles of hundreds of radians carry that rounding into the fifth digit of the result.
    /// </summary>
    /// <param name="levels">Noise levels c_noise, [n].</param>
    /// <param name="frequencies">Frequencies f, [channels / 2].</param>
    /// <returns>Embedding, [n, channels].</returns>
    public static double[] Fourier(float[] levels, float[] frequencies)
    {
        int half = frequencies.Length;
        var output = new double[levels.Length * 2 * half];
        for (int n = 0; n < levels.Length; n++)
        {
            for (int i = 0; i < half; i++)
            {
                float turn = (float)(2 * Math.PI) * frequencies[i];
                float angle = levels[n] * turn;
                (output[(2 * n + 1) * half + i], output[2 * n * half + i]) = Math.SinCos(angle);
            }
        }

        return output;
    }
}
