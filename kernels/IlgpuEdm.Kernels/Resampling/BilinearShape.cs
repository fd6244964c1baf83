namespace IlgpuEdm.Kernels.Resampling;

/// <summary>Sizes of images that are resized.</summary>
public struct BilinearShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Rows of an image of the input.</summary>
    public int Height;

    /// <summary>Pixels of a row of the input.</summary>
    public int Width;

    /// <summary>Channels of the input: those of the output, or one, which all of these repeat.</summary>
    public int Channels;

    /// <summary>Rows of an image of the output.</summary>
    public int OutHeight;

    /// <summary>Pixels of a row of the output.</summary>
    public int OutWidth;

    /// <summary>Channels of the output.</summary>
    public int OutChannels;
}
