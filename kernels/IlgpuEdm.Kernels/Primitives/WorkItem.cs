using ILGPU;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Which work item of a launch runs, and of how many. On a CPU the launching side says so to the thread that runs it; elsewhere it is
/// the thread's place in the grid, which in the fat schedule has groups of one.
/// </summary>
public static class WorkItem
{
    [ThreadStatic]
    private static int current;

    [ThreadStatic]
    private static int total;

    /// <summary>Says which work item this thread runs next.</summary>
    /// <param name="index">The work item, from 0.</param>
    /// <param name="count">Work items of the launch; 0 if ILGPU itself launches on this thread.</param>
    public static void Set(int index, int count)
    {
        current = index;
        total = count;
    }

    /// <summary>The work item.</summary>
    /// <returns>From 0 to <see cref="Count"/> - 1.</returns>
    [IntrinsicImplementation]
    public static int Index() => total == 0 ? IndexPortable() : current;

    /// <summary>The portable body of <see cref="Index"/>.</summary>
    /// <inheritdoc cref="Index"/>
    public static int IndexPortable() => Grid.IdxX * Group.DimX + Group.IdxX;

    /// <summary>Work items of the launch.</summary>
    /// <returns>At least 1.</returns>
    [IntrinsicImplementation]
    public static int Count() => total == 0 ? CountPortable() : total;

    /// <summary>The portable body of <see cref="Count"/>.</summary>
    /// <inheritdoc cref="Count"/>
    public static int CountPortable() => Grid.DimX * Group.DimX;
}
