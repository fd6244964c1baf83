using IlgpuEdm.Kernels;

namespace IlgpuEdm.Tests.Devices;

/// <summary>Every kernel compiles for each generation of GPUs that it is for; later ones get the text of compute capability 8.0.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class PtxArchitectureTests
{
    public static IEnumerable<object[]> Names => PtxCompiler.Kernels.Select(k => new object[] { PtxCompiler.Name(k) });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AKernelCompilesForEachGeneration(string name)
    {
        var kernel = PtxCompiler.Find(name);
        Assert.AreEqual(
            PtxCompiler.Compile(8, 0, kernel)[0], PtxCompiler.Compile(9, 0, kernel)[0], "text for 9.0, and for 8.0");
        if (kernel.GetCustomAttributes(typeof(CooperativeAttribute), false) is [CooperativeAttribute { TensorCores: true }])
        {
            return;
        }

        var text = PtxCompiler.Compile(7, 5, kernel)[0];
        StringAssert.Contains(text, ".target sm_75", "target");
        Assert.DoesNotContain("cp.async", text, "copies that 7.5 has not");
        Assert.DoesNotContain("mma.sync", text, "products that 7.5 has not");
    }
}
