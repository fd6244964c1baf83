using IlgpuEdm.Kernels.Elementwise;

namespace IlgpuEdm.Kernels.Normalization;

/// <summary>
/// A pass of a group norm over the channels of an activation that lie in one of two tensors, in the cooperative schedule.
/// </summary>
public struct NormPass
{
    /// <summary>How groups divide that tensor.</summary>
    public PixelTiles Tiles;

    /// <summary>Channels of the activation.</summary>
    public int Channels;

    /// <summary>The tensor's first channel among them.</summary>
    public int First;

    /// <summary>Not 0 if SiLU follows the norm.</summary>
    public int Silu;
}
