namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// A convolution with stride 1 and zero padding, kernel 1x1 or 3x3, on NHWC images, and how the fat schedule cuts it into work:
/// strips of whole rows of one image.
/// </summary>
public struct ConvolutionShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Rows of an image.</summary>
    public int Height;

    /// <summary>Pixels of a row.</summary>
    public int Width;

    /// <summary>Channels of the input.</summary>
    public int In;

    /// <summary>Channels of the output.</summary>
    public int Out;

    /// <summary>1 or 3.</summary>
    public int Kernel;

    /// <summary>Rows of a strip; the last strip of an image may have fewer.</summary>
    public int StripRows;

    /// <summary>Strips of an image.</summary>
    public int Strips;

    /// <summary>Parts into which the weight gradient divides the images, each summed by itself; set by the batch alone.</summary>
    public int Slices;

    /// <summary>Floats of scratch of a work item.</summary>
    public int Scratch;

    /// <summary>Terms of an output's sum, kernel * kernel * In.</summary>
    public readonly int Depth => Kernel * Kernel * In;

    /// <summary>Rows and columns of zeros around a 3x3 convolution's input.</summary>
    public readonly int Border => Kernel / 2;

    /// <summary>Pixels of a row in scratch, with the border.</summary>
    public readonly int Pitch => Width + 2 * Border;
}
