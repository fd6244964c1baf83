using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;

namespace IlgpuEdm.Autodiff;

/// <summary>Convolution with stride 1 and zero padding, kernel 1x1 or 3x3.</summary>
public static class Convolution
{
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
        this Tape tape, Joined x, Tensor weight, Tensor? bias, Tensor? shift = null, Tensor? residual = null, float scale = 1f) =>
        Apply(tape, x, null, weight, bias, shift, residual, scale, moments: false);

    /// <summary>The same, of a normalised input where there is a norm; and with the moments of the result gathered on the way.</summary>
    internal static Tensor Apply(
        Tape tape, Joined x, GroupNormOptions? options, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale,
        bool moments)
    {
        var cooperative = tape.Device.IsCooperative;
        if (cooperative && options != null)
        {
            return AfterNorm(tape, x, options, weight, bias, shift, residual, scale);
        }

        x.RequireFit();
        Shapes.Require(x.First.Shape.Count == 4 && weight.Shape.Count == 4, [x.First, x.Second, weight]);
        int batch = x.First.Size(0), height = x.First.Size(1), width = x.First.Size(2), kernel = weight.Size(0);
        var shape = new ConvolutionShape
        {
            Batch = batch,
            Height = height,
            Width = width,
            In = x.Channels,
            Out = weight.Size(3),
            Kernel = kernel,
        };
        Shapes.Require(kernel is 1 or 3 && weight.Size(1) == kernel, [weight]);
        Shapes.Require(weight.Size(2) == shape.In, [weight, x.First, x.Second]);
        Shapes.Require(Shapes.Has(bias, shape.Out), [weight, bias]);
        Shapes.Require(Shapes.Has(shift, (long)batch * shape.Out), [x.First, weight, shift]);
        Shapes.Require(Shapes.Stored(x.Second, x.First) && Shapes.Stored(residual, x.First), [x.First, x.Second, residual]);
        var y = tape.New(x.First.Storage, batch, height, width, shape.Out);
        Shapes.Require(Shapes.Same(residual, y), [y, residual]);
        if (height * width == 1 && !cooperative)
        {
            return Point(tape, x, options, weight, bias, shift, residual, scale, y);
        }

        var device = tape.Device;
        var table = options == null ? null : new NormTable(tape, x, options);
        if (cooperative)
        {
            CooperativeConvolution.Forward(tape, x, weight, bias, shift, residual, scale, y, shape);
        }
        else
        {
            ConvolutionLaunch.CutForward(ref shape, device.Convolution);
            Forward(tape, x, table, weight, bias, shift, residual, scale, moments, y, shape);
        }

        tape.Record(
            y,
            [x.First, x.Second, options?.Gamma, options?.Beta, options?.ScaleShift, weight, bias, shift, residual],
            dy =>
            {
                if (tape.WantsGradient(shift, out var dShift, out var accumulate))
                {
                    ShiftGradient(dy, dShift, accumulate != 0, scale);
                }

                Backward(tape, x, table, weight, bias, scale, dy, shape);
                tape.AddGradient(residual, dy, scale);
            },
            table == null ? [] : [table.Coefficients]);
        return y;
    }

    private static void Forward(
        Tape tape, Joined x, NormTable? table, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale, bool moments,
        Tensor y, in ConvolutionShape shape)
    {
        if (moments)
        {
            y.Moments = new TensorMoments(
                tape.Device.Pool.Rent(2L * shape.Batch * shape.Strips * shape.Out), shape.Strips, shape.StripRows * shape.Width);
        }

        using var first = x.First.Read();
        using var second = x.Second == null ? default : x.Second.Read();
        using var added = residual == null ? default : residual.Read();
        using var output = y.Write();
        ConvolutionLaunch.Forward(tape, Input(x, table, first, second), weight, output.View, shape, turned: false, new Epilogue
        {
            Bias = (bias ?? y).View,
            Shift = (shift ?? y).View,
            Residual = residual == null ? y.View : added.View,
            Gathered = y.Moments?.Buffer.View ?? y.View,
            UseBias = bias == null ? 0 : 1,
            UseShift = shift == null ? 0 : 1,
            UseResidual = residual == null ? 0 : 1,
            Scale = scale,
            Gather = moments ? Epilogue.GatherMoments : Epilogue.GatherNothing,
        });
    }

    // The gradients of the input, or the norm before it, and of weights and bias.
    private static void Backward(
        Tape tape, Joined x, NormTable? table, Tensor weight, Tensor? bias, float scale, Tensor dy, in ConvolutionShape shape)
    {
        Tensor? dWeight = tape.GradientToAddTo(weight), dBias = tape.GradientToAddTo(bias);
        if (dWeight == null && dBias != null)
        {
            BiasGradient(dy, dBias, scale);
        }

        if (tape.Device.IsCooperative)
        {
            CooperativeConvolution.Backward(tape, x, weight, dWeight, dBias, scale, dy, shape);
            return;
        }

        using var first = x.First.Read();
        using var second = x.Second == null ? default : x.Second.Read();
        using var from = dy.Read();
        var input = Input(x, table, first, second);
        if (dWeight != null)
        {
            ConvolutionLaunch.WeightGradient(tape.Device, input, from.View, dWeight, dBias, shape, scale);
        }

        if (table != null)
        {
            NormalizedGradient(tape, table, from.View, weight, input, shape, scale);
        }
        else
        {
            InputGradient(tape, x, from.View, weight, shape, scale);
        }
    }

    // A table's memory goes back with the operation's, so what reads it is made anew each time.
    private static ConvolutionInput Input(Joined x, NormTable? table, FloatElements first, FloatElements second) => new()
    {
        First = first.View,
        Second = x.Second == null ? first.View : second.View,
        Table = table?.Coefficients.View ?? first.View,
        FirstChannels = x.First.Size(-1),
        Mode = table == null ? ConvolutionInput.Plain
            : table.Shape.Silu != 0 ? ConvolutionInput.NormalizedSilu : ConvolutionInput.Normalized,
    };

    // Groups of threads read an input for each of many tiles: there the norm is worth a pass of its own.
    private static Tensor AfterNorm(
        Tape tape, Joined x, GroupNormOptions options, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale)
    {
        var normal = tape.Normalize(x, options);
        var y = Apply(tape, normal, null, weight, bias, shift, residual, scale, moments: false);
        tape.Release(normal);
        return y;
    }

    private static Tensor Point(
        Tape tape, Joined x, GroupNormOptions? options, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale, Tensor y)
    {
        var whole = x.Whole(tape);
        var input = options == null ? whole : tape.Normalize(whole, options);
        PointConvolution.Convolve(tape, input, weight, bias, shift, residual, scale, y);
        if (input != whole)
        {
            tape.Release(input);
        }

        if (whole != x.First)
        {
            tape.Release(whole);
        }

        return y;
    }

    private static void ShiftGradient(Tensor dy, Tensor dShift, bool accumulate, float scale)
    {
        if (scale == 1f)
        {
            Channels.Sum(dy, dShift, accumulate);
            return;
        }

        using var buffer = dy.Device.Pool.RentScratch(dShift.Length);
        var sum = new Tensor(dy.Device, [.. dShift.Shape], buffer.View);
        Channels.Sum(dy, sum, accumulate: false);
        Elementwise.Combine(sum, null, dShift, scale, 0f, accumulate);
    }

    /// <summary>Adds the scaled sums of a gradient over all pixels to that of the bias.</summary>
    internal static void BiasGradient(Tensor dy, Tensor dBias, float scale)
    {
        using var buffer = dy.Device.Pool.RentScratch(dBias.Length);
        var sum = new Tensor(dy.Device, [1, dBias.Length], buffer.View);
        Channels.Sum(dy, sum, accumulate: false);
        Elementwise.Combine(sum, null, dBias, scale, 0f, accumulate: true);
    }

    private static ConvolutionShape Turned(ConvolutionShape shape, ConvolutionMethod method)
    {
        var turned = shape with { In = shape.Out, Out = shape.In };
        ConvolutionLaunch.CutForward(ref turned, method);
        return turned;
    }

    private static ConvolutionInput Plain(ArrayView<float> dy, in ConvolutionShape shape) =>
        new() { First = dy, Second = dy, Table = dy, FirstChannels = shape.Out };

    // Nothing beside the scaled sum; kernels want memory behind each view.
    private static Epilogue Nothing(ArrayView<float> gathered, float scale) =>
        new() { Bias = gathered, Shift = gathered, Residual = gathered, Gathered = gathered, Scale = scale };

    private static void InputGradient(Tape tape, Joined x, ArrayView<float> dy, Tensor weight, in ConvolutionShape shape, float scale)
    {
        var turned = Turned(shape, tape.Device.Convolution);
        var input = Plain(dy, shape);
        if (x.Second == null)
        {
            if (tape.WantsGradient(x.First, out var dx, out var accumulate))
            {
                using var to = dx.Write(keep: accumulate != 0);
                ConvolutionLaunch.Forward(
                    tape, input, weight, to.View, turned, turned: true, Nothing(dy, scale) with { Accumulate = accumulate });
            }

            return;
        }

        if (!x.First.RequiresGradient && !x.Second.RequiresGradient)
        {
            return;
        }

        using var buffer = tape.Device.Pool.RentScratch((long)shape.Batch * shape.Height * shape.Width * shape.In);
        var both = new Tensor(tape.Device, [shape.Batch, shape.Height, shape.Width, shape.In], buffer.View);
        ConvolutionLaunch.Forward(tape, input, weight, both.View, turned, turned: true, Nothing(dy, scale));
        Channels.Split(tape, both, x);
    }

    private static void NormalizedGradient(
        Tape tape, NormTable table, ArrayView<float> dy, Tensor weight, ConvolutionInput x, in ConvolutionShape shape, float scale)
    {
        var device = tape.Device;
        var turned = Turned(shape, device.Convolution);
        using var buffer = device.Pool.RentScratch((long)shape.Batch * shape.Height * shape.Width * shape.In);
        var dz = new Tensor(device, [shape.Batch, shape.Height, shape.Width, shape.In], buffer.View);
        using var parts = device.Pool.RentScratch(2L * shape.Batch * turned.Strips * shape.In);
        ConvolutionLaunch.Forward(
            tape, Plain(dy, shape), weight, dz.View, turned, turned: true,
            Nothing(parts.View, scale) with { Gather = Epilogue.GatherNormGradient }, x);
        table.Backward(dz, parts.View, turned.Strips);
    }
}
