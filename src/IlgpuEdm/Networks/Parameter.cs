namespace IlgpuEdm.Networks;

/// <summary>How a parameter lies in files, which show PyTorch's layouts, against memory.</summary>
public enum ParameterLayout
{
    /// <summary>One dimension, the same in both.</summary>
    Vector,

    /// <summary>File <c>[out, in]</c>, memory <c>[in, out]</c>.</summary>
    Linear,

    /// <summary>File <c>[out, in, y, x]</c>, memory <c>[y, x, in, out]</c>.</summary>
    Convolution,

    /// <summary>
    /// As <see cref="Convolution"/>, with the output channels interleaved <c>[head, channel, (q, k, v)]</c> in files and
    /// <c>[(q, k, v), head, channel]</c> in memory.
    /// </summary>
    QkvConvolution,

    /// <summary>As <see cref="Vector"/>, interleaved as <see cref="QkvConvolution"/>.</summary>
    QkvVector,
}

/// <summary>One named parameter of a network: where it lies in the block of all parameters, and how it starts.</summary>
/// <param name="Name">The reference's name, such as <c>enc.32x32_block0.conv0.weight</c>.</param>
/// <param name="Shape">Dimensions in memory.</param>
/// <param name="Layout">Its layout in files.</param>
/// <param name="Index">Its place among the parameters.</param>
/// <param name="Offset">Where it starts in the block, in floats; a multiple of 64.</param>
/// <param name="Start">Values before training.</param>
/// <param name="Trained">False for values that are drawn once and stay, such as the frequencies of a Fourier embedding.</param>
public sealed record Parameter(
    string Name, int[] Shape, ParameterLayout Layout, int Index, int Offset, ParameterStart Start, bool Trained = true)
{
    /// <summary>Number of values.</summary>
    public int Length => Shape.Aggregate(1, (a, b) => a * b);

    /// <summary>Dimensions in files.</summary>
    public int[] FileShape => Layout switch
    {
        ParameterLayout.Linear => [Shape[1], Shape[0]],
        ParameterLayout.Convolution or ParameterLayout.QkvConvolution => [Shape[3], Shape[2], Shape[0], Shape[1]],
        _ => Shape,
    };

    /// <summary>Rearranges values from the file's order to memory's.</summary>
    /// <param name="file">Values as files have them.</param>
    /// <param name="memory">Receives them as memory has them.</param>
    public void FromFile(ReadOnlySpan<float> file, Span<float> memory)
    {
        for (var i = 0; i < memory.Length; i++)
        {
            memory[i] = file[FileIndex(i)];
        }
    }

    /// <summary>Rearranges values from memory's order to the file's.</summary>
    /// <param name="memory">Values as memory has them.</param>
    /// <returns>Values as files have them.</returns>
    public float[] ToFile(ReadOnlySpan<float> memory)
    {
        var file = new float[memory.Length];
        for (var i = 0; i < memory.Length; i++)
        {
            file[FileIndex(i)] = memory[i];
        }

        return file;
    }

    private int FileIndex(int i)
    {
        var outputs = Shape[^1];
        var o = i % outputs;
        var rest = i / outputs;
        if (Layout is ParameterLayout.QkvConvolution or ParameterLayout.QkvVector)
        {
            // Heads need no mention: (head, channel) runs in the same order on both sides.
            var channels = outputs / 3;
            o = o % channels * 3 + o / channels;
        }

        switch (Layout)
        {
            case ParameterLayout.Linear:
                return o * Shape[0] + rest;
            case ParameterLayout.Convolution or ParameterLayout.QkvConvolution:
                var inputs = Shape[2];
                var taps = Shape[0] * Shape[1];
                return (o * inputs + rest % inputs) * taps + rest / inputs;
            default:
                return o;
        }
    }
}

/// <summary>The values of a parameter before training.</summary>
/// <param name="Constant">The value of all, where <paramref name="Bound"/> is 0.</param>
/// <param name="Bound">Uniform draws between -Bound and Bound, or the standard deviation of normal ones.</param>
/// <param name="Normal">Whether the draws are normal.</param>
public readonly record struct ParameterStart(float Constant, double Bound, bool Normal)
{
    /// <summary>All zero.</summary>
    public static ParameterStart Zero => default;

    /// <summary>All one.</summary>
    public static ParameterStart One => new(1f, 0, false);

    /// <summary>Normal draws.</summary>
    /// <param name="deviation">Their standard deviation.</param>
    /// <returns>The draws.</returns>
    public static ParameterStart NormalDraws(double deviation) => new(0f, deviation, true);
}
