using IlgpuEdm.Devices;

namespace IlgpuEdm.Autodiff;

/// <summary>The work of a kernel that does next to nothing but move memory.</summary>
internal static class Traffic
{
    /// <summary>Each of the tensors read or written once.</summary>
    public static KernelWork Of(params ReadOnlySpan<Tensor> tensors)
    {
        var bytes = 0.0;
        foreach (var tensor in tensors)
        {
            bytes += tensor.Bytes;
        }

        return new KernelWork(0, bytes);
    }
}
