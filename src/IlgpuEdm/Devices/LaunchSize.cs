using ILGPU;
using IlgpuEdm.Kernels;

namespace IlgpuEdm.Devices;

/// <summary>
/// The groups of a launch and the threads of a group; a number of work items converts to as many groups of one. For a kernel that serves
/// both schedules <see cref="Device.Spread"/> gives it.
/// </summary>
/// <param name="Groups">Groups.</param>
/// <param name="Threads">Threads of a group.</param>
public readonly record struct LaunchSize(int Groups, int Threads = 1)
{
    /// <summary>A launch of the fat schedule.</summary>
    /// <param name="items">Work items.</param>
    public static implicit operator LaunchSize(int items) => new(items);

    /// <summary>A launch of the cooperative schedule.</summary>
    /// <param name="groups">Groups.</param>
    /// <returns>So many groups of <see cref="CooperativeAttribute.GroupSize"/> threads.</returns>
    public static LaunchSize OfGroups(int groups) => new(groups, CooperativeAttribute.GroupSize);

    /// <summary>As ILGPU wants it.</summary>
    internal KernelConfig Config => new(Groups, Threads);
}
