using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Devices;

/// <summary>Every kernel compiles to PTX, without a GPU or its driver.</summary>
[TestClass]
public sealed partial class PtxTests
{
    /// <summary>The kernels: public static methods without a result whose first parameter is a view, outside the primitives.</summary>
    private static readonly MethodInfo[] Kernels =
    [
        .. from type in typeof(WorkShare).Assembly.GetTypes()
           where type.IsPublic && type.IsClass && !Primitive.Types.Contains(type)
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
           let first = method.GetParameters().FirstOrDefault()?.ParameterType
           where method.ReturnType == typeof(void) && (first == typeof(ArrayView<float>) || first == typeof(ConvolutionInput))
           select method,
    ];

    public static IEnumerable<object[]> Names => Kernels.Select(k => new object[] { Name(k) });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AKernelCompiles(string name)
    {
        var text = Compile(Kernels.Single(k => Name(k) == name))[0];
        StringAssert.Contains(text, ".visible .entry", "entry point");
        StringAssert.Contains(text, ".target sm_80", "target");
        Assert.DoesNotContain("bra.uni", text, "branches marked uniform, across which ptxas does not optimise");
        Assert.IsFalse(GenericAccess().IsMatch(text), "loads and stores that do not name their address space");
        Assert.IsFalse(DoublePrecision().IsMatch(text), "float64, which many OpenCL devices lack");
    }

    [TestMethod]
    public void AllKernelsAreFound() => Assert.IsGreaterThanOrEqualTo(31, Kernels.Length, string.Join(", ", Kernels.Select(Name)));

    [TestMethod]
    public void TheTextDoesNotDependOnTheOrderOfCompilation()
    {
        MethodInfo[] kernels = [Kernels[0], Kernels[1], Kernels[2]];
        var forward = Compile(kernels);
        Array.Reverse(kernels);
        var backward = Compile(kernels);
        backward.Reverse();
        CollectionAssert.AreEqual(forward, backward, "what a driver's cache is asked for");
    }

    private static string Name(MethodInfo kernel) => $"{kernel.DeclaringType!.Name}.{kernel.Name}";

    private static List<string> Compile(params MethodInfo[] kernels)
    {
        using var context = Context.Create(b => b.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnablePrimitives());
        var architecture = new CudaArchitecture(8, 0);
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(architecture), architecture, new CudaInstructionSet(7, 8), null);
        return
        [
            .. kernels.Select(kernel =>
                KernelLoader.Repair(backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default))!),
        ];
    }

    [GeneratedRegex(@"\b(ld|st)(\.v[24])?\.[fbus](8|16|32|64)\b")]
    private static partial Regex GenericAccess();

    [GeneratedRegex(@"\.f64\b")]
    private static partial Regex DoublePrecision();
}
