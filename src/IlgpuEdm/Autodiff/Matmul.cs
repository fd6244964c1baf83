using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Matmul;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Autodiff;

/// <summary>Linear layers.</summary>
public static class Matmul
{
    /// <summary>A linear layer: <c>x w + b</c>.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Input, <c>[N, In]</c>.</param>
    /// <param name="weight"><c>[In, Out]</c>.</param>
    /// <param name="bias"><c>[Out]</c>, or null.</param>
    /// <returns><c>[N, Out]</c>.</returns>
    public static Tensor Linear(this Tape tape, Tensor x, Tensor weight, Tensor? bias)
    {
        Shapes.Require(x.Shape.Count == 2 && weight.Shape.Count == 2 && x.Size(1) == weight.Size(0), [x, weight]);
        Shapes.Require(Shapes.Has(bias, weight.Size(1)), [weight, bias]);
        var y = tape.New(x.Storage, x.Size(0), weight.Size(1));
        Forward(x, weight, bias, y);
        tape.Record(y, [x, weight, bias], dy =>
        {
            var dWeight = tape.GradientToAddTo(weight);
            var dBias = tape.GradientToAddTo(bias);
            var wanted = tape.WantsGradient(x, out var dx, out var accumulate);
            Backward(x, dy, weight, dWeight, dBias, wanted ? dx : null, accumulate);
            dy.Release();
        });
        return y;
    }

    /// <summary>Floats that the launches of a layer, forward or backward, rent for their own use; the most of either.</summary>
    /// <param name="rows">Rows of input and output.</param>
    /// <param name="inputs">Columns of the input.</param>
    /// <param name="outputs">Columns of the output.</param>
    /// <param name="workItems">Work items of the device.</param>
    internal static long ScratchFloats(int rows, int inputs, int outputs, int workItems)
    {
        var shape = new LinearShape { Rows = rows, In = inputs, Out = outputs };
        var forward = Cut(ref shape, rows, 0, workItems);
        var backward = Cut(ref shape, inputs, inputs, workItems);
        return (long)shape.Scratch * Math.Max(forward, backward);
    }

    /// <summary><c>y = x w + b</c>, not recorded; input and output have a row an image, whatever their shape.</summary>
    internal static void Forward(Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        var device = x.Device;
        var shape = Shape(x, weight);
        if (device.IsCooperative)
        {
            CooperativeConvolution.Linear(x, weight, bias, y, PerPixel(shape));
            return;
        }

        using var from = x.Read();
        using var to = y.Write();
        shape.UseBias = bias == null ? 0 : 1;
        var items = Cut(ref shape, shape.Rows, 0, device.MaxWorkItems);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(
            LinearKernels.Forward, items, new KernelWork(Flops(shape), 4.0 * (x.Length + weight.Length + y.Length)),
            from.View, weight.View, (bias ?? weight).View, to.View, scratch.View, shape);
    }

    /// <summary>The gradients of <see cref="Forward"/>: adds to those of weights and bias, and to that of x if asked for.</summary>
    /// <param name="x">The input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="dWeight">Gradient of the weights, or null if it is not wanted.</param>
    /// <param name="dBias">Gradient of the bias, or null.</param>
    /// <param name="dx">Gradient of the input, or null.</param>
    /// <param name="accumulate">0 to overwrite <paramref name="dx"/>, else it is added to.</param>
    internal static void Backward(Tensor x, Tensor dy, Tensor weight, Tensor? dWeight, Tensor? dBias, Tensor? dx, int accumulate)
    {
        var device = x.Device;
        var shape = Shape(x, weight);
        if (device.IsCooperative)
        {
            CooperativeConvolution.LinearBackward(x, dy, weight, dWeight, dBias, dx, accumulate, PerPixel(shape));
            return;
        }

        shape.UseWeight = dWeight == null ? 0 : 1;
        shape.UseBias = dBias == null ? 0 : 1;
        shape.UseInput = dx == null ? 0 : 1 + accumulate;
        var products = shape.UseWeight + (dx == null ? 0 : 1);
        if (products + shape.UseBias == 0)
        {
            return;
        }

        using var input = x.Read();
        using var gradient = dy.Read();
        using var to = dx == null ? default : dx.Write(keep: accumulate != 0);
        var items = Cut(ref shape, shape.In, shape.In, device.MaxWorkItems);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        var bytes = 4.0 * (x.Length + dy.Length + products * (double)weight.Length + (dx?.Length ?? 0));
        device.Launch(
            LinearKernels.Backward, items, new KernelWork(products * Flops(shape), bytes),
            input.View, gradient.View, weight.View, (dWeight ?? weight).View, (dBias ?? weight).View, dx == null ? gradient.View : to.View,
            scratch.View, shape);
    }

    private static LinearShape Shape(Tensor x, Tensor weight) => new()
    {
        Rows = (int)(x.Length / weight.Size(0)),
        In = weight.Size(0),
        Out = weight.Size(1),
    };

    // A row as an image of one pixel.
    private static ConvolutionShape PerPixel(in LinearShape shape) =>
        new() { Batch = shape.Rows, Height = 1, Width = 1, In = shape.In, Out = shape.Out, Kernel = 1 };

    private static double Flops(in LinearShape shape) => 2.0 * shape.Rows * shape.In * shape.Out;

    // Columns are cut first; rows of the result only where these give too few tasks. Gives the work items.
    private static int Cut(ref LinearShape shape, int rows, int otherColumns, int workItems)
    {
        var blocks = LinearShape.Blocks(shape.Out);
        var tiles = (rows + MatrixTile.RowCount - 1) / MatrixTile.RowCount;
        shape.Parts = Math.Clamp((workItems + blocks - 1) / blocks, 1, tiles);
        shape.Scratch = LinearKernels.ScratchSize(shape);
        return Device.WorkItems(Math.Max((long)blocks * shape.Parts, LinearShape.Blocks(otherColumns)), shape.Scratch, workItems);
    }
}
