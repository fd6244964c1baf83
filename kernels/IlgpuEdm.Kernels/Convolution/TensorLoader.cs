using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// What a thread of <see cref="TensorForward"/> copies: 16 bytes of two pixels of each chunk, the second 64 pixels after the first, and of
/// the rows of weights. It walks over the taps, and within a tap over the channels.
/// </summary>
public struct TensorLoader
{
    private readonly ArrayView<Float4> _first;
    private readonly ArrayView<Float4> _second;
    private readonly ArrayView<Float4> _words;
    private readonly ConvolutionShape _shape;
    private readonly int _column;
    private readonly int _numbers;
    private readonly int _firstChannels;
    private readonly int _pixel;
    private readonly int _x0;
    private readonly int _y0;
    private readonly int _x1;
    private readonly int _y1;
    private int _channel;
    private int _tapX;
    private int _tapY;
    private int _row;

    /// <summary>Starts before the first chunk.</summary>
    /// <param name="x">The input.</param>
    /// <param name="words">The weights.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="pixel">The first pixel of the group.</param>
    /// <param name="column">The first output channel of the group.</param>
    /// <param name="numbers">Numbers of a word.</param>
    public TensorLoader(ConvolutionInput x, ArrayView<float> words, ConvolutionShape s, int pixel, int column, int numbers)
    {
        _first = x.First.Cast<Float4>();
        _second = x.Second.Cast<Float4>();
        _words = words.Cast<Float4>();
        _shape = s;
        _column = column;
        _numbers = numbers;
        _firstChannels = x.FirstChannels;
        _pixel = pixel + (Group.IdxX >> 2);
        var place = _pixel % (s.Height * s.Width);
        _y0 = _pixel < s.Batch * s.Height * s.Width ? place / s.Width : -2;
        _x0 = place % s.Width;
        place = (_pixel + 64) % (s.Height * s.Width);
        _y1 = _pixel + 64 < s.Batch * s.Height * s.Width ? place / s.Width : -2;
        _x1 = place % s.Width;
        _channel = (Group.IdxX & 3) * 4 * numbers;
        _tapX = -(s.Kernel / 2);
        _tapY = -(s.Kernel / 2);
        _row = 0;
    }

    /// <summary>Copies this thread's part of both pixels.</summary>
    /// <param name="ring">Shared memory.</param>
    /// <param name="to">The place of the first.</param>
    /// <param name="next">From there to the second's.</param>
    public readonly void Pixels(ArrayView<Float4> ring, int to, int next)
    {
        var inFirst = _channel < _firstChannels;
        var source = inFirst ? _first : _second;
        var channels = inFirst ? _firstChannels : _shape.In - _firstChannels;
        var vectors = channels / (4 * _numbers);
        var vector = (inFirst ? _channel : _channel - _firstChannels) / (4 * _numbers);
        var exists = _channel < _shape.In;
        var from = (_pixel + _tapY * _shape.Width + _tapX) * vectors + vector;
        var valid = exists && Inside(_x0, _y0);
        AsyncCopy.Start(ring, to, source, valid ? from : 0, valid ? 1 : 0);
        valid = exists && Inside(_x1, _y1);
        AsyncCopy.Start(ring, to + next, source, valid ? from + 64 * vectors : 0, valid ? 1 : 0);
    }

    /// <summary>Copies four columns of a row of weights.</summary>
    /// <param name="ring">Shared memory.</param>
    /// <param name="to">The place in it.</param>
    /// <param name="row">The row of the chunk.</param>
    /// <param name="column">The column of the tile.</param>
    public readonly void Weights(ArrayView<Float4> ring, int to, int row, int column)
    {
        column += _column;
        var valid = column < _shape.Out;
        AsyncCopy.Start(ring, to, _words, valid ? ((_row + row) * _shape.Out + column) / 4 : 0, valid ? 1 : 0);
    }

    /// <summary>Goes on to the next chunk.</summary>
    public void Advance()
    {
        _row += TensorWeights.Chunk;
        _channel += TensorWeights.Chunk * _numbers;
        var mine = (Group.IdxX & 3) * 4 * _numbers;
        if (_channel - mine >= _shape.In)
        {
            _channel = mine;
            _tapX++;
            if (_tapX > _shape.Kernel / 2)
            {
                _tapX = -(_shape.Kernel / 2);
                _tapY++;
            }
        }
    }

    private readonly bool Inside(int x, int y)
    {
        // Pixels behind the last have a row from which no tap reaches the image.
        x += _tapX;
        y += _tapY;
        return x >= 0 && x < _shape.Width && y >= 0 && y < _shape.Height;
    }
}
