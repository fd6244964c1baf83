using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;

namespace IlgpuEdm.Autodiff;

/// <summary>Convolution with stride 1 and zero padding, kernel 1x1 or 3x3.</summary>
public static class Convolution
{
    private const int MaxSlices = 8;
    private const int ForwardStripFloats = 24 * 1024;
    private const int GradientStripFloats = 12 * 1024;

    /// <summary><c>(conv(x) + bias + shift + residual) * scale</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="weight"><c>[k, k, In, Out]</c> with k = 1 or 3.</param>
    /// <param name="bias"><c>[Out]</c>, or null.</param>
    /// <param name="shift">Added to each pixel of an image, <c>[N, Out]</c>, or null.</param>
    /// <param name="residual">Added to the output, laid out as it, or null.</param>
    /// <param name="scale">Factor of the sum.</param>
    /// <returns><c>[N, H, W, Out]</c>.</returns>
    public static Tensor Convolve(
        this Tape tape, Tensor x, Tensor weight, Tensor? bias, Tensor? shift = null, Tensor? residual = null, float scale = 1f)
    {
        Shapes.Require(x.Shape.Count == 4 && weight.Shape.Count == 4, [x, weight]);
        int batch = x.Size(0), height = x.Size(1), width = x.Size(2), kernel = weight.Size(0);
        var shape = new ConvolutionShape
        {
            Batch = batch,
            Height = height,
            Width = width,
            In = x.Size(3),
            Out = weight.Size(3),
            Kernel = kernel,
        };
        Shapes.Require(kernel is 1 or 3 && weight.Size(1) == kernel, [weight]);
        Shapes.Require(weight.Size(2) == x.Size(3), [weight, x]);
        Shapes.Require(Shapes.Has(bias, shape.Out), [weight, bias]);
        Shapes.Require(Shapes.Has(shift, (long)batch * shape.Out), [x, weight, shift]);
        var y = tape.New(batch, height, width, shape.Out);
        Shapes.Require(Shapes.Same(residual, y), [y, residual]);
        if (height * width == 1)
        {
            return PointConvolution.Convolve(tape, x, weight, bias, shift, residual, scale, y);
        }

        Forward(x, weight, bias, shift, residual, y, shape, turned: false, scale, accumulate: 0);
        tape.Record(y, [x, weight, bias, shift, residual], dy =>
        {
            if (scale != 1f)
            {
                Elementwise.Combine(dy, null, dy, scale, 0f, accumulate: false);
            }

            if (tape.WantsGradient(shift, out var dShift, out var accumulate))
            {
                Channels.Sum(dy, dShift, accumulate != 0);
            }

            WeightGradient(x, dy, tape.GradientToAddTo(weight), tape.GradientToAddTo(bias), shape);
            if (tape.WantsGradient(x, out var dx, out accumulate))
            {
                var turned = shape with { In = shape.Out, Out = shape.In };
                Forward(dy, weight, null, null, null, dx, turned, turned: true, 1f, accumulate);
            }

            if (residual != null)
            {
                tape.AddGradient(residual, dy);
            }
            else
            {
                dy.Release();
            }
        });
        return y;
    }

    /// <summary>Floats that a layer's launches, forward or backward, rent for their own use; the most of any.</summary>
    /// <param name="shape">Batch, height, width, channels and kernel.</param>
    /// <param name="workItems">Work items of the device.</param>
    internal static long ScratchFloats(ConvolutionShape shape, int workItems)
    {
        var turned = shape with { In = shape.Out, Out = shape.In };
        return Math.Max(WeightGradientFloats(shape), Math.Max(ForwardFloats(shape), ForwardFloats(turned)));

        long ForwardFloats(ConvolutionShape s)
        {
            CutForward(ref s);
            return (long)s.Depth * PackedWeights.PaddedColumns(s.Out)
                + (long)s.Scratch * Device.WorkItems((long)s.Batch * s.Strips, s.Scratch, workItems);
        }

        long WeightGradientFloats(ConvolutionShape s)
        {
            CutWeightGradient(ref s);
            long tasks = (long)s.Slices * ConvolutionWeightGradient.Blocks(s);
            return (tasks * ConvolutionWeightGradient.PartialRows(s) * 32)
                + (s.Scratch * (long)Device.WorkItems(tasks, s.Scratch, workItems));
        }
    }

    private static void CutForward(ref ConvolutionShape shape)
    {
        CutStrips(ref shape, shape.Pitch * shape.In, ForwardStripFloats);
        shape.Scratch = ConvolutionForward.ScratchSize(shape);
    }

    private static void CutWeightGradient(ref ConvolutionShape shape)
    {
        shape.Slices = Math.Min(MaxSlices, shape.Batch);
        CutStrips(ref shape, (shape.Kernel == 1 ? 0 : shape.Pitch * shape.In) + shape.Width * 32, GradientStripFloats);
        shape.Scratch = ConvolutionWeightGradient.ScratchSize(shape);
    }

    private static void Forward(
        Tensor x, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, Tensor y, ConvolutionShape shape, bool turned,
        float scale, int accumulate)
    {
        var device = x.Device;
        CutForward(ref shape);
        using var packed = device.Pool.Rent((long)shape.Depth * PackedWeights.PaddedColumns(shape.Out));
        device.Launch(
            turned ? PackedWeights.Backward : PackedWeights.Forward, device.WorkItems(PackedWeights.Tasks(shape.Depth, shape.Out)),
            new KernelWork(0, 8.0 * packed.View.Length), weight.View, packed.View, shape);
        var items = device.WorkItems(shape.Batch * shape.Strips, shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        device.Launch(
            ConvolutionForward.Fat, items, Work(shape), x.View, packed.View, bias?.View ?? packed.View, shift?.View ?? packed.View,
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

    private static void WeightGradient(Tensor x, Tensor dy, Tensor? dWeight, Tensor? dBias, ConvolutionShape shape)
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
        var blocks = ConvolutionWeightGradient.Blocks(shape);
        using var partial = device.Pool.Rent((long)shape.Slices * blocks * ConvolutionWeightGradient.PartialRows(shape) * 32);
        var items = device.WorkItems(shape.Slices * blocks, shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        device.Launch(ConvolutionWeightGradient.Fat, items, Work(shape), x.View, dy.View, partial.View, scratch.View, shape);
        device.Launch(
            ConvolutionWeightGradient.Reduce, device.WorkItems(ConvolutionWeightGradient.ReduceTasks(shape)),
            new KernelWork(0, 4.0 * partial.View.Length),
            partial.View, dWeight.View, (dBias ?? dWeight).View, shape, dBias == null ? 0 : 1);
    }

    // Strips follow from the layer's shape alone: the order of the weight gradient's sums must not depend on the batch or the machine.
    private static void CutStrips(ref ConvolutionShape shape, int floatsPerRow, int target)
    {
        var most = Math.Clamp(floatsPerRow == 0 ? shape.Height : target / floatsPerRow, 1, shape.Height);
        shape.Strips = (shape.Height + most - 1) / most;
        shape.StripRows = (shape.Height + shape.Strips - 1) / shape.Strips;
        shape.Strips = (shape.Height + shape.StripRows - 1) / shape.StripRows;
    }

    private static KernelWork Work(in ConvolutionShape s)
    {
        var pixels = (double)s.Batch * s.Height * s.Width;
        return new KernelWork(2 * pixels * s.Depth * s.Out, 4 * pixels * (s.In + s.Out));
    }
}
