using ILGPU;
using IlgpuEdm.Kernels;

namespace IlgpuEdm.Devices;

/// <summary>The groups of a launch and the threads of a group; a number of work items converts to as many groups of one.</summary>
/// <param name="Groups">Groups.</param>
/// <param name="Threads">Threads of a group.</param>
internal readonly record struct LaunchSize(int Groups, int Threads = 1)
{
    /// <summary>A launch of the fat schedule.</summary>
    public static implicit operator LaunchSize(int items) => new(items);

    /// <summary>A launch of the cooperative schedule.</summary>
    public static LaunchSize OfGroups(int groups) => new(groups, CooperativeAttribute.GroupSize);

    /// <summary>As ILGPU wants it.</summary>
    public KernelConfig Config => new(Groups, Threads);
}
