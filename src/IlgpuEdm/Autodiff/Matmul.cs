using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Matmul;

namespace IlgpuEdm.Autodiff;

/// <summary>Matrix products, and linear layers made of them.</summary>
public static class Matmul
{
    private const int LeastRows = 16;

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
        int batch = x.Size(0), inputs = x.Size(1), outputs = weight.Size(1);
        var y = tape.New(batch, outputs);
        var single = new MatmulShape { Outer = 1, Inner = 1 };
        Multiply(x, weight, bias, y, single with
        {
            Rows = batch,
            Columns = outputs,
            Depth = inputs,
            StrideA = inputs,
            StrideB = outputs,
            StrideC = outputs,
        });
        tape.Record(y, [x, weight, bias], dy =>
        {
            if (tape.GradientToAddTo(weight) is { } dWeight)
            {
                Multiply(x, dy, null, dWeight, single with
                {
                    Rows = inputs,
                    Columns = outputs,
                    Depth = batch,
                    TransposeA = 1,
                    StrideA = inputs,
                    StrideB = outputs,
                    StrideC = outputs,
                }, accumulate: 1);
            }

            if (tape.GradientToAddTo(bias) is { } db)
            {
                // The batch takes the place of the pixels of one image.
                Channels.Sum(dy, new Tensor(dy.Device, [1, outputs], db.View), accumulate: true);
            }

            if (tape.WantsGradient(x, out var dx, out var accumulate))
            {
                Multiply(dy, weight, null, dx, single with
                {
                    Rows = batch,
                    Columns = inputs,
                    Depth = outputs,
                    StrideA = outputs,
                    TransposeB = 1,
                    StrideB = outputs,
                    StrideC = inputs,
                }, accumulate: accumulate);
            }

            dy.Release();
        });
        return y;
    }

    /// <summary>Floats that the products of a layer, forward or backward, rent for their own use.</summary>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="depth">The sides' common length.</param>
    /// <param name="products">Products.</param>
    /// <param name="workItems">Work items of the device.</param>
    internal static long ScratchFloats(int rows, int columns, int depth, long products, int workItems)
    {
        // The product itself, and those that give either side's gradient.
        return Math.Max(Of(rows, columns, depth), Math.Max(Of(rows, depth, columns), Of(depth, columns, rows)));

        long Of(int r, int c, int d)
        {
            long scratch = MatmulKernels.ScratchSize(new MatmulShape { Rows = r, Columns = c, Depth = d });
            return scratch * Device.WorkItems(products * RowParts(r, products, workItems), scratch, workItems);
        }
    }

    private static long RowParts(int rows, long products, int workItems) =>
        Math.Clamp((2L * workItems + products - 1) / products, 1, Math.Max(1, rows / LeastRows));

    /// <summary>A batch of products; not recorded.</summary>
    internal static void Multiply(
        Tensor a, Tensor b, Tensor? bias, Tensor c, MatmulShape shape, float alpha = 1f, int accumulate = 0)
    {
        var device = a.Device;
        var products = shape.Outer * shape.Inner;

        // Each part packs the right side for itself, so there are no more parts than keep every work item busy.
        shape.RowParts = (int)RowParts(shape.Rows, products, device.MaxWorkItems);
        shape.Scratch = MatmulKernels.ScratchSize(shape);
        var items = device.WorkItems(products * shape.RowParts, shape.Scratch);
        using var scratch = device.Pool.Rent((long)items * shape.Scratch);
        var size = (double)products * shape.Rows * shape.Columns;
        device.Launch(
            MatmulKernels.Fat, items, new KernelWork(2 * size * shape.Depth, 4.0 * (a.Length + b.Length + size)),
            a.View, b.View, (bias ?? c).View, c.View, scratch.View, shape, bias == null ? 0 : 1, alpha, accumulate);
    }
}
