using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// A convolution with stride 1 and zero padding, kernel 1x1 or 3x3, on NHWC images, and how it is cut into work: in the fat
/// schedule strips of whole rows of one image, in the cooperative one chunks of 16 terms or pixels.
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

    /// <summary>Cooperative schedule: whole taps in a chunk of an output's sum.</summary>
    public int ChunkTaps;

    /// <summary>Cooperative schedule: rows by which a chunk of pixels moves on, less whole images.</summary>
    public int ChunkRows;

    /// <summary>Cooperative schedule: columns by which a chunk of pixels moves on beyond that.</summary>
    public int ChunkColumns;

    /// <summary>Terms of an output's sum, kernel * kernel * In.</summary>
    public readonly int Depth => Kernel * Kernel * In;

    /// <summary>The convolution with what the cooperative schedule wants to know of a chunk, so that its threads need not divide.</summary>
    public readonly ConvolutionShape InChunks() => this with
    {
        ChunkTaps = TileProduct.Chunk / In,
        ChunkRows = TileProduct.Chunk / Width % Height,
        ChunkColumns = TileProduct.Chunk % Width,
    };

    /// <summary>Rows and columns of zeros around a 3x3 convolution's input.</summary>
    public readonly int Border => Kernel / 2;

    /// <summary>Pixels of a row in scratch, with the border.</summary>
    public readonly int Pitch => Width + 2 * Border;
}
