using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Loss;

namespace IlgpuEdm.Autodiff;

/// <summary>What classifiers end with: the mean over pixels, and the cross-entropy of a softmax.</summary>
public static class Classification
{
    /// <summary>Takes the mean of each channel over an image's pixels.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x"><c>[N, H, W, C]</c>.</param>
    /// <returns><c>[N, C]</c>.</returns>
    public static Tensor MeanPixels(this Tape tape, Tensor x)
    {
        Shapes.Require(x.Shape.Count == 4, [x]);
        var y = tape.New(x.Size(0), x.Size(3));
        ChannelReduction.Mean(x, y);
        tape.Record(y, [x], dy =>
        {
            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                ChannelReduction.MeanBackward(dy, dx, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    /// <summary>
    /// <c>-ln softmax(logits)[label]</c> of each image, and at once the gradient of <c>factor</c> times the sum of all.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="logits">One number an image and class, <c>[N, K]</c>.</param>
    /// <param name="labels">The right class of each image, 0 to K - 1.</param>
    /// <param name="factor">1 / batch in training.</param>
    /// <returns>The loss of each image, <c>[N]</c>, and the gradient of the logits.</returns>
    /// <exception cref="ArgumentException">There are not N labels, or one is outside the classes.</exception>
    public static (Tensor Loss, Tensor Gradient) SoftmaxCrossEntropy(
        this Tape tape, Tensor logits, ReadOnlySpan<int> labels, float factor)
    {
        Shapes.Require(logits.Shape.Count == 2 && labels.Length == logits.Size(0), [logits]);
        int batch = logits.Size(0), classes = logits.Size(1);

        // Whole numbers below 2^24, which float32 holds exactly.
        var numbers = new float[batch];
        for (var i = 0; i < batch; i++)
        {
            if (labels[i] < 0 || labels[i] >= classes)
            {
                throw new ArgumentException($"the label {labels[i]} is none of {classes} classes", nameof(labels));
            }

            numbers[i] = labels[i];
        }

        var right = tape.From(numbers, batch);
        var loss = tape.New(batch);
        var gradient = tape.New(batch, classes);
        var work = new KernelWork(0, 12.0 * logits.Length);
        if (tape.Device.IsCooperative)
        {
            tape.Device.Launch(
                CrossEntropyKernels.SoftmaxCooperative, LaunchSize.OfGroups(batch), work,
                logits.View, right.View, loss.View, gradient.View, classes, factor);
        }
        else
        {
            tape.Device.Launch(
                CrossEntropyKernels.Softmax, tape.Device.WorkItems(batch), work,
                logits.View, right.View, loss.View, gradient.View, batch, classes, factor);
        }

        right.Release();
        return (loss, gradient);
    }
}
