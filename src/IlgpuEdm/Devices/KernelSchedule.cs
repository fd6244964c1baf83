namespace IlgpuEdm.Devices;

/// <summary>How the work of an operation is laid out on a device; each heavy operation has a kernel for either.</summary>
public enum KernelSchedule
{
    /// <summary>Cooperative on GPUs and on the emulator, fat on CPUs.</summary>
    Auto,

    /// <summary>A work item computes a large piece by itself, with loops over SIMD primitives: for CPUs, and right everywhere.</summary>
    Fat,

    /// <summary>Groups of 256 threads share tiles in fast memory: for GPUs.</summary>
    Cooperative,
}
