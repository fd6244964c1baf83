using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Cooperative convolutions and linear layers of toy size where each thread of a group is one of the machine's.</summary>
[TestClass]
public sealed class ConvolutionTestsEmulator : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    public void AToyConvolutionMatchesTheReference()
    {
        using var forced = new ForcedTile(Device, ProductTile.Tile64x32Scalars);
        AssertMatchesReference(run => SelfTestConvolution.Convolve(run, 1, 3, 2, 2, 5, 3, epilogue: false));
    }

    [TestMethod]
    public void AToyLinearLayerMatchesTheReference()
    {
        using var forced = new ForcedTile(Device, ProductTile.Tile128x128);
        AssertMatchesReference(run => SelfTestAttention.Linear(run, 5, 4, 8));
    }
}
