namespace IlgpuEdm.Tests.Devices;

/// <summary>What the inner loops of the ideal denoiser become on NVIDIA's GPUs.</summary>
[TestClass]
public sealed class IdealDenoiserPtxTests
{
    // Four by four of a thread: a multiply-add a difference and step of 16 numbers; a multiply-add a number and image.
    [TestMethod]
    [DataRow("IdealSlices.Distances", 256, 32, 5)]
    [DataRow("IdealSlices.Sums", 64, 4, 4)]
    public void EachLoadServesManyMultiplyAdds(string name, int multiplyAdds, int shared, int global)
    {
        var loop = PtxLoops.Hottest(PtxCompiler.Text(PtxCompiler.Find(name)), "fma.rn.f32");
        Assert.AreEqual(multiplyAdds, PtxLoops.Count(loop, "fma.rn.f32"), "multiply-adds");
        Assert.AreEqual(shared, PtxLoops.Count(loop, "ld.shared.v4.f32"), "loads of 16 bytes from shared memory");
        Assert.AreEqual(global, PtxLoops.Count(loop, "ld.global.v4.f32"), "loads of 16 bytes from global memory");
        Assert.AreEqual(0, PtxLoops.Count(loop, "ld.shared.f32") + PtxLoops.Count(loop, "ld.global.f32"), "smaller loads");
    }
}
