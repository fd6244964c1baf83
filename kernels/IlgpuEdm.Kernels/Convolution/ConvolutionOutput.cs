using ILGPU;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// Where a convolution of the cooperative schedule writes: one tensor, or for the gradient of a joined input two side by side, each of
/// which may be added to or left out.
/// </summary>
public struct ConvolutionOutput
{
    /// <summary>What was there is overwritten.</summary>
    public const int Overwrite = 0;

    /// <summary>What was there is added to.</summary>
    public const int Add = 1;

    /// <summary>Nothing is written.</summary>
    public const int Skip = 2;

    /// <summary>The first channels, <c>[N, H, W, FirstChannels]</c>.</summary>
    public ArrayView<float> First;

    /// <summary>The others, <c>[N, H, W, Out - FirstChannels]</c>; written if there are any.</summary>
    public ArrayView<float> Second;

    /// <summary>Channels of the first tensor.</summary>
    public int FirstChannels;

    /// <summary>What happens to the first tensor.</summary>
    public int FirstMode;

    /// <summary>What happens to the second tensor.</summary>
    public int SecondMode;
}
