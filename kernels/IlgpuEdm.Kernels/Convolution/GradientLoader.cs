using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// What a thread of <see cref="TensorWeightGradient"/> copies: 16 bytes of one tap and input channel of two pixels of each chunk, and of
/// output channels of one or two. It walks over the pixels of a slice.
/// </summary>
public struct GradientLoader
{
    private readonly ArrayView<Float4> _source;
    private readonly ArrayView<Float4> _dy;
    private readonly ConvolutionShape _shape;
    private readonly int _end;
    private readonly int _chunk;
    private readonly int _numbers;
    private readonly int _column;
    private readonly int _vectors;
    private readonly int _vector;
    private readonly int _exists;
    private readonly int _tapX;
    private readonly int _tapY;
    private readonly int _line;
    private int _start;

    /// <summary>Starts at the slice's first pixel.</summary>
    /// <param name="x">The input.</param>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="row">The first row of the group: tap and input channel.</param>
    /// <param name="column">The first output channel of the group.</param>
    /// <param name="start">The slice's first pixel.</param>
    /// <param name="end">Its end.</param>
    /// <param name="numbers">Numbers of a word.</param>
    public GradientLoader(
        ConvolutionInput x, ArrayView<float> dy, ConvolutionShape s, int row, int column, int start, int end, int numbers)
    {
        _shape = s;
        _numbers = numbers;
        _column = column;
        _start = start;
        _end = end;
        _dy = dy.Cast<Float4>();
        _chunk = TensorWeights.Chunk * numbers;
        var lineVectors = TensorWeightGradient.Rows / 4 / numbers;
        _line = Group.IdxX / lineVectors;
        row += Group.IdxX % lineVectors * 4 * numbers;
        var tap = row / s.In;
        var channel = row - tap * s.In;
        _exists = row < s.Depth ? 1 : 0;
        _tapX = tap % s.Kernel - s.Kernel / 2;
        _tapY = tap / s.Kernel - s.Kernel / 2;
        var inFirst = channel < x.FirstChannels;
        _source = inFirst ? x.First.Cast<Float4>() : x.Second.Cast<Float4>();
        _vectors = (inFirst ? x.FirstChannels : s.In - x.FirstChannels) / (4 * numbers);
        _vector = (inFirst ? channel : channel - x.FirstChannels) / (4 * numbers);
    }

    /// <summary>Copies this thread's part of two lines of inputs.</summary>
    /// <param name="ring">Shared memory.</param>
    /// <param name="to">The place of the first.</param>
    /// <param name="next">From there to the second's.</param>
    public readonly void Inputs(ArrayView<Float4> ring, int to, int next)
    {
        Input(ring, to, _start + _line);
        Input(ring, to + next, _start + _line + (_chunk >> 1));
    }

    /// <summary>Copies this thread's part of a line of gradients.</summary>
    /// <param name="ring">Shared memory.</param>
    /// <param name="to">The place in it.</param>
    /// <param name="line">The line of the chunk.</param>
    /// <param name="vector">The vector of the line.</param>
    public readonly void Gradients(ArrayView<Float4> ring, int to, int line, int vector)
    {
        var column = _column + vector * 4 * _numbers;
        var pixel = _start + line;
        var valid = column < _shape.Out && pixel < _end;
        AsyncCopy.Start(ring, to, _dy, valid ? (pixel * _shape.Out + column) / (4 * _numbers) : 0, valid ? 1 : 0);
    }

    /// <summary>Goes on to the next chunk.</summary>
    public void Advance() => _start += _chunk;

    private readonly void Input(ArrayView<Float4> ring, int to, int pixel)
    {
        var place = (int)((uint)pixel % (uint)(_shape.Height * _shape.Width));
        var y = (int)((uint)place / (uint)_shape.Width);
        var x = place - y * _shape.Width + _tapX;
        y += _tapY;
        var valid = _exists != 0 && pixel < _end && x >= 0 && x < _shape.Width && y >= 0 && y < _shape.Height;
        AsyncCopy.Start(
            ring, to, _source, valid ? (pixel + _tapY * _shape.Width + _tapX) * _vectors + _vector : 0, valid ? 1 : 0);
    }
}
