using IlgpuEdm.Kernels.Attention;

namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// The two loops of attention's kernels: products of rows, four channels a load, and sums of rows with a weight each. Nothing but 16-byte
/// loads from shared memory and fused multiply-adds may be hot in them.
/// </summary>
[TestClass]
public sealed class PtxAttentionTests
{
    private const int Steps = 4;

    public static IEnumerable<object[]> Vector =>
        from storage in new[] { "Float32", "BFloat16" }
        from kernel in new[]
        {
            Row<Forward64>("AttentionForward"), Row<Forward128>("AttentionForward"), Row<Forward256>("AttentionForward"),
            Row<Queries64>("AttentionBackward"), Row<Queries128>("AttentionBackward"), Row<Queries256>("AttentionBackward"),
            Row<KeysValues64>("AttentionBackward"), Row<KeysValues128>("AttentionBackward"), Row<Keys256>("AttentionBackward"),
            Row<Values256>("AttentionBackward"),
        }
        select new object[] { $"{kernel.Class}.Cooperative<{storage},{kernel.Tile}>", kernel.Columns, kernel.Channels };

    [TestMethod]
    [DynamicData(nameof(Vector))]
    public void HotLoopsLoadFourFloatsAtOnceForMultiplyAdds(string name, int columnBlocks, int channelBlocks)
    {
        var text = PtxCompiler.Compile(8, 0, PtxCompiler.Find(name))[0];
        var products = (Fma: 64 * Steps * columnBlocks, Loads: 4 * Steps * (1 + columnBlocks));
        var sums = (Fma: 16 * Steps * channelBlocks, Loads: Steps * (1 + channelBlocks));
        var hot = PtxLoops.Innermost(text).Where(loop => PtxLoops.Count(loop, "fma.rn.f32") >= 16 * Steps).ToArray();
        var found = hot.Select(loop => (Fma: PtxLoops.Count(loop, "fma.rn.f32"), Loads: PtxLoops.Count(loop, "ld.shared.v4.f32"))).ToArray();
        CollectionAssert.IsSubsetOf(found, new[] { products, sums }, "multiply-adds and loads of the hot loops");
        CollectionAssert.Contains(found, products, "products of rows");
        CollectionAssert.Contains(found, sums, "sums of rows");
        foreach (var loop in hot)
        {
            Assert.DoesNotContain("ld.shared.f32", loop, "single floats from shared memory");
            Assert.DoesNotContain("ld.global.f32", loop, "single floats from global memory");
            Assert.DoesNotContain("ld.global.u16", loop, "single elements of 16 bits");
            Assert.DoesNotContain("ld.global.b16", loop, "single elements of 16 bits");
        }
    }

    private static (string Class, string Tile, int Columns, int Channels) Row<TTile>(string kernel)
        where TTile : struct, IAttentionTile => (kernel, typeof(TTile).Name, TTile.ColumnBlocks, TTile.ChannelBlocks);
}
