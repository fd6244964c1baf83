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
        from kernel in new[]
        {
            Row<Forward64>("AttentionForward", "Float32"), Row<Forward128>("AttentionForward", "Float32"),
            Row<Forward256>("AttentionForward", "Float32"), Row<Forward256>("AttentionForward", "BFloat16"),
            Row<Queries64>("AttentionBackward", "Float32"), Row<Queries128>("AttentionBackward", "Float32"),
            Row<Queries256>("AttentionBackward", "Float32"), Row<KeysValues64>("AttentionBackward", "Float32"),
            Row<KeysValues64>("AttentionBackward", "BFloat16"), Row<KeysValues128>("AttentionBackward", "Float32"),
            Row<Keys256>("AttentionBackward", "Float32"), Row<Values256>("AttentionBackward", "Float32"),
        }
        select new object[] { kernel.Name, kernel.Columns, kernel.Channels };

    [TestMethod]
    [DynamicData(nameof(Vector))]
    public void HotLoopsLoadFourFloatsAtOnceForMultiplyAdds(string name, int columnBlocks, int channelBlocks)
    {
        var text = PtxCompiler.Text(PtxCompiler.Find(name));
        var products = (Fma: 64 * Steps * columnBlocks, Loads: 4 * Steps * (1 + columnBlocks));
        var sums = (Fma: 16 * Steps * channelBlocks, Loads: Steps * (1 + channelBlocks));
        var hot = PtxLoops.Innermost(text).Where(loop => PtxLoops.Count(loop, "fma.rn.f32") >= 16 * Steps).ToArray();
        var found = hot.Select(loop => (Fma: PtxLoops.Count(loop, "fma.rn.f32"), Loads: PtxLoops.Count(loop, "ld.shared.v4.f32")));
        CollectionAssert.AreEquivalent(
            new[] { products, sums }, found.Distinct().ToArray(), "multiply-adds and loads of both products");
        foreach (var loop in hot)
        {
            Assert.DoesNotContain("ld.shared.f32", loop, "single floats from shared memory");
            Assert.DoesNotContain("ld.global.f32", loop, "single floats from global memory");
            Assert.DoesNotContain("ld.global.u16", loop, "single elements of 16 bits");
            Assert.DoesNotContain("ld.global.b16", loop, "single elements of 16 bits");
        }
    }

    private static (string Name, int Columns, int Channels) Row<TTile>(string kernel, string storage)
        where TTile : struct, IAttentionTile =>
        ($"{kernel}.Cooperative<{storage},{typeof(TTile).Name}>", TTile.ColumnBlocks, TTile.ChannelBlocks);
}
