using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;

namespace IlgpuEdm.Autodiff;

/// <summary>Which variant of a cooperative kernel serves a tensor.</summary>
internal static class KernelVariant
{
    /// <summary>Chooses by the storage, and by whether counts and places of channels divide by four.</summary>
    public static T Of<T>(TensorStorage storage, bool byFour, T float32ByFour, T float32ByOne, T bfloat16ByFour, T bfloat16ByOne) =>
        storage == TensorStorage.BFloat16 ? (byFour ? bfloat16ByFour : bfloat16ByOne) : byFour ? float32ByFour : float32ByOne;

    /// <summary>How groups divide images, and for how many of them.</summary>
    public static (PixelTiles Tiles, LaunchSize Size) Divide(int batch, int pixels, int channels, bool byFour)
    {
        var tiles = PixelTiles.Of(pixels, channels, byFour ? 4 : 1);
        return (tiles, LaunchSize.OfGroups(batch * tiles.Parts * tiles.Blocks));
    }
}
