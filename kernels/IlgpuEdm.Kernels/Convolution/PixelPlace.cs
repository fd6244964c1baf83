using System.Runtime.CompilerServices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>A place in a batch of images: the pixel, and its row and column, which say whether a tap lies beyond an edge.</summary>
public struct PixelPlace
{
    // Far enough above every image that no tap reaches it.
    private const int Nowhere = -4;

    /// <summary>The pixel, counted over the whole batch.</summary>
    public int Index;

    /// <summary>Its row in its image.</summary>
    public int Y;

    /// <summary>Its column.</summary>
    public int X;

    /// <summary>The place of a pixel.</summary>
    /// <param name="index">The pixel; beyond the last one all taps read zeros.</param>
    /// <param name="s">The convolution.</param>
    /// <returns>The place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PixelPlace Of(int index, ConvolutionShape s)
    {
        var inImage = (uint)index % (uint)(s.Height * s.Width);
        var y = inImage / (uint)s.Width;
        var place = new PixelPlace { Index = index, Y = (int)y, X = (int)(inImage - y * (uint)s.Width) };
        return place.Before(s.Batch * s.Height * s.Width);
    }

    /// <summary>The place, or one where all taps read zeros.</summary>
    /// <param name="end">The first pixel that is not to be read.</param>
    /// <returns>The place if it lies before that pixel.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly PixelPlace Before(int end) => this with { Y = Index < end ? Y : Nowhere };

    /// <summary>The place a chunk of pixels on.</summary>
    /// <param name="s">The convolution.</param>
    /// <returns>The place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly PixelPlace Next(ConvolutionShape s)
    {
        var next = new PixelPlace { Index = Index + TileProduct.Chunk, Y = Y + s.ChunkRows, X = X + s.ChunkColumns };
        if (next.X >= s.Width)
        {
            next.X -= s.Width;
            next.Y++;
        }

        if (next.Y >= s.Height)
        {
            next.Y -= s.Height;
        }

        return next;
    }
}
