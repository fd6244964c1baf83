namespace IlgpuEdm.Devices;

/// <summary>How 3x3 convolutions are computed.</summary>
public enum ConvolutionMethod
{
    /// <summary>As is fastest for the layer's shape; the choice depends on nothing else.</summary>
    Auto,

    /// <summary>As sums of nine taps.</summary>
    Direct,

    /// <summary>By Winograd's F(2x2, 3x3) wherever it can be.</summary>
    Winograd,
}
