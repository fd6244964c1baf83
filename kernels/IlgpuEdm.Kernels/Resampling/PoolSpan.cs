using System.Runtime.CompilerServices;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>What a window of a pool holds along an axis of an image.</summary>
internal struct PoolSpan
{
    /// <summary>The first row or column.</summary>
    public int First;

    /// <summary>Rows or columns in the image; at least 1.</summary>
    public int Count;

    /// <summary>The span of a window.</summary>
    /// <param name="window">The window's place along the axis.</param>
    /// <param name="size">Rows or columns of the image.</param>
    /// <param name="s">The pool.</param>
    /// <returns>The span.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PoolSpan Of(int window, int size, PoolShape s)
    {
        var first = window * s.Stride - s.Padding;
        var end = first + s.Size < size ? first + s.Size : size;
        PoolSpan span;
        span.First = first < 0 ? 0 : first;
        span.Count = end - span.First;
        return span;
    }
}
