using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// A thread's share of the left side of a chunk of <see cref="GeneralForward"/>'s product: four terms of one output pixel, or of two that
/// are 64 apart. A term is a tap and an input channel.
/// </summary>
internal struct GeneralPlace : IGatheredShare<GeneralPlace, ArrayView<float>, GeneralShape>
{
    private Corner _first;
    private Corner _second;
    private TermPlace _terms;

    /// <summary>The thread's share of the first chunk.</summary>
    /// <param name="row">The tile's first pixel.</param>
    /// <param name="s">The convolution.</param>
    /// <returns>The share.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GeneralPlace Of(int row, GeneralShape s)
    {
        GeneralPlace place;
        place._first = Corner.Of(row + (Group.IdxX >> 2), s);
        place._second = Corner.Of(row + (Group.IdxX >> 2) + 64, s);
        place._terms = TermPlace.Of((Group.IdxX & 3) * 4, s.In);
        return place;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GeneralPlace Next(GeneralPlace share, GeneralShape s)
    {
        share._terms = share._terms.Next(s.ChunkTaps, s.In);
        return share;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair Gather<TTile>(GeneralPlace share, ArrayView<float> x, GeneralShape s)
        where TTile : struct, IProductTile
    {
        VectorPair pair = default;
        pair.First = share.Four<TTile>(x, s, share._first);
        if (TTile.RowBlocks == 2)
        {
            pair.Second = share.Four<TTile>(x, s, share._second);
        }

        return pair;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Float4 Four<TTile>(ArrayView<float> x, GeneralShape s, Corner corner)
        where TTile : struct, IProductTile
    {
        if (TTile.InFours)
        {
            // Zeros are read elsewhere and left out: a branch would keep loads from flying together.
            var pixel = corner.Source(s, _terms.Tap);
            var four = Float32.Load4(x.AsAligned(16), pixel >= 0 ? pixel * s.In + _terms.Channel : 0);
            return new Float4(
                pixel >= 0 ? four.X : 0f, pixel >= 0 ? four.Y : 0f, pixel >= 0 ? four.Z : 0f, pixel >= 0 ? four.W : 0f);
        }

        var term = _terms.Term;
        return new Float4(
            One(x, s, corner, term), One(x, s, corner, term + 1), One(x, s, corner, term + 2), One(x, s, corner, term + 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float One(ArrayView<float> x, GeneralShape s, Corner corner, int term)
    {
        var tap = (int)((uint)term / (uint)s.In);
        var pixel = corner.Source(s, tap);
        var one = x[pixel >= 0 ? pixel * s.In + term - tap * s.In : 0];
        return pixel >= 0 ? one : 0f;
    }

    /// <summary>Where the first tap of an output pixel lies in the input; it may lie above or left of it.</summary>
    private struct Corner
    {
        // Far enough above every image that no tap reaches it.
        private const int Nowhere = -(1 << 20);

        private int _image;
        private int _y;
        private int _x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Corner Of(int pixel, GeneralShape s)
        {
            var image = (int)((uint)pixel / (uint)s.OutPixels);
            var inImage = pixel - image * s.OutPixels;
            var y = (int)((uint)inImage / (uint)s.OutWidth);
            Corner corner;
            corner._image = image * s.Height * s.Width;
            corner._y = image < s.Batch ? y * s.Stride - s.PadY : Nowhere;
            corner._x = (inImage - y * s.OutWidth) * s.Stride - s.PadX;
            return corner;
        }

        // The pixel that a tap reads, -1 beyond the edges and the last tap.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly int Source(GeneralShape s, int tap)
        {
            var down = tap * s.RowOfTap >> 16;
            var y = _y + down;
            var x = _x + tap - down * s.KernelWidth;
            var inside = down < s.KernelHeight & (uint)y < (uint)s.Height & (uint)x < (uint)s.Width;
            return inside ? _image + y * s.Width + x : -1;
        }
    }
}
