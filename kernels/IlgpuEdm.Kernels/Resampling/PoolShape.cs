namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// A pool of square windows over NHWC images, whose windows leave out what lies beyond the edges, and which writes a range of channels of a
/// tensor that may be wider.
/// </summary>
public struct PoolShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Rows of an image of the input.</summary>
    public int Height;

    /// <summary>Pixels of a row of the input.</summary>
    public int Width;

    /// <summary>Channels of the input.</summary>
    public int Channels;

    /// <summary>Rows of an image of the output.</summary>
    public int OutHeight;

    /// <summary>Pixels of a row of the output.</summary>
    public int OutWidth;

    /// <summary>Rows and columns of a window.</summary>
    public int Size;

    /// <summary>Pixels of the input, down and right, from a window to the next.</summary>
    public int Stride;

    /// <summary>How far windows reach beyond each edge; less than their size.</summary>
    public int Padding;

    /// <summary>Channels of a pixel of the tensor that is written.</summary>
    public int OutStride;

    /// <summary>The first of them that is written.</summary>
    public int OutFirst;

    /// <summary>Not 0 for the largest value of a window, 0 for the mean.</summary>
    public int Maximum;
}
