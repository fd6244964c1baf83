namespace IlgpuEdm.Tests.Devices;

/// <summary>What the inner loops of the cooperative convolutions become on CUDA.</summary>
[TestClass]
public sealed class ConvolutionPtxTests
{
    // Tile, fused multiply-adds of a thread a chunk of 16 terms, loads from shared memory.
    public static IEnumerable<object[]> Loops =>
        from kernel in new[] { "ConvolutionForward", "ConvolutionWeightGradient" }
        from storage in new[] { "Float32", "BFloat16" }
        from tile in new[] { ("Tile128x128", 1024, 64), ("Tile128x64", 512, 48), ("Tile64x64", 256, 32), ("Tile64x32", 128, 16) }
        select new object[] { kernel, storage, tile.Item1, tile.Item2, tile.Item3 };

    [TestMethod]
    [DynamicData(nameof(Loops))]
    public void TheInnerLoopReadsVectorsOnly(string kernel, string storage, string tile, int products, int loads)
    {
        var text = PtxCompiler.Text(PtxCompiler.Find($"{kernel}.Cooperative<{tile},{storage}>"));
        var loop = PtxLoops.Hottest(text, "fma.rn.f32");
        Assert.AreEqual(products, PtxLoops.Count(loop, "fma.rn.f32"), "fused multiply-adds");
        Assert.AreEqual(loads, PtxLoops.Count(loop, "ld.shared.v4.f32"), "vectors from shared memory");
        Assert.AreEqual(1, PtxLoops.Count(loop, "bar.sync"), "barriers");
        string[] slow = ["ld.shared.f32", "ld.global.f32", "ld.global.u16", "ld.global.b16", "ld.local.f32", "div.u32", "div.s32"];
        foreach (var scalar in slow)
        {
            Assert.AreEqual(0, PtxLoops.Count(loop, scalar), scalar);
        }

        var vectors = new[] { "ld.global.v4.f32", "ld.global.v2.b32", "ld.global.v2.u32" }.Sum(vector => PtxLoops.Count(loop, vector));
        Assert.AreEqual(tile == "Tile128x128" ? 4 : tile == "Tile128x64" ? 3 : 2, vectors, "vectors from memory");
    }
}
