using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The primitives are the only place with code for one kind of device: an intrinsic whose default body is SIMD code, which ILGPU's
/// CPU accelerator runs as ordinary .NET code, and beside it a portable body that OpenCL and CUDA compile instead.
/// </summary>
public static class Primitive
{
    private const string PortableSuffix = "Portable";

    /// <summary>The types that hold primitives: each intrinsic <c>X</c> has its portable body <c>XPortable</c> beside it.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(Tile), typeof(OuterTile), typeof(MatrixTile), typeof(Rows), typeof(Lines), typeof(Taps), typeof(Pointwise), typeof(Channels),
        typeof(NormGradient), typeof(Softmax), typeof(Adam), typeof(WorkItem), typeof(Peak),
        typeof(WinogradInput), typeof(WinogradOutput), typeof(WinogradKernel), typeof(WinogradProduct), typeof(WinogradGradient),
        typeof(WinogradOuter),
    ];

    /// <summary>Every primitive with its portable body.</summary>
    public static IEnumerable<(MethodInfo Simd, MethodInfo Portable)> All =>
        from type in Types
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
        where method.GetCustomAttribute<IntrinsicImplementationAttribute>() != null
        select (method, type.GetMethod(method.Name + PortableSuffix)
            ?? throw new MissingMethodException(type.Name, method.Name + PortableSuffix));

    /// <summary>Makes OpenCL and CUDA compile the portable bodies.</summary>
    /// <param name="builder">The builder of the ILGPU context.</param>
    /// <returns>The same builder.</returns>
    public static Context.Builder EnablePrimitives(this Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        foreach (var (simd, portable) in All)
        {
            manager.RegisterMethod(simd, new CLIntrinsic(portable, IntrinsicImplementationMode.Redirect));
            manager.RegisterMethod(simd, new PTXIntrinsic(portable, IntrinsicImplementationMode.Redirect));
        }

        return builder;
    }
}
