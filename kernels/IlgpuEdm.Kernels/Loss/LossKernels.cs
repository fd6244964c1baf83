using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Loss;

/// <summary>The weighted squared error of a denoiser and its gradient in one pass.</summary>
public static class LossKernels
{
    /// <summary><c>loss[n] = weight[n] * sum of (d - y)^2</c> and <c>dd = 2 * weight[n] * factor * (d - y)</c>.</summary>
    /// <param name="denoised">The denoiser's output d, <c>[N, imageSize]</c>.</param>
    /// <param name="target">The clean images y.</param>
    /// <param name="weights">One weight an image.</param>
    /// <param name="loss">Receives one sum an image.</param>
    /// <param name="gradient">Receives the gradient of <c>factor * sum of the losses</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    /// <param name="factor">1 / batch in training.</param>
    public static void SquaredError(
        ArrayView<float> denoised, ArrayView<float> target, ArrayView<float> weights, ArrayView<float> loss, ArrayView<float> gradient,
        int batch, int imageSize, float factor)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch); image < last; image++)
        {
            var weight = weights[image];
            var scale = 2f * weight * factor;
            var first = image * imageSize;
            var end = first + imageSize;
            var total = 0f;
            for (var run = first; run < end; run += 64)
            {
                var runEnd = run + 64 < end ? run + 64 : end;
                var part = 0f;
                for (var i = run; i < runEnd; i++)
                {
                    var d = denoised[i] - target[i];
                    part += d * d;
                    gradient[i] = scale * d;
                }

                total += part;
            }

            loss[image] = weight * total;
        }
    }
    /// <summary>Elements of an image that a group of threads handles.</summary>
    public const int Part = 4096;

    /// <summary>
    /// As <see cref="SquaredError"/>, part by part: the loss is <c>[N, part]</c>, to be added, and group <c>n * parts + part</c> computes a
    /// part.
    /// </summary>
    /// <typeparam name="TAccess">How many elements a thread takes at once; they divide an image's.</typeparam>
    /// <param name="denoised">The denoiser's output d, <c>[N, imageSize]</c>.</param>
    /// <param name="target">The clean images y.</param>
    /// <param name="weights">One weight an image.</param>
    /// <param name="loss">Receives one sum a part.</param>
    /// <param name="gradient">Receives the gradient of <c>factor * sum of the losses</c>.</param>
    /// <param name="parts">Parts of an image.</param>
    /// <param name="imageSize">Elements of an image.</param>
    /// <param name="factor">1 / batch in training.</param>
    [Cooperative]
    public static void SquaredErrorCooperative<TAccess>(
        ArrayView<float> denoised, ArrayView<float> target, ArrayView<float> weights, ArrayView<float> loss, ArrayView<float> gradient,
        int parts, int imageSize, float factor)
        where TAccess : struct, IAccess
    {
        var shared = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var image = Grid.IdxX / parts;
        var part = Grid.IdxX - image * parts;
        var weight = weights[image];
        var scale = 2f * weight * factor;
        var left = imageSize - part * Part;
        var first = image * imageSize + part * Part;
        var end = first + (left < Part ? left : Part);
        var sum = new Float4(0f, 0f, 0f, 0f);
        for (var i = first + Group.IdxX * TAccess.Width; i < end; i += CooperativeAttribute.GroupSize * TAccess.Width)
        {
            var d = Four.Subtract(TAccess.Load<Float32>(denoised, i), TAccess.Load<Float32>(target, i));
            sum = Four.MultiplyAdd(d, d, sum);
            TAccess.Store<Float32>(gradient, i, Four.Scale(scale, d));
        }

        var total = GroupSums.OverRuns(shared, sum.X + sum.Y + (sum.Z + sum.W), CooperativeAttribute.GroupSize);
        if (Group.IdxX == 0)
        {
            loss[Grid.IdxX] = weight * total;
        }
    }
}
