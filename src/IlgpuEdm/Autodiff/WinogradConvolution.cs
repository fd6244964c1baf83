using ILGPU;
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
    // Remainders go channel by channel, which costs more than the products save.
    private const int Vector = 8;

    /// <summary>Whether a layer is faster so: a rule of its shape alone, so that the machine and the batch never change a result.</summary>
    /// <param name="shape">Height, width, channels and kernel.</param>
    /// <returns>True for 3x3 kernels on images with more than one row and column whose channels fill vectors.</returns>
    public static bool Pays(in ConvolutionShape shape) =>
        shape is { Kernel: 3, Height: > 1, Width: > 1 } && shape.In % Vector == 0 && shape.Out % Vector == 0;

    /// <summary>Convolves with the weights, or for the input's gradient with turned weights.</summary>
    /// <param name="device">The device.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">Weights of the forward pass, <c>[3, 3, In, Out]</c>.</param>
    /// <param name="y">Receives the result.</param>
    /// <param name="shape">The convolution that is made, cut by <see cref="WinogradForward.Cut"/>.</param>
    /// <param name="turned">Whether it is the input's gradient.</param>
    /// <param name="epilogue">What takes part beside the sum.</param>
    /// <param name="norm">Where y is the gradient of a normalised input: that input.</param>
    public static void Forward(
        Device device, ConvolutionInput x, Tensor weight, ArrayView<float> y, ConvolutionShape shape, bool turned, Epilogue epilogue,
        ConvolutionInput? norm = null)
    {
        using var packed = device.Pool.Rent(WinogradWeights.PackedLength(shape));
        device.Launch(
            turned ? WinogradWeights.Backward : WinogradWeights.Forward, device.WorkItems(WinogradWeights.Tasks(shape)),
            new KernelWork(0, 4.0 * packed.View.Length), weight.View, packed.View, shape);
        var items = device.WorkItems(shape.Batch * shape.Strips, shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        device.Launch(WinogradForward.Fat, items, Work(shape), x, packed.View, y, scratch.View, shape, epilogue, norm ?? x);
    }

    /// <summary>Adds to the gradients of weights and bias.</summary>
    /// <param name="device">The device.</param>
    /// <param name="x">The input.</param>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="dWeight">Gradient of the weights.</param>
    /// <param name="dBias">Gradient of the bias, or null.</param>
    /// <param name="shape">The convolution, with its slices.</param>
    /// <param name="scale">Factor of dy.</param>
    public static void WeightGradient(
        Device device, ConvolutionInput x, Tensor dy, Tensor dWeight, Tensor? dBias, ConvolutionShape shape, float scale)
    {
        WinogradWeightGradient.Cut(ref shape);
        using var partial = device.Pool.Rent(PartialFloats(shape));
        var items = device.WorkItems(WinogradWeightGradient.Tasks(shape), shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        device.Launch(WinogradWeightGradient.Fat, items, Work(shape), x, dy.View, partial.View, scratch.View, shape);
        device.Launch(
            ConvolutionWeightGradient.Reduce, device.WorkItems(ConvolutionWeightGradient.ReduceTasks(shape)),
            new KernelWork(0, 4.0 * partial.View.Length),
            partial.View, dWeight.View, (dBias ?? dWeight).View, shape, dBias == null ? 0 : 1, scale);
    }

    /// <summary>Floats that a layer's launches, forward or backward, rent for their own use; the most of any.</summary>
    /// <param name="shape">Batch, height, width and channels, and slices.</param>
    /// <param name="workItems">Work items of the device.</param>
    public static long ScratchFloats(ConvolutionShape shape, int workItems)
    {
        var turned = shape with { In = shape.Out, Out = shape.In };
        var gradient = shape;
        WinogradWeightGradient.Cut(ref gradient);
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

    private static long PartialFloats(in ConvolutionShape s) =>
        (long)s.Slices * ConvolutionWeightGradient.Blocks(s) * ConvolutionWeightGradient.PartialRows(s) * 32;

    // Counted as the direct convolution's, so that rates compare.
    private static KernelWork Work(in ConvolutionShape s)
    {
        var pixels = (double)s.Batch * s.Height * s.Width;
        return new KernelWork(2 * pixels * s.Depth * s.Out, 4 * pixels * (s.In + s.Out));
    }
}
