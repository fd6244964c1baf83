using ILGPU;

namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// Moments of each channel of an image, gathered part by part: equal runs of its pixels, the last one what is left.
/// </summary>
public struct ChannelMoments
{
    /// <summary>Mean, and sum of squared deviations from it, <c>[N, part, 2, C]</c>.</summary>
    public ArrayView<float> Values;

    /// <summary>Parts of an image.</summary>
    public int Parts;

    /// <summary>Pixels of a part.</summary>
    public int PartPixels;
}
