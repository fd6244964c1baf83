using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Embedding;

namespace IlgpuEdm.Autodiff;

/// <summary>Embeddings of the noise level; no gradient flows to it.</summary>
public static class Embedding
{
    private const int DefaultMaxPositions = 10000;

    /// <summary><c>[cos(x f_i), sin(x f_i)]</c> with <c>f_i = maxPositions^(-i / (channels / 2 - endpoint))</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">One number an image.</param>
    /// <param name="channels">Channels of the result; even, and at least 4 with an endpoint.</param>
    /// <param name="endpoint">Whether the last frequency is exactly 1 / maxPositions.</param>
    /// <param name="sineFirst">Sines before cosines, as SongUNet has them.</param>
    /// <param name="maxPositions">The longest wavelength over 2 pi.</param>
    /// <returns><c>[N, channels]</c>.</returns>
    public static Tensor PositionalEmbedding(
        this Tape tape, ReadOnlySpan<float> x, int channels, bool endpoint, bool sineFirst,
        int maxPositions = DefaultMaxPositions)
    {
        var frequencies = Frequencies(channels, endpoint, maxPositions);
        var half = frequencies.Length;
        var y = tape.New(x.Length, channels);
        var input = tape.From(x, x.Length);
        var f = tape.From(frequencies, half);
        tape.Device.Launch(
            EmbeddingKernels.Positional, tape.Device.Spread(x.Length * half), default,
            input.View, f.View, y.View, x.Length, half, sineFirst ? 1 : 0);
        input.Release();
        f.Release();
        return y;
    }

    /// <summary>The frequencies of <see cref="PositionalEmbedding"/>, <c>[channels / 2]</c>.</summary>
    internal static float[] Frequencies(int channels, bool endpoint, int maxPositions = DefaultMaxPositions)
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

        return frequencies;
    }

    /// <summary>
    /// Fourier features, <c>[cos(2 pi f_i x), sin(2 pi f_i x)]</c> (Tancik et al. 2020; NCSN++ in Song et al. 2021). The angles are rounded
    /// to float32 as <c>x * (2 pi f)</c>, as in the training of the published networks.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">One number an image; angles of up to 10,000 keep the precision of float32.</param>
    /// <param name="frequencies">The frequencies, <c>[channels / 2]</c>; they get no gradient.</param>
    /// <param name="sineFirst">Sines before cosines, as SongUNet has them.</param>
    /// <returns><c>[N, channels]</c>.</returns>
    public static Tensor FourierEmbedding(this Tape tape, ReadOnlySpan<float> x, Tensor frequencies, bool sineFirst = false)
    {
        var half = frequencies.Length;
        var y = tape.New(x.Length, 2 * half);
        var input = tape.From(x, x.Length);
        tape.Device.Launch(
            EmbeddingKernels.Fourier, tape.Device.Spread(x.Length * half), default,
            input.View, frequencies.View, y.View, x.Length, half, sineFirst ? 1 : 0);
        input.Release();
        return y;
    }
}
