using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// 3x3 convolution by F(2x2, 3x3) (Lavin and Gray 2016), for the layers that it pays for: 16 products for 36. Its transforms only add,
/// subtract and halve, and its sums are nine times shorter: at 256 channels the largest error, relative to the largest value, is 7e-7 in
/// the output (direct sum: 1.6e-6) and 2.2e-7 in the gradient of the weights (1.6e-7).
/// </summary>
internal static class WinogradConvolution
{
    private const int MaxSlices = 8;

    // Remainders go channel by channel, which costs more than the products save.
    private const int Vector = 8;

    /// <summary>Whether a layer is faster so: a rule of its shape alone, so that the machine and the batch never change a result.</summary>
    /// <param name="shape">Height, width, channels and kernel.</param>
    /// <returns>True for 3x3 kernels on images with more than one row and column whose channels fill vectors.</returns>
    public static bool Pays(in ConvolutionShape shape) =>
        shape is { Kernel: 3, Height: > 1, Width: > 1 } && shape.In % Vector == 0 && shape.Out % Vector == 0;

    /// <summary>Computes <c>y = (conv(x) + bias + shift + residual) * scale</c>, or adds it to y.</summary>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="weight"><c>[3, 3, In, Out]</c>, or <c>[3, 3, Out, In]</c> to be turned.</param>
    /// <param name="bias"><c>[Out]</c>, or null.</param>
    /// <param name="shift">Added to each pixel of an image, <c>[N, Out]</c>, or null.</param>
    /// <param name="residual">Added to the sum, laid out as y, or null.</param>
    /// <param name="y">Output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="shape">Batch, height, width and channels.</param>
    /// <param name="turned">Whether to turn the weights, for the gradient of the input.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Forward(
        Tensor x, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, Tensor y, ConvolutionShape shape, bool turned,
        float scale, int accumulate)
    {
        var device = x.Device;
        WinogradForward.Cut(ref shape);
        using var packed = device.Pool.Rent(WinogradWeights.PackedLength(shape));
        device.Launch(
            turned ? WinogradWeights.Backward : WinogradWeights.Forward, device.WorkItems(WinogradWeights.Tasks(shape)),
            new KernelWork(0, 4.0 * packed.View.Length), weight.View, packed.View, shape);
        var items = device.WorkItems(shape.Batch * shape.Strips, shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        device.Launch(
            WinogradForward.Fat, items, Work(shape), x.View, packed.View, bias?.View ?? packed.View, shift?.View ?? packed.View,
            (residual ?? y).View, y.View, scratch.View, shape,
            new Epilogue
            {
                UseBias = bias == null ? 0 : 1,
                UseShift = shift == null ? 0 : 1,
                UseResidual = residual == null ? 0 : 1,
                Accumulate = accumulate,
                Scale = scale,
            });
    }

    /// <summary>Adds to the gradients of weights and bias.</summary>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, H, W, Out]</c>.</param>
    /// <param name="dWeight">Gradient of the weights, <c>[3, 3, In, Out]</c>, or null.</param>
    /// <param name="dBias">Gradient of the bias, <c>[Out]</c>, or null.</param>
    /// <param name="shape">Batch, height, width and channels.</param>
    public static void WeightGradient(Tensor x, Tensor dy, Tensor? dWeight, Tensor? dBias, ConvolutionShape shape)
    {
        var device = x.Device;
        if (dWeight == null)
        {
            if (dBias != null)
            {
                Channels.Sum(dy, new Tensor(device, [1, shape.Out], dBias.View), accumulate: true);
            }

            return;
        }

        CutWeightGradient(ref shape);
        var tasks = WinogradWeightGradient.Tasks(shape);
        using var partial = device.Pool.Rent(PartialFloats(shape));
        var items = device.WorkItems(tasks, shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        device.Launch(WinogradWeightGradient.Fat, items, Work(shape), x.View, dy.View, partial.View, scratch.View, shape);
        device.Launch(
            ConvolutionWeightGradient.Reduce, device.WorkItems(ConvolutionWeightGradient.ReduceTasks(shape)),
            new KernelWork(0, 4.0 * partial.View.Length),
            partial.View, dWeight.View, (dBias ?? dWeight).View, shape, dBias == null ? 0 : 1);
    }

    /// <summary>Floats that a layer's launches, forward or backward, rent for their own use; the most of any.</summary>
    /// <param name="shape">Batch, height, width and channels.</param>
    /// <param name="workItems">Work items of the device.</param>
    public static long ScratchFloats(ConvolutionShape shape, int workItems)
    {
        var turned = shape with { In = shape.Out, Out = shape.In };
        var gradient = shape;
        CutWeightGradient(ref gradient);
        var weights = PartialFloats(gradient)
            + ((long)gradient.Scratch * Device.WorkItems(WinogradWeightGradient.Tasks(gradient), gradient.Scratch, workItems));
        return Math.Max(weights, Math.Max(ForwardFloats(shape), ForwardFloats(turned)));

        long ForwardFloats(ConvolutionShape s)
        {
            WinogradForward.Cut(ref s);
            return WinogradWeights.PackedLength(s)
                + ((long)s.Scratch * Device.WorkItems((long)s.Batch * s.Strips, s.Scratch, workItems));
        }
    }

    private static void CutWeightGradient(ref ConvolutionShape shape)
    {
        shape.Slices = Math.Min(MaxSlices, shape.Batch);
        WinogradWeightGradient.Cut(ref shape);
    }

    private static long PartialFloats(in ConvolutionShape s) =>
        (long)s.Slices * ConvolutionWeightGradient.Blocks(s) * ConvolutionWeightGradient.PartialRows(s) * 32;

    // Counted as the direct convolution's, so that rates compare.
    private static KernelWork Work(in ConvolutionShape s)
    {
        var pixels = (double)s.Batch * s.Height * s.Width;
        return new KernelWork(2 * pixels * s.Depth * s.Out, 4 * pixels * (s.In + s.Out));
    }
}
