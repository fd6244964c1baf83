namespace IlgpuEdm.Kernels;

/// <summary>How work items divide tasks among themselves: contiguous shares whose sizes differ by at most one.</summary>
public static class WorkShare
{
    /// <summary>The first task of a work item; the share ends where the next item's starts.</summary>
    /// <param name="item">The work item.</param>
    /// <param name="items">Work items.</param>
    /// <param name="tasks">Tasks.</param>
    /// <returns>The task's index.</returns>
    public static int Start(int item, int items, int tasks)
    {
        var share = tasks / items;
        var rest = tasks - share * items;
        return item * share + (item < rest ? item : rest);
    }
}
