using IlgpuEdm.Autodiff;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Tensors of 16-bit elements, and the way from one storage to the other.</summary>
public abstract class StorageTests : OperationTestBase
{
    // More than a piece of the fat schedule, and an odd number.
    private const int Count = 5_003;

    [TestMethod]
    public void BothWaysRoundToNearestEven()
    {
        var x = Numbers(1, Count);
        float[] expected = [.. x.Select(Rounded)];
        var narrow = Tape.Store(Input(x, Count), TensorStorage.BFloat16);
        CollectionAssert.AreEqual(expected, narrow.ToArray(), "elements of 16 bits");
        CollectionAssert.AreEqual(expected, Tape.Store(narrow, TensorStorage.Float32).ToArray(), "and back");
    }

    [TestMethod]
    public void WhatTheHostWritesIsRoundedAlike()
    {
        var x = Numbers(2, Count);
        var tensor = Tape.New(TensorStorage.BFloat16, Count);
        tensor.Upload(x);
        CollectionAssert.AreEqual(x.Select(Rounded).ToArray(), tensor.ToArray(), "elements");
    }

    [TestMethod]
    public void InfinityAndNaNStay()
    {
        float[] x = [float.PositiveInfinity, float.NegativeInfinity, float.NaN, -float.NaN, float.MaxValue, 0f, -0f];
        var y = Tape.Store(Input(x, x.Length), TensorStorage.BFloat16).ToArray();
        CollectionAssert.AreEqual(
            new[] { float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.NaN, float.PositiveInfinity, 0f, -0f }, y, "rounded");
    }

    [TestMethod]
    public void GradientsFlowThroughStorage()
    {
        var x = Input(Numbers(3, Count), Count);
        var y = Tape.Store(x, TensorStorage.BFloat16);
        var gradient = Numbers(4, Count);
        var dy = Tape.New(TensorStorage.BFloat16, Count);
        dy.Upload(gradient);
        Tape.Backward(y, dy);
        Assert.AreEqual(TensorStorage.Float32, x.Gradient!.Storage, "storage of the gradient");
        CollectionAssert.AreEqual(gradient.Select(Rounded).ToArray(), x.Gradient.ToArray(), "gradient");
    }

    [TestMethod]
    public void FloatsOfATensorAreRoundedWhenTheyGoBack()
    {
        var x = Tape.New(TensorStorage.BFloat16, 3);
        x.Upload([1f, 2f, 3f]);
        using (var floats = x.Write(keep: true))
        {
            var held = new float[3];
            Device.Download(floats.View, held);
            CollectionAssert.AreEqual(new[] { 1f, 2f, 3f }, held, "what was there");
            Device.Upload([1.001f, 2f, -3f], floats.View);
        }

        CollectionAssert.AreEqual(new[] { 1f, 2f, -3f }, x.ToArray(), "what was written");
    }

    private static float Rounded(float x) => BFloat16.Widen(BFloat16.Round(x));
}

[TestClass]
public sealed class StorageTestsCpu : StorageTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class StorageTestsOpenCL : StorageTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class StorageTestsOpenCLCooperative : StorageTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class StorageTestsEmulator : StorageTests
{
    protected override string Spec => Emulator;
}

[TestClass]
public sealed class StorageTestsCuda : StorageTests
{
    protected override string Spec => Cuda;
}
