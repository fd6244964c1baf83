using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>The softmax of attention's scores, row by row in place, and its gradient.</summary>
public static class SoftmaxKernels
{
    /// <summary>Replaces each row by its softmax.</summary>
    /// <param name="scores">The rows, <c>[rows, count]</c>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Length of a row.</param>
    public static void Forward(ArrayView<float> scores, int rows, int count)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), rows);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), rows); row < last; row++)
        {
            Softmax.Forward(scores, row * count, count);
        }
    }

    /// <summary>Replaces each row of gradients by the gradient of the scores.</summary>
    /// <param name="probabilities">What the forward pass made.</param>
    /// <param name="gradients">Gradients of the probabilities; receives those of the scores.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="count">Length of a row.</param>
    public static void Backward(ArrayView<float> probabilities, ArrayView<float> gradients, int rows, int count)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), rows);
        for (var row = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), rows); row < last; row++)
        {
            Softmax.Backward(probabilities, gradients, row * count, count);
        }
    }
}
