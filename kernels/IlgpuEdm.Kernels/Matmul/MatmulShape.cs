namespace IlgpuEdm.Kernels.Matmul;

/// <summary>
/// A batch of matrix products <c>c = alpha * a b (+ bias) (+ c)</c> on matrices that lie anywhere in their tensors, with rows of
/// contiguous floats or, transposed, columns of them. A batch has two levels (image and head), each with strides of its own.
/// </summary>
public struct MatmulShape
{
    /// <summary>Rows of a and c.</summary>
    public int Rows;

    /// <summary>Columns of b and c.</summary>
    public int Columns;

    /// <summary>Columns of a, rows of b.</summary>
    public int Depth;

    /// <summary>Not 0 if a lies transposed: its columns are contiguous.</summary>
    public int TransposeA;

    /// <summary>Not 0 if b lies transposed: its columns are contiguous.</summary>
    public int TransposeB;

    /// <summary>From a contiguous line of a to the next.</summary>
    public int StrideA;

    /// <summary>From a contiguous line of b to the next.</summary>
    public int StrideB;

    /// <summary>From a row of c to the next.</summary>
    public int StrideC;

    /// <summary>Products of the outer level.</summary>
    public int Outer;

    /// <summary>Products of the inner level.</summary>
    public int Inner;

    /// <summary>From an outer product's a to the next.</summary>
    public int OuterA;

    /// <summary>From an outer product's b to the next.</summary>
    public int OuterB;

    /// <summary>From an outer product's c to the next.</summary>
    public int OuterC;

    /// <summary>From an inner product's a to the next.</summary>
    public int InnerA;

    /// <summary>From an inner product's b to the next.</summary>
    public int InnerB;

    /// <summary>From an inner product's c to the next.</summary>
    public int InnerC;

    /// <summary>Where the first a starts.</summary>
    public int OffsetA;

    /// <summary>Where the first b starts.</summary>
    public int OffsetB;

    /// <summary>Where the first c starts.</summary>
    public int OffsetC;

    /// <summary>Parts into which the rows are cut, a task each.</summary>
    public int RowParts;

    /// <summary>Floats of scratch of a work item.</summary>
    public int Scratch;
}
