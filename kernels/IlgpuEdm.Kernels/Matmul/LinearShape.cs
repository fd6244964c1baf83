using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Matmul;

/// <summary>A linear layer <c>y = x w + b</c>, x <c>[rows, in]</c> and w <c>[in, out]</c>, and which gradients are wanted.</summary>
public struct LinearShape
{
    /// <summary>Rows of x and y.</summary>
    public int Rows;

    /// <summary>Columns of x, rows of the weights.</summary>
    public int In;

    /// <summary>Columns of the weights and of y.</summary>
    public int Out;

    /// <summary>Parts into which rows are cut, a task each; parts of the weights' rows for their gradient.</summary>
    public int Parts;

    /// <summary>Not 0 if there is a bias; backward, if its gradient is wanted.</summary>
    public int UseBias;

    /// <summary>Not 0 if the gradient of the weights is wanted.</summary>
    public int UseWeight;

    /// <summary>0 if the gradient of x is not wanted, 1 to overwrite it, 2 to add to it.</summary>
    public int UseInput;

    /// <summary>Floats of scratch of a work item.</summary>
    public int Scratch;

    /// <summary>Blocks of 32 columns.</summary>
    /// <param name="columns">Columns.</param>
    /// <returns>The last block counts whole.</returns>
    public static int Blocks(int columns) => (columns + MatrixTile.Width - 1) / MatrixTile.Width;
}
