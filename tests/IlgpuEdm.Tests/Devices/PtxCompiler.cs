using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Devices;

/// <summary>Every kernel, in every variant, and the PTX that CUDA devices get: made without a GPU or its driver.</summary>
internal static class PtxCompiler
{
    /// <summary>
    /// The kernels: public static methods without a result, outside the primitives, that are marked or whose first parameter is a view;
    /// generic ones with every combination of types that serve.
    /// </summary>
    public static IReadOnlyList<MethodInfo> Kernels { get; } =
    [
        .. from type in typeof(WorkShare).Assembly.GetTypes()
           where type.IsPublic && type.IsClass && !Primitive.Types.Contains(type) && !Primitive.InstructionTypes.Contains(type)
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
           where method.ReturnType == typeof(void) && (IsMarked(method) || TakesViews(method))
           from variant in Variants(method)
           select variant,
    ];

    /// <summary>The kernel's name in profiles.</summary>
    public static string Name(MethodInfo kernel) => KernelLoader.Name(kernel);

    /// <summary>The kernel of a name.</summary>
    public static MethodInfo Find(string name) => Kernels.Single(kernel => Name(kernel) == name);

    /// <summary>Whether a kernel is for groups of threads.</summary>
    public static bool IsCooperative(MethodInfo kernel) => kernel.IsDefined(typeof(CooperativeAttribute));

    /// <summary>
    /// The text of a kernel for compute capability 8.0, made once for all tests by one compiler: what it has seen before may change the order
    /// in which registers are named, and nothing else.
    /// </summary>
    public static string Text(MethodInfo kernel)
    {
        if (!Texts.TryGetValue(kernel, out var text))
        {
            Texts[kernel] = text = Compile(Shared.Value, kernel);
        }

        return text;
    }

    /// <summary>The text of kernels, each with the repairs that the loader makes, by a compiler that has seen no others.</summary>
    /// <param name="major">Of the architecture, such as 8 in sm_80.</param>
    /// <param name="minor">Of the architecture.</param>
    /// <param name="kernels">The kernels, in the order in which they are compiled.</param>
    public static List<string> Compile(int major, int minor, params MethodInfo[] kernels)
    {
        using var context = NewContext();
        using var backend = Backend(context, major, minor);
        return [.. kernels.Select(kernel => Compile(backend, kernel))];
    }

    private static readonly Dictionary<MethodInfo, string> Texts = [];

    private static readonly Lazy<PTXBackend> Shared = new(() => Backend(NewContext(), 8, 0));

    private static Context NewContext() =>
        Context.Create(b => b.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnablePrimitives());

    private static PTXBackend Backend(Context context, int major, int minor)
    {
        var architecture = new CudaArchitecture(major, minor);
        return new PTXBackend(context, new CudaCapabilityContext(architecture), architecture, new CudaInstructionSet(7, 8), null);
    }

    private static string Compile(PTXBackend backend, MethodInfo kernel) => KernelLoader.Repair(
        backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), KernelLoader.Specialization(kernel)))!;

    private static bool IsMarked(MethodInfo method) =>
        method.IsDefined(typeof(CooperativeAttribute)) || method.IsDefined(typeof(EitherScheduleAttribute));

    private static bool TakesViews(MethodInfo method) =>
        method.GetParameters().FirstOrDefault()?.ParameterType is { } first
        && (first == typeof(ArrayView<float>) || first == typeof(ConvolutionInput));

    private static IEnumerable<MethodInfo> Variants(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return [method];
        }

        IEnumerable<Type[]> combinations = [[]];
        foreach (var parameter in method.GetGenericArguments())
        {
            var wanted = parameter.GetGenericParameterConstraints()
                .Where(c => c is { IsInterface: true, ContainsGenericParameters: false }).ToArray();
            Type[] serving =
            [
                .. typeof(WorkShare).Assembly.GetTypes().Where(
                    t => t is { IsValueType: true, IsGenericType: false } && wanted.All(w => w.IsAssignableFrom(t))),
            ];
            combinations = [.. combinations.SelectMany(_ => serving, (head, type) => (Type[])[.. head, type])];
        }

        return combinations.Where(types => Fits(method, types)).Select(types => method.MakeGenericMethod(types));
    }

    // A combination that a kernel excludes by a constraint of one parameter on another does not compile in C# either.
    private static bool Fits(MethodInfo method, Type[] types)
    {
        try
        {
            _ = method.MakeGenericMethod(types);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
