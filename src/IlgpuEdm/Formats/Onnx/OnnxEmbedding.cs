using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Formats.Onnx;

/// <summary>Embeddings of the noise level in ONNX, rounded where <see cref="Embedding"/> rounds.</summary>
internal static class OnnxEmbedding
{
    /// <summary>As <see cref="Embedding.PositionalEmbedding"/>.</summary>
    /// <param name="x">One number an image, <c>[N, 1]</c>.</param>
    /// <param name="channels">Channels of the result.</param>
    /// <param name="endpoint">Whether the last frequency is exactly 1 / 10,000.</param>
    /// <param name="sineFirst">Sines before cosines.</param>
    public static OnnxValue PositionalEmbedding(this OnnxValue x, int channels, bool endpoint, bool sineFirst)
    {
        var frequencies = Embedding.Frequencies(channels, endpoint);
        return Waves(x * x.Graph.Constant("frequencies", frequencies, frequencies.Length), sineFirst);
    }

    /// <summary>As <see cref="Embedding.FourierEmbedding"/>.</summary>
    /// <param name="x">One number an image, <c>[N, 1]</c>.</param>
    /// <param name="frequencies">The frequencies.</param>
    /// <param name="sineFirst">Sines before cosines.</param>
    public static OnnxValue FourierEmbedding(this OnnxValue x, OnnxValue frequencies, bool sineFirst) =>
        Waves(x * (frequencies * MathF.Tau), sineFirst);

    private static OnnxValue Waves(OnnxValue angles, bool sineFirst) =>
        sineFirst ? angles.Sin().Join(angles.Cos()) : angles.Cos().Join(angles.Sin());
}
