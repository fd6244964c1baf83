using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>Rows of channels in a tensor.</summary>
/// <param name="view">The tensor.</param>
/// <param name="start">The first row's first channel.</param>
/// <param name="stride">From a row to the next.</param>
/// <param name="count">Rows that are there.</param>
internal readonly struct TensorRows(ArrayView<float> view, int start, int stride, int count)
{
    /// <summary>The tensor, 16 bytes at a time.</summary>
    public readonly ArrayView<Float4> View = view.Cast<Float4>();

    /// <summary>The first row's first channel.</summary>
    public readonly int Start = start;

    /// <summary>From a row to the next.</summary>
    public readonly int Stride = stride;

    /// <summary>Rows that are there.</summary>
    public readonly int Count = count;

    /// <summary>The place of a channel, 16 bytes at a time, or of the first where there is no such row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="vector">Channels of 16 bytes, 4 or 8.</param>
    public int Place(int row, int channel, int vector) => row < Count ? (Start + row * Stride + channel) / vector : -1;
}

/// <summary>
/// What a thread of <see cref="TensorRowProducts"/> copies: 16 bytes of three of a chunk's 192 rows, each 64 after the one before. It walks
/// over the channels.
/// </summary>
internal struct TensorRowLoader
{
    private readonly ArrayView<Float4> _left;
    private readonly ArrayView<Float4> _right;
    private readonly int _vectors;
    private int _first;
    private int _second;
    private int _third;
    private int _vector;

    private TensorRowLoader(ArrayView<Float4> left, ArrayView<Float4> right, int first, int second, int third, int vector, int vectors)
    {
        _left = left;
        _right = right;
        _first = first;
        _second = second;
        _third = third;
        _vector = vector;
        _vectors = vectors;
    }

    /// <summary>Starts before the first chunk.</summary>
    /// <param name="left">The group's rows.</param>
    /// <param name="right">The tile's rows.</param>
    /// <param name="depth">Channels.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TFormat">What words are.</typeparam>
    public static TensorRowLoader Start<TTile, TFormat>(TensorRows left, TensorRows right, int depth)
        where TTile : struct, ITensorAttentionTile
        where TFormat : struct, IMatrixFormat
    {
        var row = Group.IdxX >> 2;
        var vector = 4 * TFormat.Numbers;
        var channel = (Group.IdxX & 3) * vector;
        return new TensorRowLoader(
            left.View, right.View, left.Place(row, channel, vector),
            TTile.WarpRows == 4 ? left.Place(row + 64, channel, vector) : right.Place(row, channel, vector),
            TTile.WarpRows == 4 ? right.Place(row, channel, vector) : right.Place(row + 64, channel, vector),
            Group.IdxX & 3, depth / vector);
    }

    /// <summary>Copies this thread's part of a chunk, and goes on to the next.</summary>
    /// <param name="ring">Shared memory.</param>
    /// <param name="stage">Which chunk of it.</param>
    /// <typeparam name="TTile">The tile.</typeparam>
    public void Copy<TTile>(ArrayView<Float4> ring, int stage)
        where TTile : struct, ITensorAttentionTile
    {
        const int rowVectors = TensorAttentionTile.RowWords / 4;
        var to = (stage * TensorAttentionTile.BothRows + (Group.IdxX >> 2)) * rowVectors + (Group.IdxX & 3);
        var exists = _vector < _vectors;
        Copy(ring, to, _left, _first, exists);
        Copy(ring, to + 64 * rowVectors, TTile.WarpRows == 4 ? _left : _right, _second, exists);
        Copy(ring, to + 128 * rowVectors, _right, _third, exists);
        _vector += 4;
        _first += _first >= 0 ? 4 : 0;
        _second += _second >= 0 ? 4 : 0;
        _third += _third >= 0 ? 4 : 0;
    }

    private static void Copy(ArrayView<Float4> ring, int to, ArrayView<Float4> view, int from, bool exists)
    {
        exists &= from >= 0;
        AsyncCopy.Start(ring, to, view, exists ? from : 0, exists ? 1 : 0);
    }
}
