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
        typeof(WinogradOuter), typeof(Narrow16), typeof(PoolWindow), typeof(SquaredDistances),
    ];

    /// <summary>Every primitive with its portable body.</summary>
    public static IEnumerable<(MethodInfo Simd, MethodInfo Portable)> All =>
        from type in Types
        from method in Intrinsics(type)
        select (method, Body(method, PortableSuffix) ?? throw new MissingMethodException(type.Name, method.Name + PortableSuffix));

    /// <summary>
    /// The types whose intrinsics become instructions: each <c>X</c> has beside it, as far as a device has it, <c>XPtx</c> and
    /// <c>XOpenCl</c>, which write it or are compiled instead; elsewhere its portable body serves, if there is one.
    /// </summary>
    public static IReadOnlyList<Type> InstructionTypes { get; } =
        [typeof(Gpu), typeof(TensorCore), typeof(MatrixInstruction), typeof(AsyncCopy), typeof(Address)];

    /// <summary>Makes OpenCL and CUDA compile the portable bodies, and lets the instructions be written.</summary>
    /// <param name="builder">The builder of the ILGPU context.</param>
    /// <returns>The same builder.</returns>
    public static Context.Builder EnablePrimitives(this Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        foreach (var method in Types.Concat(InstructionTypes).SelectMany(Intrinsics))
        {
            if ((Body(method, "OpenCl") ?? Body(method, PortableSuffix)) is { } openCl)
            {
                manager.RegisterMethod(method, new CLIntrinsic(openCl, Mode(openCl, typeof(CLBackend))));
            }

            if ((Body(method, "Ptx") ?? Body(method, PortableSuffix)) is { } ptx)
            {
                manager.RegisterMethod(method, new PTXIntrinsic(ptx, Mode(ptx, typeof(PTXBackend))));
            }
        }

        return builder;
    }

    private static IEnumerable<MethodInfo> Intrinsics(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.GetCustomAttribute<IntrinsicImplementationAttribute>() != null);

    private static MethodInfo? Body(MethodInfo method, string suffix) => method.DeclaringType!.GetMethod(method.Name + suffix);

    private static IntrinsicImplementationMode Mode(MethodInfo body, Type backend) =>
        body.GetParameters().FirstOrDefault()?.ParameterType == backend
            ? IntrinsicImplementationMode.GenerateCode : IntrinsicImplementationMode.Redirect;
}
