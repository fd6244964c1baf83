namespace IlgpuEdm.Devices;

/// <summary>The kinds of accelerator that kernels run on.</summary>
public enum DeviceKind
{
    /// <summary>ILGPU's CPU accelerator: kernels run as .NET code with SIMD primitives.</summary>
    Cpu,

    /// <summary>An OpenCL device, a GPU or (through PoCL) a CPU.</summary>
    OpenCl,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,
}

/// <summary>A device that is there.</summary>
/// <param name="Spec">What <see cref="Device.Open"/> takes, such as <c>opencl:1</c>.</param>
/// <param name="Name">The name that the driver gives.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="MemoryBytes">Its memory, in bytes.</param>
/// <param name="Detail">Cores or multiprocessors, version, and what else tells devices apart.</param>
public sealed record DeviceInfo(string Spec, string Name, DeviceKind Kind, long MemoryBytes, string Detail);
