using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// The instructions of tensor cores of compute capability 8.0 and later, of 16 rows and 8 columns (PTX ISA, warp-level matrix
/// instructions); see <see cref="TensorCore"/> for who holds what. Only PTX has them.
/// </summary>
public static class MatrixInstruction
{
    private const string OnlyPtx = "a matrix instruction outside of PTX";

    /// <summary>Adds a product of 8 TF32 numbers a sum.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="left">Words of the left side.</param>
    /// <param name="right">Words of the right side.</param>
    /// <returns>The sums.</returns>
    [IntrinsicImplementation]
    public static Float4 MultiplyTf32(Float4 sums, UInt4 left, UInt2 right) => throw new NotSupportedException(OnlyPtx);

    /// <summary>Writes PTX for <see cref="MultiplyTf32"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the instruction.</param>
    /// <param name="value">The call.</param>
    public static void MultiplyTf32Ptx(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        Write(generator, value, "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32");

    /// <summary>Adds a product of 16 bfloat16 numbers a sum.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="left">Words of the left side.</param>
    /// <param name="right">Words of the right side.</param>
    /// <returns>The sums.</returns>
    [IntrinsicImplementation]
    public static Float4 MultiplyBFloat16(Float4 sums, UInt4 left, UInt2 right) => throw new NotSupportedException(OnlyPtx);

    /// <summary>Writes PTX for <see cref="MultiplyBFloat16"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the instruction.</param>
    /// <param name="value">The call.</param>
    public static void MultiplyBFloat16Ptx(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        Write(generator, value, "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32");

    private static void Write(PTXCodeGenerator generator, Value value, string instruction)
    {
        var sums = Registers(generator, value[0]);
        var left = Registers(generator, value[1]);
        var right = Registers(generator, value[2]);
        var result = (PTXRegisterAllocator.CompoundRegister)generator.Allocate(value);
        using var command = generator.BeginCommand(instruction);
        command.AppendVectorArgument(result.SliceAs<PTXRegisterAllocator.PrimitiveRegister>(0, result.NumChildren));
        command.AppendVectorArgument(left);
        command.AppendVectorArgument(right);
        command.AppendVectorArgument(sums);
    }

    // Constants are no operands of the instruction.
    private static PTXRegisterAllocator.PrimitiveRegister[] Registers(PTXCodeGenerator generator, Value value)
    {
        var whole = (PTXRegisterAllocator.CompoundRegister)generator.Load(value);
        return
        [
            .. Enumerable.Range(0, whole.NumChildren).Select(
                i => generator.EnsureHardwareRegister((PTXRegisterAllocator.PrimitiveRegister)whole.Children[i])),
        ];
    }
}
