using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// The input of a convolution as one side of a matrix product, with a row a pixel and a column a tap and channel, gathered from the images
/// as it is needed: that matrix is nowhere in memory.
/// </summary>
public static class TileInput
{
    /// <summary>Four columns of a row.</summary>
    /// <typeparam name="TTile">The tile, which says how channels are read.</typeparam>
    /// <typeparam name="TStorage">How they are stored.</typeparam>
    /// <param name="x">The input.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="place">The pixel.</param>
    /// <param name="terms">The first of the columns.</param>
    /// <returns>The values; zeros beyond the edges and the last tap.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Gather<TTile, TStorage>(ConvolutionInput x, ConvolutionShape s, PixelPlace place, TermPlace terms)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        if (TTile.InFours)
        {
            var pixel = Source(s, place, terms.Tap);
            var four = TStorage.Load4(Tensor(x, terms.Channel), Index(x, s, pixel, terms.Channel));
            return new Float4(
                pixel >= 0 ? four.X : 0f, pixel >= 0 ? four.Y : 0f, pixel >= 0 ? four.Z : 0f, pixel >= 0 ? four.W : 0f);
        }

        return new Float4(
            Element<TStorage>(x, s, place, terms.Term), Element<TStorage>(x, s, place, terms.Term + 1),
            Element<TStorage>(x, s, place, terms.Term + 2), Element<TStorage>(x, s, place, terms.Term + 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Element<TStorage>(ConvolutionInput x, ConvolutionShape s, PixelPlace place, int column)
        where TStorage : struct, IStorage
    {
        var tap = (int)((uint)column / (uint)s.In);
        var channel = column - tap * s.In;
        var pixel = Source(s, place, tap);
        var one = TStorage.Load(Tensor(x, channel), Index(x, s, pixel, channel));
        return pixel >= 0 ? one : 0f;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ArrayView<float> Tensor(ConvolutionInput x, int channel) =>
        (channel < x.FirstChannels ? x.First : x.Second).AsAligned(16);

    // Zeros are read elsewhere and left out: a branch would keep loads from flying together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(ConvolutionInput x, ConvolutionShape s, int pixel, int channel)
    {
        var index = channel < x.FirstChannels ? pixel * x.FirstChannels + channel
            : pixel * (s.In - x.FirstChannels) + channel - x.FirstChannels;
        return pixel >= 0 ? index : 0;
    }

    // The pixel that a tap reads, -1 beyond the edges.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Source(ConvolutionShape s, PixelPlace place, int tap)
    {
        // A third of a tap from 0 to 8.
        var down = s.Kernel == 1 ? 0 : (tap * 11 >> 5) - 1;
        var right = s.Kernel == 1 ? 0 : tap - 3 * down - 4;
        var inside = tap < s.Kernel * s.Kernel & (uint)(place.Y + down) < (uint)s.Height & (uint)(place.X + right) < (uint)s.Width;
        return inside ? place.Index + down * s.Width + right : -1;
    }
}
