using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;
using Windows = IlgpuEdm.Autodiff.Reference.ReferenceInference.Windows;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Convolutions of any kernel, stride and padding, pools and bilinear resizing, at odd shapes.</summary>
public abstract class InferenceTests : OperationTestBase
{
    [TestMethod]
    [DataRow(1, 1, 1, 1, 1, 1, 0, 0, 1, 1)]
    [DataRow(3, 1, 7, 1, 1, 1, 0, 0, 20, 33)]
    [DataRow(2, 13, 11, 3, 3, 2, 0, 0, 3, 32)]
    [DataRow(1, 6, 9, 5, 5, 1, 2, 2, 12, 47)]
    [DataRow(2, 9, 5, 1, 7, 1, 0, 3, 40, 16)]
    [DataRow(2, 5, 9, 7, 1, 1, 3, 0, 8, 72)]
    [DataRow(1, 7, 8, 5, 2, 3, 4, 1, 5, 9)]
    [DataRow(1, 70, 3, 3, 1, 1, 1, 0, 4, 8)]
    public void AConvolutionMatchesTheReference(int n, int h, int w, int ky, int kx, int stride, int padY, int padX, int inC, int outC) =>
        AssertMatchesReference(run => SelfTestInference.Convolve(
            run, new Windows(n, h, w, ky, kx, stride, padY, padX), inC, outC, rectify: outC % 2 == 0));

    [TestMethod]
    public void AStripOfManyRowsIsCut() =>
        AssertMatchesReference(run => SelfTestInference.Convolve(run, new Windows(1, 41, 40, 3, 3, 2, 1, 1), 32, 8, rectify: false));

    [TestMethod]
    [DataRow(1, 1, 1, 1, 1, 0, 1)]
    [DataRow(2, 7, 9, 3, 2, 0, 19)]
    [DataRow(2, 6, 5, 3, 1, 1, 40)]
    [DataRow(1, 9, 4, 4, 3, 3, 8)]
    public void APoolMatchesTheReference(int n, int h, int w, int size, int stride, int padding, int c)
    {
        foreach (var maximum in new[] { true, false })
        {
            AssertMatchesReference(run => SelfTestInference.Pool(
                run, new Windows(n, h, w, size, size, stride, padding, padding), c, maximum));
        }
    }

    [TestMethod]
    [DataRow(1, 1, 1, 1, 4, 3, 3)]
    [DataRow(2, 5, 7, 3, 5, 7, 3)]
    [DataRow(2, 9, 3, 3, 4, 19, 3)]
    [DataRow(1, 40, 31, 1, 7, 6, 1)]
    public void ResizingMatchesTheReference(int n, int h, int w, int c, int outH, int outW, int outC) =>
        AssertMatchesReference(run => SelfTestInference.Resize(run, n, h, w, c, outH, outW, outC));

    [TestMethod]
    public void ATapeThatRecordsIsRefused()
    {
        Tensor x = Tape.From(new float[16], 1, 4, 4, 1), weight = Tape.From([1f], 1, 1, 1, 1), bias = Tape.From([0f], 1);
        Action[] operations =
        [
            () => Tape.ConvolveGeneral(x, weight, bias), () => Tape.MaxPool(x, 2), () => Tape.AveragePool(x, 2),
            () => Tape.ResizeBilinear(x, 2, 2, 1),
        ];
        foreach (var operation in operations)
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(operation).Message, "has no gradient", "why");
        }
    }

    [TestMethod]
    public void WhatDoesNotFitIsRefused()
    {
        using var tape = new Tape(Device, recording: false);
        Tensor x = tape.From(new float[32], 1, 4, 4, 2), weight = tape.From(new float[18], 3, 3, 1, 2), bias = tape.From([0f, 0f], 2);
        Tensor large = tape.From(new float[100], 5, 5, 2, 2), narrow = tape.From(new float[16], 1, 4, 4, 1);
        Action[] operations =
        [
            () => tape.ConvolveGeneral(x, weight, bias), () => tape.ConvolveGeneral(x, large, bias),
            () => tape.ConvolveGeneral(x, large, narrow, padY: 1, padX: 1), () => tape.ConvolveGeneral(x, large, bias, stride: 0, 1, 1),
            () => tape.ConvolveGeneral(x, large, bias, padY: 5, padX: 1),
            () => tape.MaxPool(x, 5), () => tape.MaxPool(x, 2, padding: 2), () => tape.AveragePool(x, 2, stride: 0),
            () => tape.MaxPool(x, 1, into: new ChannelRange(narrow, 0)), () => tape.MaxPool(x, 1, into: new ChannelRange(x, 1)),
            () => tape.ResizeBilinear(x, 4, 4, 3),
        ];
        foreach (var operation in operations)
        {
            Assert.ThrowsExactly<ArgumentException>(operation);
        }
    }
}

[TestClass]
public sealed class InferenceTestsCpu : InferenceTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class InferenceTestsOpenCL : InferenceTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class InferenceTestsOpenCLCooperative : InferenceTests
{
    protected override string Spec => OpenCLCooperative;

    [TestMethod]
    [DataRow("Tile128x128")]
    [DataRow("Tile128x64")]
    [DataRow("Tile64x64")]
    [DataRow("Tile64x32")]
    public void EachTileMatchesTheReference(string tile)
    {
        using var forced = new ForcedTile(Device, Enum.Parse<ProductTile>(tile));
        AssertMatchesReference(run => SelfTestInference.Convolve(run, new Windows(3, 9, 8, 3, 5, 2, 1, 2), 20, 140, rectify: true));
    }
}

[TestClass]
public sealed class InferenceTestsCuda : InferenceTests
{
    protected override string Spec => Cuda;
}

[TestClass]
public sealed class InferenceTestsEmulator : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    public void AToyConvolutionMatchesTheReference()
    {
        using var forced = new ForcedTile(Device, ProductTile.Tile64x32Scalars);
        AssertMatchesReference(run => SelfTestInference.Convolve(run, new Windows(1, 3, 2, 2, 3, 2, 1, 1), 4, 5, rectify: true));
    }

    [TestMethod]
    public void AToyPoolMatchesTheReference() =>
        AssertMatchesReference(run => SelfTestInference.Pool(run, new Windows(1, 3, 2, 2, 2, 1, 1, 1), 3, maximum: false));
}
