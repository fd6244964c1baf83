using ILGPU;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// What happens to a convolution's sums before they are stored, <c>y = (sum + bias + shift + residual) * scale (+ y)</c>, and what is
/// gathered from each strip while the cache holds it.
/// </summary>
public struct Epilogue
{
    /// <summary>Nothing is gathered.</summary>
    public const int GatherNothing = 0;

    /// <summary>The moments of y, for the norm that follows: mean and sum of squared deviations.</summary>
    public const int GatherMoments = 1;

    /// <summary>
    /// y is the gradient of a normalised input: SiLU's slope is multiplied into it, and the sums that the norm's gradient needs are
    /// gathered.
    /// </summary>
    public const int GatherNormGradient = 2;

    /// <summary>One float an output channel; read if asked for.</summary>
    public ArrayView<float> Bias;

    /// <summary>One float an image and channel, <c>[N, Out]</c>; read if asked for.</summary>
    public ArrayView<float> Shift;

    /// <summary>Laid out as y; read if asked for.</summary>
    public ArrayView<float> Residual;

    /// <summary>Receives what is gathered, <c>[N, strip, 2, Out]</c>.</summary>
    public ArrayView<float> Gathered;

    /// <summary>Not 0 to add a bias a channel.</summary>
    public int UseBias;

    /// <summary>Not 0 to add a shift an image and channel.</summary>
    public int UseShift;

    /// <summary>Not 0 to add a residual.</summary>
    public int UseResidual;

    /// <summary>Not 0 to add to the output.</summary>
    public int Accumulate;

    /// <summary>Factor of the sum.</summary>
    public float Scale;

    /// <summary>What is gathered.</summary>
    public int Gather;
}
