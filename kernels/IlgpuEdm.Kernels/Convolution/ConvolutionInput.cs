using ILGPU;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// What a convolution reads: the channels of one tensor or of two side by side, as they are or after a norm, which is then applied while
/// they are copied into scratch, so that neither the joined nor the normalised tensor exists.
/// </summary>
public struct ConvolutionInput
{
    /// <summary>As it is.</summary>
    public const int Plain = 0;

    /// <summary>After an affine map of each image and channel: a norm.</summary>
    public const int Normalized = 1;

    /// <summary>After such a map and SiLU.</summary>
    public const int NormalizedSilu = 2;

    /// <summary>The first channels, <c>[N, H, W, FirstChannels]</c>.</summary>
    public ArrayView<float> First;

    /// <summary>The others, <c>[N, H, W, In - FirstChannels]</c>; read if there are any.</summary>
    public ArrayView<float> Second;

    /// <summary>
    /// Norms as affine maps, the table of <see cref="Normalization.GroupNormForward"/>, <c>[N, 6, In]</c>; read if asked for.
    /// </summary>
    public ArrayView<float> Table;

    /// <summary>Channels of the first tensor.</summary>
    public int FirstChannels;

    /// <summary>What happens to the values: <see cref="Plain"/>, <see cref="Normalized"/> or <see cref="NormalizedSilu"/>.</summary>
    public int Mode;
}
