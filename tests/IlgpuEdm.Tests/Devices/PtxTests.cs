using System.Text.RegularExpressions;

namespace IlgpuEdm.Tests.Devices;

/// <summary>Every kernel compiles to PTX, and what it becomes is what GPUs run fast.</summary>
[TestClass]
public sealed partial class PtxTests
{
    private const int MostSharedBytes = 48 * 1024;

    public static IEnumerable<object[]> Names => PtxCompiler.Kernels.Select(k => new object[] { PtxCompiler.Name(k) });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AKernelCompiles(string name)
    {
        var kernel = PtxCompiler.Find(name);
        var text = PtxCompiler.Text(kernel);
        StringAssert.Contains(text, ".visible .entry", "entry point");
        StringAssert.Contains(text, ".target sm_80", "target");
        Assert.DoesNotContain("bra.uni", text, "branches marked uniform, across which ptxas does not optimise");
        Assert.IsFalse(GenericAccess().IsMatch(text), "loads and stores that do not name their address space");
        Assert.IsFalse(DoublePrecision().IsMatch(text), "float64, which many OpenCL devices lack");
        if (PtxCompiler.IsCooperative(kernel))
        {
            Assert.IsLessThanOrEqualTo(MostSharedBytes, PtxLoops.SharedBytes(text), "bytes of shared memory");
            Assert.DoesNotContain(".local", text, "arrays that are not in registers");
            StringAssert.Contains(text, ".maxntid 256, 1, 1", "threads of a group");
        }
    }

    [TestMethod]
    public void AllKernelsAreFound() =>
        Assert.IsGreaterThanOrEqualTo(31, PtxCompiler.Kernels.Count, string.Join(", ", PtxCompiler.Kernels.Select(PtxCompiler.Name)));

    [TestMethod]
    public void TheTextDoesNotDependOnTheOrderOfCompilation()
    {
        var kernels = PtxCompiler.Kernels.Take(3).ToArray();
        var forward = PtxCompiler.Compile(8, 0, kernels);
        Array.Reverse(kernels);
        var backward = PtxCompiler.Compile(8, 0, kernels);
        backward.Reverse();
        CollectionAssert.AreEqual(forward, backward, "what a driver's cache is asked for");
    }

    [GeneratedRegex(@"\b(ld|st)(\.v[24])?\.[fbus](8|16|32|64)\b")]
    private static partial Regex GenericAccess();

    [GeneratedRegex(@"\.f64\b")]
    private static partial Regex DoublePrecision();
}
