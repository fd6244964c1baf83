using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Tests.Operations;

/// <summary>What the tape does with chains of operations.</summary>
public abstract class TapeTests : OperationTestBase
{
    private const int N = 2, H = 3, W = 5, C = 4;

    [TestMethod]
    public void AChainsGradientAgreesWithFiniteDifferences()
    {
        float[] hx = Numbers(1, N * H * W * C), hg = Numbers(2, N * H * W * C);
        var layers = new Layers(this);
        var x = Input(hx, N, H, W, C);
        Backward(layers.Run(Tape, x), hg);

        // float32 allows no small steps: half of the digits of a difference of 1 percent are rounding.
        var deviation = FiniteDifference.LargestDeviation(Forward, Widen(hx), Widen(hg), Widen(x.Gradient!.ToArray()), step: 1e-2);
        Assert.IsLessThan(3e-3, deviation, "largest deviation, relative to the largest element of the gradient");

        double[] Forward(double[] values)
        {
            using var tape = new Tape(Device, recording: false);
            return Widen(layers.Run(tape, tape.From(Array.ConvertAll(values, v => (float)v), N, H, W, C)).ToArray());
        }
    }

    [TestMethod]
    public void ParametersGradientsAddUpOverSteps()
    {
        float[] hx = Integers(1, 6), hw = Integers(2, 6), hg = Integers(3, 4);
        var weight = Parameter(hw, 3, 2);
        for (var step = 0; step < 2; step++)
        {
            using var tape = new Tape(Device, recording: true);
            tape.Backward(tape.Linear(tape.From(hx, 2, 3), weight, null), tape.From(hg, 2, 2));
        }

        var once = ReferenceLinear.WeightGradient(Widen(hx), Widen(hg), 2, 3, 2);
        AssertExact([.. once.Select(g => 2 * g)], weight.Gradient!, "two steps' gradients");
    }

    [TestMethod]
    public void BackwardGivesActivationsBack()
    {
        var layers = new Layers(this);
        var x = Input(Numbers(1, N * H * W * C), N, H, W, C);
        var before = Device.Pool.BytesInUse;
        var y = layers.Run(Tape, x);
        Assert.IsGreaterThan(before, Device.Pool.BytesInUse, "activations are kept for the way back");
        Backward(y, new float[y.Length]);
        var gradient = Device.Pool.BytesInUse - before;
        Assert.IsLessThanOrEqualTo(4096, gradient, "only the gradient of the input is still there, in bytes");
    }

    [TestMethod]
    public void TheSameStepAllocatesNothingTheSecondTime()
    {
        var layers = new Layers(this);
        Step();
        var allocations = Device.Pool.DeviceAllocations;
        Step();
        Assert.AreEqual(allocations, Device.Pool.DeviceAllocations, "allocations of the device");

        void Step()
        {
            using var tape = new Tape(Device, recording: true);
            var x = tape.From(Numbers(1, N * H * W * C), N, H, W, C);
            var y = layers.Run(tape, x);
            tape.Backward(y, tape.From(new float[y.Length], [.. y.Shape]));
        }
    }

    [TestMethod]
    public void WhatNobodyWantsAGradientOfIsNotRecorded()
    {
        var x = Tape.From(Numbers(1, 12), 3, 4);
        Assert.IsFalse(Tape.Silu(Tape.Add(x, x)).RequiresGradient, "an output of constants");
    }

    [TestMethod]
    public void ATensorThatWasGivenBackCannotBeRead()
    {
        using var tape = new Tape(Device, recording: false);
        var x = tape.From([1f, 2f], 2);
        tape.Release(x);
        Assert.ThrowsExactly<InvalidOperationException>(() => x.ToArray(), "read after release");
    }

    [TestMethod]
    public void ATensorIsFilledWithAsManyNumbersAsItHas() =>
        Assert.ThrowsExactly<ArgumentException>(() => Tape.From([1f, 2f, 3f], 2), "three values for two elements");

    [TestMethod]
    public void FixedParametersLetTheGradientThrough()
    {
        float[] hx = Numbers(1, N * H * W * C), hg = Numbers(2, N * H * W * C);
        var trained = Gradient(Parameter);
        CollectionAssert.AreEqual(trained, Gradient((values, shape) => Tape.From(values, shape)), "gradient of the input");

        float[] Gradient(Func<float[], int[], Tensor> make)
        {
            var x = Input(hx, N, H, W, C);
            var y = Tape.Normalize(x, make(Numbers(3, C), [C]), make(Numbers(4, C), [C]), 2, 1e-2f, silu: true);
            Backward(Tape.Convolve(y, make(Numbers(5, 9 * C * C), [3, 3, C, C]), make(Numbers(6, C), [C])), hg);
            return x.Gradient!.ToArray();
        }
    }

    [TestMethod]
    public void WeightsThatWereComputedGetTheirGradient()
    {
        float[] hx = Integers(1, 6), hw = Integers(2, 6), hb = Integers(3, 2), hg = Integers(4, 4);
        Tensor w = Input(hw, 3, 2), b = Input(hb, 2);
        Backward(Tape.Linear(Tape.From(hx, 2, 3), Tape.Add(w, w), Tape.Add(b, b)), hg);
        var once = ReferenceLinear.WeightGradient(Widen(hx), Widen(hg), 2, 3, 2);
        AssertExact([.. once.Select(g => 2 * g)], w.Gradient!, "weights");
        AssertExact([2 * (hg[0] + hg[2]), 2 * (hg[1] + hg[3])], b.Gradient!, "bias");
    }

    [TestMethod]
    public void ABiasOfFixedWeightsGetsItsGradient()
    {
        var hg = Integers(2, N * H * W * C);
        var bias = Parameter(Integers(1, C), C);
        Backward(Tape.Convolve(Tape.From(new float[N * H * W * C], N, H, W, C), Tape.From(new float[C * C], 1, 1, C, C), bias), hg);
        AssertExact([.. Enumerable.Range(0, C).Select(c => (double)hg.Where((_, i) => i % C == c).Sum())], bias.Gradient!, "bias");
    }

    [TestMethod]
    [DataRow(int.MaxValue, 1)]
    [DataRow(1 << 16, 1 << 15)]
    [DataRow(int.MaxValue, int.MaxValue)]
    public void MoreElementsThan32BitsCountAreRefused(int rows, int columns)
    {
        var e = Assert.ThrowsExactly<EdmException>(() => Tape.New(rows, columns, int.MaxValue), "a tensor of 2^31 elements or more");
        StringAssert.Contains(e.Message, "--micro-batch", "what to do");
    }

    /// <summary>One of each kind of layer, as a block of the network has them.</summary>
    private sealed class Layers(TapeTests test)
    {
        private readonly Tensor gamma = test.Parameter(Numbers(11, C), C), beta = test.Parameter(Numbers(12, C), C);
        private readonly Tensor first = test.Parameter(Numbers(13, 9 * C * C), 3, 3, C, C), bias = test.Parameter(Numbers(14, C), C);
        private readonly Tensor qkv = test.Parameter(Numbers(15, C * 3 * C), 1, 1, C, 3 * C);
        private readonly Tensor last = test.Parameter(Numbers(16, 2 * C * C), 1, 1, 2 * C, C);

        public Tensor Run(Tape tape, Tensor x)
        {
            var y = tape.Convolve(tape.Normalize(x, gamma, beta, 2, 1e-2f, silu: true), first, bias, residual: x, scale: 0.7f);
            y = tape.Attend(tape.Convolve(y, qkv, null), heads: 2);
            y = tape.Downsample(tape.Silu(tape.Upsample(y)));
            return tape.Convolve(tape.Concatenate(y, x), last, null);
        }
    }
}

[TestClass]
public sealed class TapeTestsCpu : TapeTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class TapeTestsOpenCL : TapeTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class TapeTestsOpenCLCooperative : TapeTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class TapeTestsCuda : TapeTests
{
    protected override string Spec => Cuda;
}
