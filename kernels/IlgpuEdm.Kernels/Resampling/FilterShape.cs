namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// Resampling by two with a filter of L taps (even), the same along both axes: small pixel i and large pixel j touch through tap
/// <c>k = j + Padding - 2 i</c>. The large images therefore have <c>2 small + L - 2 - 2 Padding</c> rows and columns.
/// </summary>
public struct FilterShape
{
    /// <summary>Images.</summary>
    public int Batch;

    /// <summary>Rows of a small image.</summary>
    public int Height;

    /// <summary>Pixels of a row of a small image.</summary>
    public int Width;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>Half the taps: those that a large pixel's sum has along one axis.</summary>
    public int HalfTaps;

    /// <summary>Zeros before the first large pixel; at most <c>L / 2 - 1</c>.</summary>
    public int Padding;

    /// <summary>Floats of scratch of a work item: a row filtered along y, with zeros at its ends.</summary>
    public int Scratch;

    /// <summary>Rows of a large image.</summary>
    public readonly int LargeHeight => 2 * (Height + HalfTaps - 1 - Padding);

    /// <summary>Pixels of a row of a large image.</summary>
    public readonly int LargeWidth => 2 * (Width + HalfTaps - 1 - Padding);
}
