using System.Runtime.CompilerServices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>Where a thread's four terms of a convolution's sum begin. Terms count taps, and in them input channels.</summary>
public struct TermPlace
{
    /// <summary>The first of the terms, a multiple of 4.</summary>
    public int Term;

    /// <summary>Its tap; none beyond the last.</summary>
    public int Tap;

    /// <summary>Its channel.</summary>
    public int Channel;

    /// <summary>The place of a term.</summary>
    /// <param name="term">The term.</param>
    /// <param name="channels">Input channels.</param>
    /// <returns>The place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TermPlace Of(int term, int channels)
    {
        var tap = (int)((uint)term / (uint)channels);
        return new TermPlace { Term = term, Tap = tap, Channel = term - tap * channels };
    }

    /// <summary>The place in the next chunk, without a division.</summary>
    /// <param name="chunkTaps">Whole taps in a chunk.</param>
    /// <param name="channels">Input channels.</param>
    /// <returns>The place.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TermPlace Next(int chunkTaps, int channels)
    {
        var next = this;
        next.Term += TileProduct.Chunk;
        next.Tap += chunkTaps;
        next.Channel += TileProduct.Chunk - chunkTaps * channels;
        if (next.Channel >= channels)
        {
            next.Channel -= channels;
            next.Tap++;
        }

        return next;
    }
}
