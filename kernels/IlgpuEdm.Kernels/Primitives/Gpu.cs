using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>Instructions of GPUs that ILGPU does not make by itself: each has a body for every kind of device.</summary>
public static class Gpu
{
    /// <summary><c>a * b + c</c>, rounded once; ILGPU's statements are never contracted to it in OpenCL C.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">A term.</param>
    /// <returns>The sum.</returns>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>Writes PTX for <see cref="Fma"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the instruction.</param>
    /// <param name="value">The call.</param>
    public static void FmaPtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var a = generator.LoadPrimitive(value[0]);
        var b = generator.LoadPrimitive(value[1]);
        var c = generator.LoadPrimitive(value[2]);
        var result = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("fma.rn.f32");
        command.AppendArgument(result);
        command.AppendArgument(a);
        command.AppendArgument(b);
        command.AppendArgument(c);
    }

    /// <summary>Writes OpenCL C for <see cref="Fma"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the statement.</param>
    /// <param name="value">The call.</param>
    public static void FmaOpenCl(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var a = generator.Load(value[0]);
        var b = generator.Load(value[1]);
        var c = generator.Load(value[2]);
        var result = generator.Allocate(value);
        using var statement = generator.BeginStatement(result);
        statement.AppendCommand("fma");
        statement.BeginArguments();
        statement.AppendArgument(a);
        statement.AppendArgument(b);
        statement.AppendArgument(c);
        statement.EndArguments();
    }
}
