using IlgpuEdm.Devices;

namespace IlgpuEdm.SelfTests;

/// <summary>A way to compute that is tested.</summary>
/// <param name="Schedule">Which kernels run.</param>
/// <param name="Precision">With how many bits.</param>
public readonly record struct SelfTestMode(KernelSchedule Schedule, Precision Precision)
{
    /// <summary>Such as <c>cooperative, bf16</c>.</summary>
    public override string ToString() => $"{Schedule}, {Precision}".ToLowerInvariant();
}
