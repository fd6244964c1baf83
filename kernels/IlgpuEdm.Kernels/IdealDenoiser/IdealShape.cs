namespace IlgpuEdm.Kernels.IdealDenoiser;

/// <summary>
/// A step of the ideal denoiser: some noisy images, the queries, against a chunk of a data set. Of each query and slice of the chunk there
/// are four numbers, <c>[queries, slices, 4]</c>: the squared distance of the slice's nearest image, the sum of the weights
/// <c>exp(-scale * (d - nearest))</c>, the sum of their squares, and what the slice's weights are worth beside the nearest image of all;
/// and a part, <c>[slices, queries, stride]</c>: the weighted sum of its images. What a query has of all chunks so far is its state,
/// <c>[queries, 4]</c>: the nearest distance, both sums, and what the sum of images before this chunk is still worth.
/// </summary>
public struct IdealShape
{
    /// <summary>Images of a slice; the order of sums depends on it, and on nothing that changes from call to call.</summary>
    public const int SliceRows = 256;

    /// <summary>Most slices of a chunk: a group's threads have one each.</summary>
    public const int MaxSlices = CooperativeAttribute.GroupSize;

    /// <summary>Images lie a multiple of so many floats apart, filled up with zeros.</summary>
    public const int Alignment = 32;

    /// <summary>Numbers of a slice and of a state.</summary>
    public const int Numbers = 4;

    /// <summary>Noisy images.</summary>
    public int Queries;

    /// <summary>Floats from an image to the next.</summary>
    public int Stride;

    /// <summary>Images of the chunk.</summary>
    public int Rows;

    /// <summary>Slices of the chunk, the last of which may be short.</summary>
    public int Slices;

    /// <summary>Factor of squared distances: <c>1 / (2 sigma^2)</c>.</summary>
    public float Scale;

    /// <summary>Not 0 for the first chunk, before which there is no state.</summary>
    public int IsFirst;

    /// <summary>The images of a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>As many as a slice has, or fewer in the last.</returns>
    internal readonly int RowsOf(int slice) => Rows - slice * SliceRows < SliceRows ? Rows - slice * SliceRows : SliceRows;
}
