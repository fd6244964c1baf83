namespace IlgpuEdm.Tests.Devices;

/// <summary>What the light kernels become on NVIDIA's GPUs: sixteen bytes an access, or eight of 16-bit elements.</summary>
[TestClass]
public sealed class LightKernelsPtxTests
{
    // A kernel has a loop of four elements at once and, where counts do not divide by 4, another of one.
    [TestMethod]
    [DataRow("ElementwisePass.Map<WeightedSum,{0}>", 3, 1)]
    [DataRow("ElementwisePass.Map<PartOfTheWay,{0}>", 3, 1)]
    [DataRow("ElementwisePass.Map<Silu,{0}>", 2, 1)]
    [DataRow("ElementwisePass.Map<SiluGradient,{0}>", 3, 1)]
    [DataRow("ElementwisePass.CombineImages<{0}>", 3, 1)]
    [DataRow("ChannelCopy.Copy<{0}>", 2, 1)]
    [DataRow("ResamplePass.Spread<{0}>", 5, 4)]
    [DataRow("ResamplePass.Gather<{0}>", 5, 1)]
    [DataRow("FilterPass.Spread<{0}>", 2, 1)]
    [DataRow("FilterPass.Gather<{0}>", 2, 1)]
    [DataRow("BorderPass.PutOn<{0}>", 2, 1)]
    [DataRow("BorderPass.TakeOff<{0}>", 2, 1)]
    [DataRow("RandomPass.Dropout<{0}>", 2, 1)]
    public void FourElementsAreAnAccess(string name, int loads, int stores)
    {
        foreach (var (storage, width) in new[] { ("Float32", "v4.f32"), ("BFloat16", "v2.b32") })
        {
            var text = Text(name.Replace("{0}", storage, StringComparison.Ordinal));
            Assert.AreEqual(loads, PtxLoops.Count(text, $"ld.global.{width}"), $"{storage}: loads, one of what is added to");
            Assert.AreEqual(stores, PtxLoops.Count(text, $"st.global.{width}"), $"{storage}: stores");
        }
    }

    [TestMethod]
    [DataRow("LimitPass.Copy", 4, 4)]
    [DataRow("LimitPass.Read", 4, 0)]
    public void TheLimitsOfMemoryAreMeasuredWithSixteenBytesAnAccess(string name, int loads, int stores)
    {
        var loop = PtxLoops.Hottest(Text(name), "ld.global.v4.f32");
        Assert.AreEqual(loads, PtxLoops.Count(loop, "ld.global.v4.f32"), "loads of a round");
        Assert.AreEqual(stores, PtxLoops.Count(loop, "st.global.v4.f32"), "stores of a round");
        Assert.AreEqual(0, PtxLoops.Count(loop, "ld.global.f32") + PtxLoops.Count(loop, "st.global.f32"), "smaller accesses");
    }

    [TestMethod]
    public void TheLimitOfArithmeticIsMeasuredWithNothingElse()
    {
        var loop = PtxLoops.Hottest(Text("LimitPass.MultiplyAdd"), "fma.rn.f32");
        Assert.AreEqual(32, PtxLoops.Count(loop, "fma.rn.f32"), "multiply-adds of four rounds of eight chains");
        Assert.AreEqual(0, PtxLoops.Count(loop, "ld.global.v4.f32") + PtxLoops.Count(loop, "st.global.v4.f32"), "accesses");
        Assert.AreEqual(1, PtxLoops.Count(loop, "setp.ge.s32"), "comparisons");
    }

    private static string Text(string name) => PtxCompiler.Text(PtxCompiler.Find(name));
}
