using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Loss;

/// <summary>The cross-entropy of a softmax with the right class, and its gradient in the same pass.</summary>
public static class CrossEntropyKernels
{
    /// <summary>
    /// <c>loss[n] = ln(sum of e^z[n, k]) - z[n, label]</c> and <c>dz[n, k] = factor * (softmax(z)[n, k] - (k == label))</c>. The
    /// largest logit is taken out first, so no logit is too large. A task is an image.
    /// </summary>
    /// <param name="logits">The logits z, <c>[N, K]</c>.</param>
    /// <param name="labels">One class an image, 0 to K - 1.</param>
    /// <param name="loss">Receives one number an image.</param>
    /// <param name="gradient">Receives the gradient of <c>factor * sum of the losses</c>, <c>[N, K]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="classes">Classes K.</param>
    /// <param name="factor">1 / batch in training.</param>
    public static void Softmax(
        ArrayView<float> logits, ArrayView<float> labels, ArrayView<float> loss, ArrayView<float> gradient, int batch, int classes,
        float factor)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch); image < last; image++)
        {
            var first = image * classes;
            var end = first + classes;
            var maximum = logits[first];
            for (var i = first + 1; i < end; i++)
            {
                var z = logits[i];
                maximum = z > maximum ? z : maximum;
            }

            var sum = 0f;
            for (var i = first; i < end; i++)
            {
                var e = FloatMath.Exp(logits[i] - maximum);
                sum += e;
                gradient[i] = e;
            }

            var scale = factor / sum;
            for (var i = first; i < end; i++)
            {
                gradient[i] *= scale;
            }

            var label = first + (int)labels[image];
            gradient[label] -= factor;
            loss[image] = FloatMath.Log(sum) + (maximum - logits[label]);
        }
    }
    /// <summary>As <see cref="Softmax"/>; a group of threads is an image.</summary>
    /// <param name="logits">The logits z, <c>[N, K]</c>.</param>
    /// <param name="labels">One class an image, 0 to K - 1.</param>
    /// <param name="loss">Receives one number an image.</param>
    /// <param name="gradient">Receives the gradient of <c>factor * sum of the losses</c>, <c>[N, K]</c>.</param>
    /// <param name="classes">Classes K.</param>
    /// <param name="factor">1 / batch in training.</param>
    [Cooperative]
    public static void SoftmaxCooperative(
        ArrayView<float> logits, ArrayView<float> labels, ArrayView<float> loss, ArrayView<float> gradient, int classes, float factor)
    {
        var maxima = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var sums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var image = Grid.IdxX;
        var first = image * classes;
        var end = first + classes;
        var maximum = logits[first];
        for (var i = first + Group.IdxX; i < end; i += CooperativeAttribute.GroupSize)
        {
            var z = logits[i];
            maximum = z > maximum ? z : maximum;
        }

        maximum = GroupSums.Maximum(maxima, maximum);
        var sum = 0f;
        for (var i = first + Group.IdxX; i < end; i += CooperativeAttribute.GroupSize)
        {
            var e = FloatMath.Exp(logits[i] - maximum);
            sum += e;
            gradient[i] = e;
        }

        sum = GroupSums.OverRuns(sums, sum, CooperativeAttribute.GroupSize);
        var scale = factor / sum;
        var label = first + (int)labels[image];
        for (var i = first + Group.IdxX; i < end; i += CooperativeAttribute.GroupSize)
        {
            gradient[i] = gradient[i] * scale - (i == label ? factor : 0f);
        }

        if (Group.IdxX == 0)
        {
            loss[image] = FloatMath.Log(sum) + (maximum - logits[label]);
        }
    }
}
