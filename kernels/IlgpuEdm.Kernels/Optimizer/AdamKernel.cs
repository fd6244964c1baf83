using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Optimizer;

/// <summary>Adam, the moving average of the weights and the guard against non-finite gradients in one pass over all parameters.</summary>
public static partial class AdamKernel
{
    /// <summary>Parameters of a task; each task counts the gradients that it replaced.</summary>
    public const int Piece = 16384;

    /// <summary>Tasks for so many parameters.</summary>
    /// <param name="count">Parameters.</param>
    /// <returns>Pieces.</returns>
    public static int Tasks(int count) => (count + Piece - 1) / Piece;

    /// <summary>Updates all parameters; see <see cref="Adam.Update"/>.</summary>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="m">First moments.</param>
    /// <param name="v">Second moments.</param>
    /// <param name="ema">The moving average.</param>
    /// <param name="scalars">The numbers of this step.</param>
    /// <param name="replaced">Receives, for each task, how many gradients were not finite.</param>
    /// <param name="count">Parameters.</param>
    public static void Step(
        ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> m, ArrayView<float> v, ArrayView<float> ema,
        ArrayView<float> scalars, ArrayView<float> replaced, int count)
    {
        var tasks = (count + Piece - 1) / Piece;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * Piece;
            Adam.Update(weights, gradients, m, v, ema, scalars, start, count - start < Piece ? count - start : Piece, replaced, task);
        }
    }
}
