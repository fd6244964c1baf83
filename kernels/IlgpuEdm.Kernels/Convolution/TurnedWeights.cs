using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// Weights turned by half a revolution and with input and output exchanged: the cooperative schedule convolves the output's gradient with
/// them to get the input's. Squares pass through shared memory, so that reads and writes both run along rows.
/// </summary>
public static class TurnedWeights
{
    private const int Side = 32;
    private const int RowsAtOnce = CooperativeAttribute.GroupSize / Side;

    /// <summary>Groups of a launch.</summary>
    /// <param name="taps">Taps.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <returns>One a square of a tap.</returns>
    public static int Groups(int taps, int inputs, int outputs) => taps * ((inputs + Side - 1) / Side) * ((outputs + Side - 1) / Side);

    /// <summary>Turns the weights.</summary>
    /// <param name="weights">Weights, <c>[taps, In, Out]</c>.</param>
    /// <param name="turned">Receives <c>[taps, Out, In]</c>, the last tap first.</param>
    /// <param name="taps">Taps.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    [Cooperative]
    public static void Turn(ArrayView<float> weights, ArrayView<float> turned, int taps, int inputs, int outputs)
    {
        // One column more than the square has keeps its columns out of one bank.
        var square = SharedMemory.Allocate<float>(Side * (Side + 1));
        var across = (outputs + Side - 1) / Side;
        var squares = (inputs + Side - 1) / Side * across;
        var tap = Grid.IdxX / squares;
        var inTap = Grid.IdxX - tap * squares;
        var input = inTap / across * Side;
        var output = (inTap - inTap / across * across) * Side;
        var column = Group.IdxX & (Side - 1);
        var first = Group.IdxX >> 5;
        var from = tap * inputs * outputs;
        var to = (taps - 1 - tap) * inputs * outputs;
        for (var row = first; row < Side; row += RowsAtOnce)
        {
            if (input + row < inputs && output + column < outputs)
            {
                square[row * (Side + 1) + column] = weights[from + (input + row) * outputs + output + column];
            }
        }

        Group.Barrier();
        for (var row = first; row < Side; row += RowsAtOnce)
        {
            if (output + row < outputs && input + column < inputs)
            {
                turned[to + (output + row) * inputs + input + column] = square[column * (Side + 1) + row];
            }
        }
    }
}
