namespace IlgpuEdm.Tests.Devices;

/// <summary>What the passes over memory of norms, sums and the optimiser become on CUDA devices.</summary>
[TestClass]
public sealed class NormPtxTests
{
    [TestMethod]
    [DataRow("GroupNormForward.MomentsCooperative<Float32,ByFour>", 1, 0, 8)]
    [DataRow("GroupNormForward.ApplyCooperative<Float32,ByFour>", 1, 1, 4)]
    [DataRow("GroupNormBackward.ReduceCooperative<Float32,ByFour>", 2, 0, 4)]
    [DataRow("GroupNormBackward.ApplyCooperative<Float32,ByFour>", 3, 1, 8)]
    [DataRow("ChannelSums.Parts<Float32,ByFour>", 1, 0, 0)]
    [DataRow("PixelMeanKernels.BackwardCooperative<Float32,ByFour>", 1, 1, 0)]
    [DataRow("LossKernels.SquaredErrorCooperative<ByFour>", 2, 1, 4)]
    [DataRow("AdamKernel.StepCooperative", 5, 4, 0)]
    public void ALoopMovesSixteenBytesAtATime(string kernel, int loads, int stores, int fused)
    {
        var text = PtxCompiler.Text(PtxCompiler.Find(kernel));
        var loop = PtxLoops.Hottest(text, "ld.global.v4.f32");
        Assert.AreEqual(loads, PtxLoops.Count(loop, "ld.global.v4.f32"), $"loads of 16 bytes in {loop}");
        Assert.AreEqual(stores, PtxLoops.Count(loop, "st.global.v4.f32"), $"stores of 16 bytes in {loop}");
        Assert.AreEqual(0, PtxLoops.Count(loop, "ld.global.f32"), $"loads of one float in {loop}");
        Assert.AreEqual(0, PtxLoops.Count(loop, "st.global.f32"), $"stores of one float in {loop}");
        Assert.IsGreaterThanOrEqualTo(fused, PtxLoops.Count(loop, "fma.rn.f32"), $"fused multiply-adds in {loop}");
    }

    [TestMethod]
    [DataRow("GroupNormForward.ApplyCooperative<BFloat16,ByFour>", 1, 1)]
    [DataRow("GroupNormBackward.ApplyCooperative<BFloat16,ByFour>", 3, 1)]
    public void NarrowElementsMoveFourAtATime(string kernel, int loads, int stores)
    {
        var text = PtxCompiler.Text(PtxCompiler.Find(kernel));
        var loop = PtxLoops.Hottest(text, "ld.global.v2.b32");
        Assert.AreEqual(loads, PtxLoops.Count(loop, "ld.global.v2.b32"), $"loads of 8 bytes in {loop}");
        Assert.AreEqual(stores, PtxLoops.Count(loop, "st.global.v2.b32"), $"stores of 8 bytes in {loop}");
    }
}
