using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>From one storage to the other: fat in pieces of 4,096 elements, cooperative four elements a thread.</summary>
public static class StorageKernels
{
    /// <summary>Widens bfloat16 to float32.</summary>
    /// <param name="x">A tensor of bfloat16.</param>
    /// <param name="y">Receives its elements in float32.</param>
    /// <param name="count">Elements.</param>
    public static void Widen(ArrayView<float> x, ArrayView<float> y, int count)
    {
        const int piece = ElementwiseKernels.Piece;
        var tasks = ElementwiseKernels.Tasks(count);
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * piece;
            Narrow16.Widen(x, y, start, count - start < piece ? count - start : piece);
        }
    }

    /// <summary>As <see cref="Widen"/>.</summary>
    /// <inheritdoc cref="Widen"/>
    [Cooperative]
    public static void WidenCooperative(ArrayView<float> x, ArrayView<float> y, int count) => Copy<BFloat16, Float32>(x, y, count);

    /// <summary>Rounds float32 to bfloat16.</summary>
    /// <param name="x">A tensor of float32.</param>
    /// <param name="y">Receives its elements in bfloat16.</param>
    /// <param name="count">Elements.</param>
    public static void Narrow(ArrayView<float> x, ArrayView<float> y, int count)
    {
        const int piece = ElementwiseKernels.Piece;
        var tasks = ElementwiseKernels.Tasks(count);
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * piece;
            Narrow16.Narrow(x, y, start, count - start < piece ? count - start : piece);
        }
    }

    /// <summary>As <see cref="Narrow"/>.</summary>
    /// <inheritdoc cref="Narrow"/>
    [Cooperative]
    public static void NarrowCooperative(ArrayView<float> x, ArrayView<float> y, int count) => Copy<Float32, BFloat16>(x, y, count);

    private static void Copy<TFrom, TTo>(ArrayView<float> x, ArrayView<float> y, int count)
        where TFrom : struct, IStorage
        where TTo : struct, IStorage
    {
        var whole = count & ~3;
        for (var i = 4 * WorkItem.Index(); i < whole; i += 4 * WorkItem.Count())
        {
            TTo.Store4(y, i, TFrom.Load4(x, i));
        }

        for (var i = whole + WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            TTo.Store(y, i, TFrom.Load(x, i));
        }
    }
}
