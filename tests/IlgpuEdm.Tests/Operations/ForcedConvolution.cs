using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Operations;

/// <summary>While it lives, a device computes its 3x3 convolutions by one method.</summary>
internal sealed class ForcedConvolution : IDisposable
{
    private readonly Device _device;
    private readonly ConvolutionMethod _before;

    public ForcedConvolution(Device device, ConvolutionMethod method)
    {
        (_device, _before) = (device, device.Convolution);
        device.Convolution = method;
    }

    /// <summary>The methods that can be forced.</summary>
    public static IReadOnlyList<ConvolutionMethod> Methods { get; } = [ConvolutionMethod.Direct, ConvolutionMethod.Winograd];

    public void Dispose() => _device.Convolution = _before;
}
