namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// What happens to a convolution's sums before they are stored: <c>y = (sum + bias + shift + residual) * scale (+ y)</c>.
/// </summary>
public struct Epilogue
{
    /// <summary>Not 0 to add a bias a channel.</summary>
    public int UseBias;

    /// <summary>Not 0 to add a shift an image and channel.</summary>
    public int UseShift;

    /// <summary>Not 0 to add a residual, laid out as the output.</summary>
    public int UseResidual;

    /// <summary>Not 0 to add to the output.</summary>
    public int Accumulate;

    /// <summary>Factor of the sum.</summary>
    public float Scale;
}
