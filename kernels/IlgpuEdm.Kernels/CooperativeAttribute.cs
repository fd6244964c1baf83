namespace IlgpuEdm.Kernels;

/// <summary>
/// Marks a kernel of the cooperative schedule: it runs in groups of <see cref="GroupSize"/> threads. Kernels without a mark are of the fat
/// schedule, and a device of the cooperative schedule refuses them.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CooperativeAttribute : Attribute
{
    /// <summary>Threads of every group; each GPU of any vendor runs groups of this size.</summary>
    public const int GroupSize = 256;

    /// <summary>Groups that should fit on a multiprocessor at once, which bounds the registers of a thread; 0 leaves that open.</summary>
    public int GroupsPerMultiprocessor { get; init; }

    /// <summary>Whether it is for tensor cores of compute capability 8.0 and later; other devices run it slowly, as a proof.</summary>
    public bool TensorCores { get; init; }
}

/// <summary>
/// Marks a kernel that serves both schedules: its tasks are small and independent, and whoever runs as a work item, be it a fat one or a
/// thread of a group, takes its share of them.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EitherScheduleAttribute : Attribute;
