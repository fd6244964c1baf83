using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;

namespace IlgpuEdm.Autodiff;

/// <summary>Launches of the convolution kernels: how a layer is cut into strips, its packed weights and its scratch.</summary>
internal static class ConvolutionLaunch
{
    private const int MaxSlices = 8;
    private const int ForwardStripFloats = 32 * 1024;
    private const int GradientStripFloats = 96 * 1024;

    // Many weights make many tasks anyway, and their partial sums, a set a slice, would cost more than they bring.
    private const long ManyWeights = 1 << 18;
    private const int SlicesOfManyWeights = 2;

    /// <summary>Strips of a layer's forward pass.</summary>
    public static void CutForward(ref ConvolutionShape shape, ConvolutionMethod method)
    {
        if (WinogradConvolution.Serves(shape, method))
        {
            WinogradForward.Cut(ref shape);
            return;
        }

        CutStrips(ref shape, shape.Pitch * shape.In, ForwardStripFloats);
        shape.Scratch = ConvolutionForward.ScratchSize(shape);
    }

    /// <summary>Convolves with the weights, or for the input's gradient with turned weights.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">Weights of the forward pass, <c>[k, k, In, Out]</c>.</param>
    /// <param name="y">Receives the result.</param>
    /// <param name="shape">The convolution that is made, cut into strips.</param>
    /// <param name="turned">Whether it is the input's gradient.</param>
    /// <param name="epilogue">What takes part beside the sum.</param>
    /// <param name="norm">Where y is the gradient of a normalised input: that input.</param>
    public static void Forward(
        Tape tape, ConvolutionInput x, Tensor weight, ArrayView<float> y, ConvolutionShape shape, bool turned, Epilogue epilogue,
        ConvolutionInput? norm = null)
    {
        var device = tape.Device;
        var winograd = WinogradConvolution.Serves(shape, device.Convolution);

        // For the sum of taps, weights of one full block lie as a tile reads them.
        var asTheyLie = !winograd && !turned && shape.Out is (16 or 32);
        var length = asTheyLie ? 0 : PackedLength(shape, winograd);
        using var own = device.Pool.RentScratch(tape.PackedWeights == null ? length : 0);
        var packed = asTheyLie ? weight.View : own.View;
        if (!asTheyLie && tape.PackedWeights?.Find(weight, turned, length, out packed) is not true)
        {
            Pack(device, weight, packed, shape, turned, winograd);
        }

        var items = device.WorkItems(shape.Batch * shape.Strips, shape.Scratch);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(
            winograd ? WinogradForward.Fat : ConvolutionForward.Fat, items, Work(shape), x,
            packed, y, scratch.View, shape, epilogue, norm ?? x);
    }

    private static void Pack(
        Device device, Tensor weight, ArrayView<float> packed, ConvolutionShape shape, bool turned, bool winograd)
    {
        var work = new KernelWork(0, 4.0 * (weight.Length + packed.Length));
        if (winograd)
        {
            device.Launch(
                turned ? WinogradWeights.Backward : WinogradWeights.Forward, device.WorkItems(WinogradWeights.Tasks(shape)), work,
                weight.View, packed, shape);
        }
        else
        {
            device.Launch(
                turned ? PackedWeights.Backward : PackedWeights.Forward, device.WorkItems(PackedWeights.Tasks(shape.Depth, shape.Out)),
                work, weight.View, packed, shape);
        }
    }

    private static long PackedLength(in ConvolutionShape shape, bool winograd) =>
        winograd ? WinogradWeights.PackedLength(shape) : (long)shape.Depth * PackedWeights.PaddedColumns(shape.Out);

    /// <summary>Adds to the gradients of weights and bias.</summary>
    /// <param name="device">The device.</param>
    /// <param name="x">The input.</param>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="dWeight">Gradient of the weights.</param>
    /// <param name="dBias">Gradient of the bias, or null.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="scale">Factor of dy.</param>
    public static void WeightGradient(
        Device device, ConvolutionInput x, ArrayView<float> dy, Tensor dWeight, Tensor? dBias, ConvolutionShape shape, float scale)
    {
        var winograd = WinogradConvolution.Serves(shape, device.Convolution);
        CutWeightGradient(ref shape, winograd);
        using var partial = device.Pool.RentScratch(PartialFloats(shape));
        var items = device.WorkItems(WeightGradientTasks(shape, winograd), shape.Scratch);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(
            winograd ? WinogradWeightGradient.Fat : ConvolutionWeightGradient.Fat, items, Work(shape),
            x, dy, partial.View, scratch.View, shape);
        device.Launch(
            ConvolutionWeightGradient.Reduce, device.WorkItems(ConvolutionWeightGradient.ReduceTasks(shape)),
            new KernelWork(0, 4.0 * partial.View.Length),
            partial.View, dWeight.View, (dBias ?? dWeight).View, shape, dBias == null ? 0 : 1, scale);
    }

    /// <summary>Floats that a layer's launches, forward or backward, rent for their own use; the most of any.</summary>
    /// <param name="shape">Batch, height, width, channels and kernel.</param>
    /// <param name="workItems">Work items of the device.</param>
    public static long ScratchFloats(ConvolutionShape shape, int workItems)
    {
        var turned = shape with { In = shape.Out, Out = shape.In };
        return Math.Max(WeightGradientFloats(shape), Math.Max(ForwardFloats(shape), ForwardFloats(turned)));

        long ForwardFloats(ConvolutionShape s)
        {
            CutForward(ref s, ConvolutionMethod.Auto);
            return PackedLength(s, WinogradConvolution.Serves(s, ConvolutionMethod.Auto))
                + ((long)s.Scratch * Device.WorkItems((long)s.Batch * s.Strips, s.Scratch, workItems));
        }

        long WeightGradientFloats(ConvolutionShape s)
        {
            var winograd = WinogradConvolution.Serves(s, ConvolutionMethod.Auto);
            CutWeightGradient(ref s, winograd);
            return PartialFloats(s)
                + ((long)s.Scratch * Device.WorkItems(WeightGradientTasks(s, winograd), s.Scratch, workItems));
        }
    }

    private static int WeightGradientTasks(in ConvolutionShape s, bool winograd) =>
        winograd ? WinogradWeightGradient.Tasks(s) : ConvolutionWeightGradient.Tasks(s);

    private static long PartialFloats(in ConvolutionShape s) =>
        (long)s.Slices * ConvolutionWeightGradient.Blocks(s) * ConvolutionWeightGradient.PartialRows(s) * 32;

    private static void CutWeightGradient(ref ConvolutionShape shape, bool winograd)
    {
        shape.Slices = Math.Min((long)shape.Depth * shape.Out >= ManyWeights ? SlicesOfManyWeights : MaxSlices, shape.Batch);
        if (winograd)
        {
            WinogradWeightGradient.Cut(ref shape);
            return;
        }

        CutStrips(ref shape, ConvolutionWeightGradient.RowScratch(shape), GradientStripFloats);
        shape.Scratch = ConvolutionWeightGradient.ScratchSize(shape);
    }

    // Strips follow from the layer's shape alone: the order of the weight gradient's sums must not depend on the batch or the machine.
    private static void CutStrips(ref ConvolutionShape shape, int floatsPerRow, int target)
    {
        var most = Math.Clamp(target / floatsPerRow, 1, shape.Height);
        shape.Strips = (shape.Height + most - 1) / most;
        shape.StripRows = (shape.Height + shape.Strips - 1) / shape.Strips;
        shape.Strips = (shape.Height + shape.StripRows - 1) / shape.StripRows;
    }

    // Counted as the sum of taps whatever the method, so that rates compare.
    private static KernelWork Work(in ConvolutionShape s)
    {
        var pixels = (double)s.Batch * s.Height * s.Width;
        return new KernelWork(2 * pixels * s.Depth * s.Out, 4 * pixels * (s.In + s.Out));
    }
}
