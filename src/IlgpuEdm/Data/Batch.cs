namespace IlgpuEdm.Data;

/// <summary>Images for one step of training.</summary>
public sealed class Batch
{
    /// <summary>How many images training has seen before this batch; its images are FirstImage to FirstImage + Size - 1.</summary>
    public required long FirstImage { get; init; }

    /// <summary>Number of images.</summary>
    public required int Size { get; init; }

    /// <summary>The images, [N,H,W,C] on the scale [-1, 1].</summary>
    public required float[] Images { get; init; }

    /// <summary>One class an image; -1 where there are none or where labels are vectors.</summary>
    public required int[] Labels { get; init; }

    /// <summary>The labels, [N, LabelDim], where the data set has vectors; else null.</summary>
    public float[]? LabelVectors { get; init; }
}
