using IlgpuEdm.Autodiff;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>The light kernels of the cooperative schedule where every access is checked to lie within its tensor; toy sizes.</summary>
[TestClass]
public sealed class LightKernelsEmulatorTests : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    public void ElementwisePassesStayWithinTheirTensors()
    {
        AssertMatchesReference(run => SelfTestElementwise.Silu(run, 3, 5));
        AssertMatchesReference(run => SelfTestElementwise.CombineImages(run, 2, 3, two: true));
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.AddScaled(x[0], x[1], 0.5f), [3, 3], [3, 3]);
    }

    [TestMethod]
    public void CopiesOfChannelsStayWithinTheirTensors()
    {
        AssertMatchesReference(run => SelfTestImages.Concatenate(run, 1, 2, 3, 3, 2));
        AssertMatchesReference(run => SelfTestImages.Concatenate(run, 1, 2, 3, 4, 8));
    }

    [TestMethod]
    public void ResamplingStaysWithinItsTensors()
    {
        AssertMatchesReference(run => SelfTestImages.Upsample(run, 1, 2, 3, 3));
        AssertMatchesReference(run => SelfTestResampling.Filter(run, 1, 3, 2, 3, [1, 3, 3, 1], up: true));
        AssertMatchesReference(run => SelfTestResampling.Filter(run, 1, 3, 2, 4, [1, 3, 3, 1], up: false));
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Crop(tape.Pad(x[0], 2), 1), [1, 1, 3, 3]);
    }

    [TestMethod]
    public void DrawsStayWithinTheirTensors()
    {
        AssertMatchesReference(run => SelfTestRandom.Normal(run, 2, 7));
        AssertMatchesReference(run => SelfTestRandom.PositionalEmbedding(run, 6));
        NarrowStorage.AssertMatchesFloat32(Device, (tape, x) => tape.Drop(x[0], 0.3f, layer: 1), [3, 5]);
    }
}
