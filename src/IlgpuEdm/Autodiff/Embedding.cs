using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Embedding;

namespace IlgpuEdm.Autodiff;

/// <summary>Embeddings of the noise level; no gradient flows to it.</summary>
public static class Embedding
{
    /// <summary><c>[cos(x f_i), sin(x f_i)]</c> with <c>f_i = maxPositions^(-i / (channels / 2 - endpoint))</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">One number an image.</param>
    /// <param name="channels">Channels of the result; even, and at least 4 with an endpoint.</param>
    /// <param name="endpoint">Whether the last frequency is exactly 1 / maxPositions.</param>
    /// <param name="sineFirst">Sines before cosines, as SongUNet has them.</param>
    /// <param name="maxPositions">The longest wavelength over 2 pi.</param>
    /// <returns><c>[N, channels]</c>.</returns>
    public static Tensor PositionalEmbedding(
        this Tape tape, ReadOnlySpan<float> x, int channels, bool endpoint, bool sineFirst, int maxPositions = 10000)
    {
        if (channels % 2 != 0 || channels < (endpoint ? 4 : 2))
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels), channels, "an embedding has an even number of channels, 4 with an endpoint");
        }

        var half = channels / 2;
        var frequencies = new float[half];
        for (var i = 0; i < half; i++)
        {
            // Rounded to float32 at each step: for large x the rounding shows, and the reference's is what networks were trained with.
            var exponent = (float)i / (half - (endpoint ? 1 : 0));
            frequencies[i] = (float)Math.Pow((float)(1.0 / maxPositions), exponent);
        }

        var y = tape.New(x.Length, channels);
        var input = tape.From(x, x.Length);
        var f = tape.From(frequencies, half);
        tape.Device.Launch(
            EmbeddingKernels.Positional, tape.Device.WorkItems(x.Length * half), default,
            input.View, f.View, y.View, x.Length, half, sineFirst ? 1 : 0);
        input.Release();
        f.Release();
        return y;
    }
}
