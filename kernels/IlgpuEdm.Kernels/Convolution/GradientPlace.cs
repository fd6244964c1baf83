using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// A thread's share of the input in a chunk of the weight gradient: the same four taps and channels of one pixel, or of two that are 8
/// apart.
/// </summary>
public struct GradientPlace
{
    /// <summary>The pixel.</summary>
    public PixelPlace First;

    /// <summary>The other pixel.</summary>
    public PixelPlace Second;

    /// <summary>The terms, which are rows of the product here.</summary>
    public TermPlace Terms;

    /// <summary>The thread's row of a chunk.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>The row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Row<TTile>()
        where TTile : struct, IProductTile => (int)((uint)Group.IdxX / (uint)(TTile.Rows / 4));

    /// <summary>The thread's vector of that row.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <returns>The vector.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Vector<TTile>()
        where TTile : struct, IProductTile => Group.IdxX & (TTile.Rows / 4 - 1);

    /// <summary>The thread's share of a slice's first chunk.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="row">The tile's first row.</param>
    /// <param name="pixel">The slice's first pixel.</param>
    /// <param name="end">The pixel after its last.</param>
    /// <param name="s">The convolution.</param>
    /// <returns>The share.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GradientPlace Of<TTile>(int row, int pixel, int end, ConvolutionShape s)
        where TTile : struct, IProductTile => new()
        {
            First = PixelPlace.Of(pixel + Row<TTile>(), s).Before(end),
            Second = PixelPlace.Of(pixel + Row<TTile>() + 8, s).Before(end),
            Terms = TermPlace.Of(row + 4 * Vector<TTile>(), s.In),
        };

    /// <summary>The share of the next chunk.</summary>
    /// <param name="end">The pixel after the slice's last.</param>
    /// <param name="s">The convolution.</param>
    /// <returns>The share.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly GradientPlace Next(int end, ConvolutionShape s)
    {
        var next = this;
        next.First = next.First.Next(s).Before(end);
        next.Second = next.Second.Next(s).Before(end);
        return next;
    }
}
