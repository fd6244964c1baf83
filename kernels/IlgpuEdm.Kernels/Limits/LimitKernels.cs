using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Limits;

/// <summary>What the machine's limits are measured with; each work item has its own run of numbers.</summary>
public static class LimitKernels
{
    /// <summary>Operations of an item and round of <see cref="MultiplyAdd"/>.</summary>
    public const int Flops = 2 * Peak.Width;

    /// <summary>Multiplies and adds in registers.</summary>
    /// <param name="x"><see cref="Peak.Width"/> numbers an item.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="repeats">How often to begin anew.</param>
    public static void MultiplyAdd(ArrayView<float> x, int rounds, int repeats)
    {
        for (var i = 0; i < repeats; i++)
        {
            Peak.MultiplyAdd(x, WorkItem.Index() * Peak.Width, rounds);
        }
    }

    /// <summary>Copies a run to another.</summary>
    /// <param name="x">A run an item.</param>
    /// <param name="y">The copy.</param>
    /// <param name="count">Floats of a run.</param>
    /// <param name="repeats">How often.</param>
    public static void Copy(ArrayView<float> x, ArrayView<float> y, int count, int repeats)
    {
        for (var i = 0; i < repeats; i++)
        {
            Rows.Copy(x, WorkItem.Index() * count, y, WorkItem.Index() * count, count);
        }
    }

    /// <summary>Reads a run.</summary>
    /// <param name="x">A run an item.</param>
    /// <param name="y">A sum an item.</param>
    /// <param name="count">Floats of a run.</param>
    /// <param name="repeats">How often.</param>
    public static void Read(ArrayView<float> x, ArrayView<float> y, int count, int repeats)
    {
        for (var i = 0; i < repeats; i++)
        {
            Peak.Sum(x, WorkItem.Index() * count, count, y, WorkItem.Index());
        }
    }

    /// <summary>Next to nothing, to measure what a launch costs.</summary>
    /// <param name="x">A number an item.</param>
    /// <param name="y">The copy.</param>
    /// <param name="items">Items that do something.</param>
    [EitherSchedule]
    public static void Nothing(ArrayView<float> x, ArrayView<float> y, int items)
    {
        if (WorkItem.Index() < items)
        {
            y[WorkItem.Index()] = x[WorkItem.Index()];
        }
    }
}
