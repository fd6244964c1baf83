using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// A convolution of any kernel, stride and zero padding on NHWC images, forward only, that writes a range of channels of a tensor which
/// may be wider; and how it is cut into work, as <see cref="ConvolutionShape"/> is.
/// </summary>
public struct GeneralShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Rows of an image of the input.</summary>
    public int Height;

    /// <summary>Pixels of a row of the input.</summary>
    public int Width;

    /// <summary>Channels of the input.</summary>
    public int In;

    /// <summary>Rows of an image of the output.</summary>
    public int OutHeight;

    /// <summary>Pixels of a row of the output.</summary>
    public int OutWidth;

    /// <summary>Channels that are computed.</summary>
    public int Out;

    /// <summary>Rows of the kernel.</summary>
    public int KernelHeight;

    /// <summary>Columns of the kernel.</summary>
    public int KernelWidth;

    /// <summary>Pixels of the input, down and right, from an output's to the next.</summary>
    public int Stride;

    /// <summary>Rows of zeros above and below the input.</summary>
    public int PadY;

    /// <summary>Columns of zeros left and right of the input.</summary>
    public int PadX;

    /// <summary>Channels of a pixel of the tensor that is written.</summary>
    public int OutStride;

    /// <summary>The first of them that is written.</summary>
    public int OutFirst;

    /// <summary>Fat schedule: rows of the output in a strip; the last strip of an image may have fewer.</summary>
    public int StripRows;

    /// <summary>Fat schedule: strips of an image.</summary>
    public int Strips;

    /// <summary>Fat schedule: floats of scratch of a work item.</summary>
    public int Scratch;

    /// <summary>Cooperative schedule: whole taps in a chunk of an output's sum.</summary>
    public int ChunkTaps;

    /// <summary>Cooperative schedule: what a tap is multiplied with to divide it by <see cref="KernelWidth"/>, shifted by 16.</summary>
    public int RowOfTap;

    /// <summary>Terms of an output's sum.</summary>
    public readonly int Depth => KernelHeight * KernelWidth * In;

    /// <summary>Pixels of an image of the output.</summary>
    public readonly int OutPixels => OutHeight * OutWidth;

    /// <summary>Pixels of a row in scratch, with the border.</summary>
    public readonly int Pitch => Width + 2 * PadX;

    /// <summary>Whether the input can be read where it lies: no tap of any output is beyond an edge.</summary>
    public readonly bool InPlace => PadX == 0 && PadY == 0;

    /// <summary>Rows of the input, with those beyond the edges, that some rows of the output read.</summary>
    /// <param name="rows">Rows of the output.</param>
    /// <returns>The rows.</returns>
    public readonly int RowsRead(int rows) => (rows - 1) * Stride + KernelHeight;

    /// <summary>The convolution with what the cooperative schedule wants to know of a chunk, so that its threads need not divide.</summary>
    public readonly GeneralShape InChunks() => this with
    {
        ChunkTaps = TileProduct.Chunk / In,

        // Exact for taps below 2^16 / KernelWidth.
        RowOfTap = (1 << 16) / KernelWidth + 1,
    };
}
