using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Launches of the convolution kernels of the cooperative schedule, which serve linear layers too: a row is an image of one pixel.
/// </summary>
internal static class CooperativeConvolution
{
    /// <summary><c>y = (conv(x) + bias + shift + residual) * scale</c>; shapes are checked by <see cref="Convolution"/>.</summary>
    public static void Forward(
        Tape tape, Joined x, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale, Tensor y, ConvolutionShape shape)
    {
        weight = Centre(ref shape, weight);
        Forward(
            tape.Device, null, y.Storage, Input(x), weight, Output(y, ConvolutionOutput.Overwrite), shape, turned: false,
            new Epilogue
            {
                Bias = (bias ?? y).View,
                Shift = (shift ?? y).View,
                Residual = (residual ?? y).View,
                Gathered = y.View,
                UseBias = bias == null ? 0 : 1,
                UseShift = shift == null ? 0 : 1,
                UseResidual = residual == null ? 0 : 1,
                Scale = scale,
            });
    }

    /// <summary>Adds to the gradients of weights and bias, where they are wanted, and of the input.</summary>
    public static void Backward(
        Tape tape, Joined x, Tensor weight, Tensor? dWeight, Tensor? dBias, float scale, Tensor dy, ConvolutionShape shape)
    {
        var wholeShape = shape;
        var centre = Centre(ref shape, weight);
        if (dWeight != null)
        {
            WeightGradient(tape.Device, Input(x), dy, Centre(ref wholeShape, dWeight), dBias, shape, scale);
        }

        // Both halves of a joined input are written where they belong.
        var first = tape.WantsGradient(x.First, out var dFirst, out var addToFirst);
        var second = tape.WantsGradient(x.Second, out var dSecond, out var addToSecond);
        if (first || second)
        {
            InputGradient(tape.Device, centre == weight ? tape.PackedWeights : null, dy, centre, shape, scale, new ConvolutionOutput
            {
                First = (first ? dFirst : dSecond).View,
                Second = (second ? dSecond : dFirst).View,
                FirstChannels = x.First.Size(-1),
                FirstMode = first ? addToFirst : ConvolutionOutput.Skip,
                SecondMode = second ? addToSecond : ConvolutionOutput.Skip,
            });
        }
    }

    /// <summary><c>y = x w + b</c> for rows of one pixel.</summary>
    public static void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvolutionShape shape) => Forward(
        x.Device, null, x.Storage, Input(x, shape.In), weight, Output(y, ConvolutionOutput.Overwrite, shape.Out), shape, turned: false,
        Nothing(y.View, 1f) with { Bias = (bias ?? y).View, UseBias = bias == null ? 0 : 1 });

    /// <summary>The gradients of <see cref="Linear"/>, as far as they are wanted.</summary>
    public static void LinearBackward(
        Tensor x, Tensor dy, Tensor weight, Tensor? dWeight, Tensor? dBias, Tensor? dx, int accumulate, in ConvolutionShape shape)
    {
        if (dWeight != null)
        {
            WeightGradient(x.Device, Input(x, shape.In), dy, dWeight, dBias, shape, 1f);
        }
        else if (dBias != null)
        {
            Channels.Sum(dy, new Tensor(x.Device, [1, shape.Out], dBias.View), accumulate: true);
        }

        if (dx != null)
        {
            InputGradient(x.Device, null, dy, weight, shape, 1f, Output(dx, accumulate, shape.In));
        }
    }

    // Of images of one pixel a 3x3 kernel meets zeros with all but its centre, and is a 1x1 kernel.
    private static Tensor Centre(ref ConvolutionShape shape, Tensor kernel)
    {
        if (shape is not { Kernel: 3, Height: 1, Width: 1 })
        {
            return kernel;
        }

        shape.Kernel = 1;
        var size = shape.In * shape.Out;
        return new Tensor(kernel.Device, [1, 1, shape.In, shape.Out], kernel.View.SubView(4 * size, size));
    }

    private static void InputGradient(
        Device device, PackedWeightCache? cache, Tensor dy, Tensor weight, in ConvolutionShape shape, float scale, ConvolutionOutput dx) =>
        Forward(
            device, cache, dy.Storage, Input(dy, shape.Out), weight, dx, shape with { In = shape.Out, Out = shape.In }, turned: true,
            Nothing(dy.View, scale));

    private static ConvolutionInput Input(Joined x) => Input(x.First, x.First.Size(-1)) with { Second = (x.Second ?? x.First).View };

    private static ConvolutionInput Input(Tensor x, int channels) =>
        new() { First = x.View, Second = x.View, Table = x.View, FirstChannels = channels };

    private static ConvolutionOutput Output(Tensor y, int mode) => Output(y, mode, y.Size(-1));

    private static ConvolutionOutput Output(Tensor y, int mode, int channels) =>
        new() { First = y.View, Second = y.View, FirstChannels = channels, FirstMode = mode };

    // Nothing beside the scaled sum; kernels want memory behind each view.
    private static Epilogue Nothing(ArrayView<float> any, float scale) =>
        new() { Bias = any, Shift = any, Residual = any, Gathered = any, Scale = scale };

    /// <summary>Convolves with the weights, or for the input's gradient with turned weights.</summary>
    /// <param name="device">The device.</param>
    /// <param name="cache">Where turned weights are kept, if anywhere.</param>
    /// <param name="storage">How input, residual and output are stored.</param>
    /// <param name="x">The input, as it is.</param>
    /// <param name="weight">Weights of the forward pass, <c>[k, k, In, Out]</c> or <c>[In, Out]</c>.</param>
    /// <param name="y">Receives the result.</param>
    /// <param name="shape">The convolution that is made.</param>
    /// <param name="turned">Whether it is the input's gradient.</param>
    /// <param name="epilogue">What takes part beside the sum.</param>
    private static void Forward(
        Device device, PackedWeightCache? cache, TensorStorage storage, ConvolutionInput x, Tensor weight, ConvolutionOutput y,
        ConvolutionShape shape, bool turned, Epilogue epilogue)
    {
        if (TensorCoreConvolution.Serves(device, storage, shape, x.FirstChannels, y.FirstChannels))
        {
            TensorCoreConvolution.Forward(device, cache, storage, x, weight, y, shape, turned, epilogue);
            return;
        }

        using var own = device.Pool.RentScratch(turned && cache == null ? weight.Length : 0);
        var weights = turned ? own.View : weight.View;
        if (turned && cache?.Find(weight, turned, weight.Length, out weights) is not true)
        {
            int taps = shape.Kernel * shape.Kernel;
            device.Launch(
                TurnedWeights.Turn, LaunchSize.OfGroups(TurnedWeights.Groups(taps, shape.Out, shape.In)),
                new KernelWork(0, 8.0 * weight.Length), weight.View, weights, taps, shape.Out, shape.In);
        }

        var fours = InFours(shape, x.FirstChannels, y.FirstChannels);
        var tile = fours ? Tile(device, shape.Height * shape.Width, shape.Out) : ProductTile.Tile64x32Scalars;
        var (rows, columns) = Size(tile);
        var groups = ProductTiles.Count((long)shape.Batch * shape.Height * shape.Width, rows) * ProductTiles.Count(shape.Out, columns);
        device.Launch(
            ConvolutionVariants.Forward(tile, storage), LaunchSize.OfGroups((int)groups), Work(shape, storage),
            x, weights, y, shape.InChunks(), epilogue);
    }

    /// <summary>Adds to the gradients of weights and bias.</summary>
    /// <param name="device">The device.</param>
    /// <param name="x">The input, as it is.</param>
    /// <param name="dy">The output's gradient; the input is stored as it is.</param>
    /// <param name="dWeight">Gradient of the weights.</param>
    /// <param name="dBias">Gradient of the bias, or null.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="scale">Factor of dy.</param>
    private static void WeightGradient(
        Device device, ConvolutionInput x, Tensor dy, Tensor dWeight, Tensor? dBias, ConvolutionShape shape, float scale)
    {
        if (TensorCoreConvolution.Serves(device, dy.Storage, shape, x.FirstChannels, shape.Out))
        {
            TensorCoreConvolution.WeightGradient(device, x, dy, dWeight, dBias, shape, scale);
            return;
        }

        var fours = InFours(shape, x.FirstChannels, shape.Out);
        var tile = fours ? Tile(device, shape.Depth, shape.Out) : ProductTile.Tile64x32Scalars;
        shape.Slices = Slices(shape, tile);
        shape = shape.InChunks();
        var (rows, columns) = Size(tile);
        using var partial = device.Pool.RentScratch(PartialFloats(shape));
        device.Launch(
            ConvolutionVariants.WeightGradient(tile, dy.Storage),
            LaunchSize.OfGroups((int)(shape.Slices * ProductTiles.Count(shape.Depth, rows) * ProductTiles.Count(shape.Out, columns))),
            Work(shape, dy.Storage), x, dy.View, partial.View, shape);
        AddSlices(device, partial.View, dWeight, dBias, shape, scale);
    }

    /// <summary>Adds the sums of all slices, scaled, to the gradients of weights and bias.</summary>
    internal static void AddSlices(
        Device device, ArrayView<float> partial, Tensor dWeight, Tensor? dBias, in ConvolutionShape shape, float scale) =>
        device.Launch(
            ConvolutionWeightGradient.ReduceCooperative, Device.Groups((dWeight.Length + shape.Out) / (shape.Out % 4 == 0 ? 4 : 1)),
            new KernelWork(0, 4.0 * (PartialFloats(shape) + 2.0 * dWeight.Length)),
            partial, dWeight.View, (dBias ?? dWeight).View, shape, dBias == null ? 0 : 1, scale);

    /// <summary>Floats that a layer's launches, forward or backward, rent for their own use; the most of any.</summary>
    /// <param name="shape">Batch, height, width, channels and kernel.</param>
    public static long ScratchFloats(ConvolutionShape shape)
    {
        shape.Slices = Slices(shape, Choose(shape.Depth, shape.Out));
        return Math.Max((long)shape.Depth * shape.Out, PartialFloats(shape));
    }

    private static long PartialFloats(in ConvolutionShape s) => (long)s.Slices * (s.Depth + 1) * s.Out;

    private static int Slices(in ConvolutionShape shape, ProductTile tile)
    {
        var (rows, columns) = Size(tile);
        return ProductTiles.Slices(
            ProductTiles.Count(shape.Depth, rows) * ProductTiles.Count(shape.Out, columns),
            ProductTiles.Count((long)shape.Batch * shape.Height * shape.Width, TileProduct.Chunk));
    }

    /// <summary>The tile of a layer, by its rows of an image and columns, or the one that is forced.</summary>
    internal static ProductTile Tile(Device device, int rows, int columns) =>
        device.Tile == ProductTile.Auto ? Choose(rows, columns) : device.Tile;

    // By the layer's shape, rows of an image and columns; a part of a tile that is empty is computed all the same.
    private static ProductTile Choose(int rows, int columns) =>
        columns <= 32 || rows == 1 ? ProductTile.Tile64x32
        : rows <= 64 ? ProductTile.Tile64x64
        : ProductTiles.Are128Wide(columns) ? ProductTile.Tile128x128
        : ProductTile.Tile128x64;

    /// <summary>Rows and columns of a tile.</summary>
    internal static (int Rows, int Columns) Size(ProductTile tile) => tile switch
    {
        ProductTile.Tile128x128 => (128, 128),
        ProductTile.Tile128x64 => (128, 64),
        ProductTile.Tile64x64 => (64, 64),
        _ => (64, 32),
    };

    private static bool InFours(in ConvolutionShape s, int firstOfInput, int firstOfOutput) =>
        s.In % 4 == 0 && s.Out % 4 == 0 && firstOfInput % 4 == 0 && firstOfOutput % 4 == 0;

    internal static KernelWork Work(in ConvolutionShape s, TensorStorage storage)
    {
        var pixels = (double)s.Batch * s.Height * s.Width;
        return new KernelWork(2 * pixels * s.Depth * s.Out, storage.ElementBytes() * pixels * (s.In + s.Out) + 4.0 * s.Depth * s.Out);
    }
}
