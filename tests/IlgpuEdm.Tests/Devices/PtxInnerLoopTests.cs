namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// What the innermost loops of the heavy kernels are made of: as many products as stated, and 16 bytes a load from global memory, so that
/// nobody changes a kernel into one that runs in slow motion without noticing.
/// </summary>
[TestClass]
public sealed class PtxInnerLoopTests
{
    /// <summary>Kernels of tensor cores, and the instructions of a chunk: 2 steps of 8 words, 8 products a piece of 32 rows.</summary>
    public static IEnumerable<object[]> OnTensorCores =>
        from kernel in new[] { "TensorForward", "TensorWeightGradient" }
        from tile in new[] { (Name: "TensorTile64", Products: 16), (Name: "TensorTile128", Products: 32) }
        from format in new[]
        {
            ("Tf32Format,Float32", "m16n8k8.row.col.f32.tf32.tf32"), ("BFloat16Format,BFloat16", "m16n8k16.row.col.f32.bf16.bf16"),
        }
        select new object[] { $"{kernel}.Cooperative<{tile.Name},{format.Item1}>", tile.Products, $"mma.sync.aligned.{format.Item2}.f32" };

    /// <summary>
    /// Attention on tensor cores, whose two loops, of products of rows and of weighted lines, both have 2 times 8 products a chunk.
    /// </summary>
    public static IEnumerable<object[]> Attention =>
        from kernel in new[]
        {
            "Forward.Cooperative<TensorAttention64", "Forward.Cooperative<TensorAttention128", "Forward.Cooperative<TensorAttention256",
            "Backward.Cooperative<TensorQueries64", "Backward.Cooperative<TensorQueries128", "Backward.Cooperative<TensorQueries256",
            "Backward.Cooperative<TensorKeysValues64", "Backward.Cooperative<TensorKeys128", "Backward.Cooperative<TensorValues128",
            "Backward.Cooperative<TensorKeys256", "Backward.Cooperative<TensorValues256",
        }
        from format in new[]
        {
            ("Tf32Format,Float32", "m16n8k8.row.col.f32.tf32.tf32"), ("BFloat16Format,BFloat16", "m16n8k16.row.col.f32.bf16.bf16"),
        }
        select new object[] { $"TensorAttention{kernel},{format.Item1}>", 16, $"mma.sync.aligned.{format.Item2}.f32" };

    [TestMethod]
    [DynamicData(nameof(OnTensorCores))]
    [DynamicData(nameof(Attention))]
    public void TensorCoresMultiplyWhatAsynchronousCopiesBring(string name, int products, string instruction)
    {
        var text = PtxCompiler.Text(PtxCompiler.Find(name));
        var loops = PtxLoops.Innermost(text).Where(loop => PtxLoops.Count(loop, instruction) > 0).ToArray();
        Assert.IsNotEmpty(loops, "loops with products");
        foreach (var loop in loops)
        {
            Assert.AreEqual(products, PtxLoops.Count(loop, instruction), "products of a chunk");
            Assert.DoesNotContain("ld.global", loop, "loads that go through registers");
            Assert.DoesNotContain("st.global", loop, "stores");
            Assert.DoesNotContain("ld.local", loop, "registers in memory");
        }

        Assert.IsGreaterThan(0, PtxLoops.Count(text, "cp.async.cg.shared.global"), "asynchronous copies of 16 bytes");
        Assert.AreEqual(0, PtxLoops.Count(text, "cp.async.ca.shared.global"), "smaller copies");
    }
}
