using ILGPU;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// The convolution kernels for tensor cores on devices that have none: each warp's words are exchanged as the instructions would, so that
/// what is computed is what a tensor core computes. Against the host, with inputs that are rounded already.
/// </summary>
public abstract class TensorConvolutionTests : OperationTestBase
{
    private const double Tolerance = 2e-6;
    private const double StorageTolerance = 1.0 / 256;

    protected virtual bool Toy => false;

    public static IEnumerable<object[]> Tiles => [[false, false], [false, true], [true, false], [true, true]];

    [TestMethod]
    [DynamicData(nameof(Tiles))]
    public void TheForwardPassMatchesTheReference(bool narrow, bool wide)
    {
        foreach (var c in Toy ? [new Case(1, 3, 5, 16, 8, 3)] : Cases)
        {
            var (x, w, bias, shift, residual) = (Rounded(1, c.Pixels * c.In, narrow), Rounded(2, c.Weights, narrow), Numbers(3, c.Out),
                Numbers(4, c.Batch * c.Out), Rounded(5, c.Pixels * c.Out, true));
            var storage = narrow ? TensorStorage.BFloat16 : TensorStorage.Float32;
            Tensor input = New(x, storage, c.In), output = Tape.New(storage, c.Pixels, c.Out), rest = New(residual, storage, c.Out);
            var first = c.In / 16 * 8;
            var parts = (New(Part(x, c.In, 0, first), storage, first), New(Part(x, c.In, first, c.In), storage, c.In - first));
            var words = Words(Tape.From(w, w.Length), c.Shape, turned: false, narrow);
            var epilogue = new Epilogue
            {
                Bias = Tape.From(bias, c.Out).View,
                Shift = Tape.From(shift, shift.Length).View,
                Residual = rest.View,
                Gathered = rest.View,
                UseBias = 1,
                UseShift = 1,
                UseResidual = 1,
                Scale = 0.5f,
            };
            foreach (var joined in new[] { false, true })
            {
                var from = joined ? Input(parts.Item1, parts.Item2) : Input(input, input);
                Forward(from, words, output, c.Shape, epilogue, narrow, wide);
                var expected = ReferenceConvolution.Forward(
                    Widen(x), Widen(w), Widen(bias), c.Batch, c.Height, c.Width, c.In, c.Out, c.Kernel);
                for (var i = 0; i < expected.Length; i++)
                {
                    var image = i / (c.Height * c.Width * c.Out);
                    expected[i] = (expected[i] + shift[image * c.Out + i % c.Out] + residual[i]) * 0.5;
                }

                GoldenFile.AssertClose(Widen(output.ToArray()), expected, narrow ? StorageTolerance : Tolerance, $"output of {c}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Tiles))]
    public void TurnedWeightsGiveTheInputsGradient(bool narrow, bool wide)
    {
        foreach (var c in Toy ? [new Case(1, 2, 3, 8, 16, 1)] : Cases)
        {
            var (dy, w) = (Rounded(1, c.Pixels * c.Out, narrow), Rounded(2, c.Weights, narrow));
            var storage = narrow ? TensorStorage.BFloat16 : TensorStorage.Float32;
            Tensor gradient = New(dy, storage, c.Out), dx = New(Rounded(7, c.Pixels * c.In, true), storage, c.In);
            var turned = c.Shape with { In = c.Out, Out = c.In };
            var words = Words(Tape.From(w, w.Length), turned, turned: true, narrow);
            var before = Widen(dx.ToArray());
            var nothing = gradient.View;
            Forward(
                Input(gradient, gradient), words, dx, turned,
                new Epilogue { Bias = nothing, Shift = nothing, Residual = nothing, Gathered = nothing, Scale = 1f }, narrow, wide,
                ConvolutionOutput.Add);
            var expected = ReferenceConvolution.InputGradient(
                Widen(dy), Widen(w), c.Batch, c.Height, c.Width, c.In, c.Out, c.Kernel);
            double[] sum = [.. expected.Zip(before, (a, b) => a + b)];
            GoldenFile.AssertClose(Widen(dx.ToArray()), sum, narrow ? StorageTolerance : Tolerance, $"gradient of input of {c}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Tiles))]
    public void SlicesAddUpToTheWeightsGradient(bool narrow, bool wide)
    {
        foreach (var c in Toy ? [new Case(1, 3, 5, 16, 8, 3)] : Cases)
        {
            var (x, dy) = (Rounded(1, c.Pixels * c.In, narrow), Rounded(2, c.Pixels * c.Out, narrow));
            var storage = narrow ? TensorStorage.BFloat16 : TensorStorage.Float32;
            Tensor input = New(x, storage, c.In), gradient = New(dy, storage, c.Out);
            int slicePixels = Toy ? c.Pixels : (c.Pixels + 1) / 2, slices = (c.Pixels + slicePixels - 1) / slicePixels;
            var partial = Tape.From([.. Enumerable.Repeat(0f, slices * (c.Weights + c.Out))], slices, c.Weights + c.Out);
            var tiles = (c.Out + (wide ? 127 : 63)) / (wide ? 128 : 64) * ((c.Shape.Depth + 127) / 128);
            Device.Launch(
                (narrow, wide) switch
                {
                    (false, false) => TensorWeightGradient.Cooperative<TensorTile64, Tf32Format, Float32>,
                    (false, true) => TensorWeightGradient.Cooperative<TensorTile128, Tf32Format, Float32>,
                    (true, false) => TensorWeightGradient.Cooperative<TensorTile64, BFloat16Format, BFloat16>,
                    (true, true) => (Action<ConvolutionInput, ArrayView<float>, ArrayView<float>, ConvolutionShape, int>)
                        TensorWeightGradient.Cooperative<TensorTile128, BFloat16Format, BFloat16>,
                },
                LaunchSize.OfGroups(tiles * slices), default, Input(input, input), gradient.View, partial.View, c.Shape, slicePixels);
            var sums = new double[c.Weights];
            var parts = partial.ToArray();
            for (var i = 0; i < parts.Length; i++)
            {
                var at = i % (c.Weights + c.Out);
                if (at < c.Weights)
                {
                    sums[at] += parts[i];
                }
            }

            var expected = ReferenceConvolution.WeightGradient(
                Widen(x), Widen(dy), c.Batch, c.Height, c.Width, c.In, c.Out, c.Kernel);
            GoldenFile.AssertClose(sums, expected, Tolerance, $"gradient of weights of {c}");
        }
    }

    [TestMethod]
    public void RoundingToTf32IsToNearest()
    {
        foreach (var (value, expected) in new[]
        {
            (1f, 1f), (1f + 1f / 1024, 1f + 1f / 1024), (1f + 1f / 2048, 1f + 1f / 1024), (1f + 0.9f / 2048, 1f),
            (-1f - 1f / 2048, -1f - 1f / 1024),
            (float.PositiveInfinity, float.PositiveInfinity), (float.NaN, float.NaN),
        })
        {
            Assert.AreEqual(expected, Interop.IntAsFloat(TensorCore.RoundPortable(value)), $"{value} in TF32");
        }
    }

    private static IEnumerable<Case> Cases =>
        [new(2, 5, 7, 24, 40, 3), new(1, 9, 16, 56, 136, 1)];

    private Tensor New(float[] values, TensorStorage storage, int channels)
    {
        var tensor = Tape.New(storage, values.Length / channels, channels);
        tensor.Upload(values);
        return tensor;
    }

    private static ConvolutionInput Input(Tensor first, Tensor second) =>
        new() { First = first.View, Second = second.View, Table = first.View, FirstChannels = first.Size(-1) };

    private static ConvolutionOutput Output(Tensor y, int mode) =>
        new() { First = y.View, Second = y.View, FirstChannels = y.Size(-1), FirstMode = mode };

    private Tensor Words(Tensor weights, ConvolutionShape s, bool turned, bool narrow)
    {
        var numbers = narrow ? 2 : 1;
        var words = Tape.New(s.Kernel * s.Kernel * TensorWeights.TapWords(s.In, numbers) * s.Out);
        Device.Launch(
            narrow ? TensorWeights.Pack<BFloat16Format> : TensorWeights.Pack<Tf32Format>, Device.Spread(words.Length), default,
            weights.View, words.View, s, turned ? 1 : 0);
        return words;
    }

    private void Forward(
        ConvolutionInput x, Tensor words, Tensor y, ConvolutionShape s, Epilogue e, bool narrow, bool wide,
        int mode = ConvolutionOutput.Overwrite)
    {
        var pixels = s.Batch * s.Height * s.Width;
        var tiles = (pixels + 127) / 128 * ((s.Out + (wide ? 127 : 63)) / (wide ? 128 : 64));
        Device.Launch(
            (narrow, wide) switch
            {
                (false, false) => TensorForward.Cooperative<TensorTile64, Tf32Format, Float32>,
                (false, true) => TensorForward.Cooperative<TensorTile128, Tf32Format, Float32>,
                (true, false) => TensorForward.Cooperative<TensorTile64, BFloat16Format, BFloat16>,
                (true, true) => (Action<ConvolutionInput, ArrayView<float>, ConvolutionOutput, ConvolutionShape, Epilogue>)
                    TensorForward.Cooperative<TensorTile128, BFloat16Format, BFloat16>,
            },
            LaunchSize.OfGroups(tiles), default, x, words.View, Output(y, mode), s, e);
    }

    private static float[] Part(float[] values, int channels, int from, int to) =>
        [.. values.Where((_, i) => i % channels >= from && i % channels < to)];

    private static float[] Rounded(int seed, int count, bool narrow) => Array.ConvertAll(
        Numbers(seed, count), v => narrow ? BFloat16.Widen(BFloat16.Round(v)) : Interop.IntAsFloat(TensorCore.RoundPortable(v)));

    private sealed record Case(int Batch, int Height, int Width, int In, int Out, int Kernel)
    {
        public int Pixels => Batch * Height * Width;

        public int Weights => Kernel * Kernel * In * Out;

        public ConvolutionShape Shape =>
            new() { Batch = Batch, Height = Height, Width = Width, In = In, Out = Out, Kernel = Kernel };
    }
}

[TestClass]
[TestCategory("Slow")]
public sealed class TensorConvolutionTestsOpenCLCooperative : TensorConvolutionTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class TensorConvolutionTestsEmulator : TensorConvolutionTests
{
    protected override string Spec => Emulator;

    protected override bool Toy => true;
}

[TestClass]
public sealed class TensorConvolutionTestsCuda : TensorConvolutionTests
{
    protected override string Spec => Cuda;
}
