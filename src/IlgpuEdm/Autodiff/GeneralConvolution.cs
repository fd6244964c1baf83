using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Convolution of any kernel, stride and zero padding with bias and rectifier, for networks that are run and not trained. Tensors are
/// float32 whatever the device's precision.
/// </summary>
internal static class GeneralConvolution
{
    // As for other convolutions: a strip, a packed block and a core's cache.
    private const int StripFloats = 32 * 1024;

    // Beyond, the division of a tap by the kernel's width would not be exact.
    private const int MostTaps = 1 << 10;
    private const int WidestKernel = 31;

    /// <summary><c>y = max(conv(x) + bias, 0)</c>, or without the rectifier.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x">Input, <c>[N, H, W, In]</c>.</param>
    /// <param name="weight"><c>[kernel y, kernel x, In, Out]</c>.</param>
    /// <param name="bias"><c>[Out]</c>.</param>
    /// <param name="stride">Pixels from an output's taps to the next output's, in both directions.</param>
    /// <param name="padY">Rows of zeros above and below, fewer than the kernel has.</param>
    /// <param name="padX">Columns of zeros left and right, fewer than the kernel has.</param>
    /// <param name="rectify">Whether negative results become 0.</param>
    /// <param name="into">Which channels of which tensor are written; null for a new tensor.</param>
    /// <returns>The tensor that was written, <c>[N, (H + 2 padY - kernel y) / stride + 1, likewise, Out or more]</c>.</returns>
    /// <exception cref="ArgumentException">The tensors do not fit.</exception>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public static Tensor ConvolveGeneral(
        this Tape tape, Tensor x, Tensor weight, Tensor bias, int stride = 1, int padY = 0, int padX = 0, bool rectify = false,
        ChannelRange? into = null)
    {
        ChannelRange.RequireInference(tape, nameof(ConvolveGeneral));
        Shapes.Require(x.Shape.Count == 4 && weight.Shape.Count == 4 && weight.Size(2) == x.Size(3), [x, weight]);
        Shapes.Require(Shapes.Has(bias, weight.Size(3)), [weight, bias]);
        Shapes.Require(x.Storage == TensorStorage.Float32, [x]);
        int kernelY = weight.Size(0), kernelX = weight.Size(1);
        Shapes.Require(kernelX <= WidestKernel && kernelY * kernelX <= MostTaps, [weight]);
        if (stride < 1 || padY < 0 || padX < 0 || padY >= kernelY || padX >= kernelX
            || x.Size(1) + 2 * padY < kernelY || x.Size(2) + 2 * padX < kernelX)
        {
            throw new ArgumentException(
                $"a kernel of {kernelY}x{kernelX}, stride {stride}, padding {padY} and {padX}, does not fit images of "
                + $"{x.Size(1)}x{x.Size(2)}");
        }

        var shape = new GeneralShape
        {
            Batch = x.Size(0),
            Height = x.Size(1),
            Width = x.Size(2),
            In = x.Size(3),
            OutHeight = SlidingWindows.Count(x.Size(1), kernelY, stride, padY),
            OutWidth = SlidingWindows.Count(x.Size(2), kernelX, stride, padX),
            Out = weight.Size(3),
            KernelHeight = kernelY,
            KernelWidth = kernelX,
            Stride = stride,
            PadY = padY,
            PadX = padX,
        };
        var (y, first) = ChannelRange.Of(tape, into, shape.Batch, shape.OutHeight, shape.OutWidth, shape.Out);
        (shape.OutStride, shape.OutFirst) = (y.Size(3), first);
        var floor = rectify ? 0f : float.NegativeInfinity;
        if (tape.Device.IsCooperative)
        {
            Cooperative(x, weight, bias, y, shape, floor);
        }
        else
        {
            Fat(tape, x, weight, bias, y, shape, floor);
        }

        return y;
    }

    private static void Fat(Tape tape, Tensor x, Tensor weight, Tensor bias, Tensor y, GeneralShape shape, float floor)
    {
        var device = tape.Device;
        Cut(ref shape);
        var length = (long)shape.Depth * PackedWeights.PaddedColumns(shape.Out);
        using var own = device.Pool.RentScratch(tape.PackedWeights == null ? length : 0);
        var packed = own.View;
        if (tape.PackedWeights?.Find(weight, turned: false, length, out packed) is not true)
        {
            // To the packing all kernels of one depth are alike.
            device.Launch(
                PackedWeights.Forward, device.WorkItems(PackedWeights.Tasks(shape.Depth, shape.Out)),
                new KernelWork(0, 4.0 * (weight.Length + length)), weight.View, packed,
                new ConvolutionShape { Kernel = 1, In = shape.Depth, Out = shape.Out });
        }

        var items = device.WorkItems(shape.Batch * shape.Strips, shape.Scratch);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(
            GeneralForward.Fat, items, Work(shape), x.View, packed, bias.View, y.View, scratch.View, shape, floor);
    }

    // By the layer's shape alone, so that a call of a few images is cut like one of many.
    private static void Cut(ref GeneralShape shape)
    {
        var most = 1;
        while (most < shape.OutHeight && shape.RowsRead(most + 1) * shape.Pitch * shape.In <= StripFloats)
        {
            most++;
        }

        shape.Strips = (shape.OutHeight + most - 1) / most;
        shape.StripRows = (shape.OutHeight + shape.Strips - 1) / shape.Strips;
        shape.Strips = (shape.OutHeight + shape.StripRows - 1) / shape.StripRows;
        shape.Scratch = GeneralForward.ScratchSize(shape);
    }

    private static void Cooperative(Tensor x, Tensor weight, Tensor bias, Tensor y, GeneralShape shape, float floor)
    {
        var device = x.Device;
        var fours = ((shape.In | shape.Out | shape.OutStride | shape.OutFirst) & 3) == 0;
        var tile = fours ? CooperativeConvolution.Tile(device, shape.OutPixels, shape.Out) : ProductTile.Tile64x32Scalars;
        var (rows, columns) = CooperativeConvolution.Size(tile);
        var groups = ProductTiles.Count((long)shape.Batch * shape.OutPixels, rows) * ProductTiles.Count(shape.Out, columns);
        Action<ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, GeneralShape, float> kernel =
            tile switch
            {
                ProductTile.Tile128x128 => GeneralForward.Cooperative<Tile128x128>,
                ProductTile.Tile128x64 => GeneralForward.Cooperative<Tile128x64>,
                ProductTile.Tile64x64 => GeneralForward.Cooperative<Tile64x64>,
                ProductTile.Tile64x32 => GeneralForward.Cooperative<Tile64x32>,
                _ => GeneralForward.Cooperative<Tile64x32Scalars>,
            };
        device.Launch(
            kernel, LaunchSize.OfGroups((int)groups), Work(shape), x.View, weight.View, bias.View, y.View, shape.InChunks(), floor);
    }

    private static KernelWork Work(in GeneralShape s)
    {
        var outputs = (double)s.Batch * s.OutPixels * s.Out;
        return new KernelWork(2 * outputs * s.Depth, 4 * (outputs + (double)s.Batch * s.Height * s.Width * s.In + s.Depth * s.Out));
    }
}
