using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Cooperative convolutions and linear layers of toy size where each thread of a group is one of the machine's.</summary>
[TestClass]
public sealed class ConvolutionTestsEmulator : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    [DataRow(ProductTile.Tile128x128, 4, 8)]
    [DataRow(ProductTile.Tile64x32Scalars, 3, 5)]
    public void ToyLayersMatchTheReference(ProductTile tile, int inC, int outC)
    {
        using var forced = new ForcedTile(Device, tile);
        AssertMatchesReference(run => SelfTestConvolution.Convolve(run, 2, 3, 2, inC, outC, 3, epilogue: true));
        AssertMatchesReference(run => SelfTestAttention.Linear(run, 5, inC, outC));
    }
}
