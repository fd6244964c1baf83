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
        var (outputs, step) = FileOutputs();
        var i = 0;
        for (var row = 0; i < memory.Length; row++)
        {
            var start = FileStart(row);
            foreach (var output in outputs)
            {
                memory[i] = file[start + output * step];
                i++;
            }
        }
    }

    /// <summary>Rearranges values from memory's order to the file's.</summary>
    /// <param name="memory">Values as memory has them.</param>
    /// <param name="file">Receives them as files have them.</param>
    public void ToFile(ReadOnlySpan<float> memory, Span<float> file)
    {
        var (outputs, step) = FileOutputs();
        var i = 0;
        for (var row = 0; i < memory.Length; row++)
        {
            var start = FileStart(row);
            foreach (var output in outputs)
            {
                file[start + output * step] = memory[i];
                i++;
            }
        }
    }

    // The outputs, the innermost dimension of memory, in the file's order, and how far apart it has them.
    private (int[] Outputs, int Step) FileOutputs()
    {
        var outputs = new int[Shape[^1]];
        var channels = outputs.Length / 3;
        for (var o = 0; o < outputs.Length; o++)
        {
            // Heads need no mention: (head, channel) runs in the same order on both sides.
            outputs[o] = Layout is ParameterLayout.QkvConvolution or ParameterLayout.QkvVector ? o % channels * 3 + o / channels : o;
        }

        return (outputs, Layout is ParameterLayout.Vector or ParameterLayout.QkvVector ? 1 : Length / outputs.Length);
    }

    // Where the file has the first output of a row of memory.
    private int FileStart(int row) => Layout is ParameterLayout.Convolution or ParameterLayout.QkvConvolution
        ? row % Shape[2] * Shape[0] * Shape[1] + row / Shape[2]
        : row;
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
