using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Products of small matrices that a warp of 32 threads computes together, each thread holding a few words of every matrix, laid out as the
/// PTX instruction <c>mma.sync</c> wants them. With g = lane / 4 and t = lane % 4, a thread holds of a left side of 16 rows and 8 words the
/// words (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4), and of a right side of 8 words and 8 columns (t, g), (t + 4, g). A word is one
/// TF32 number, or two bfloat16 numbers that follow one another along the sum.
/// </summary>
/// <remarks>
/// Elsewhere than on CUDA the threads of the group exchange their words through shared memory: right, and slow. It proves the kernels on
/// devices without tensor cores.
/// </remarks>
public static class TensorCore
{
    private const int Warps = CooperativeAttribute.GroupSize / 32;
    private const int SideWords = 32 * 8;

    /// <summary>Rounds to TF32: 10 bits after the leading one, to nearest, ties away from zero.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The word.</returns>
    [IntrinsicImplementation]
    public static uint Round(float value) => RoundPortable(value);

    /// <summary>The portable body of <see cref="Round"/>.</summary>
    /// <inheritdoc cref="Round"/>
    public static uint RoundPortable(float value)
    {
        var bits = Interop.FloatAsInt(value);
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? bits | 0x400000u : (bits + 0x1000u) & 0xFFFFE000u;
    }

    /// <summary>Writes PTX for <see cref="Round"/>.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="generator">Receives the instruction.</param>
    /// <param name="value">The call.</param>
    public static void RoundPtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var from = generator.LoadPrimitive(value[0]);
        var result = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("cvt.rna.tf32.f32");
        command.AppendArgument(result);
        command.AppendArgument(from);
    }

    /// <summary>A warp's product of TF32 numbers; every thread of the group calls it.</summary>
    /// <param name="left">32 rows of 8 numbers.</param>
    /// <param name="right">8 numbers of 32 columns.</param>
    /// <param name="sums">What is added to.</param>
    /// <returns>The sums.</returns>
    [IntrinsicImplementation]
    public static WarpSums MultiplyTf32(WarpLeft left, WarpRight right, WarpSums sums) => MultiplyTf32Portable(left, right, sums);

    /// <summary>The body of <see cref="MultiplyTf32"/> for devices without tensor cores.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    public static WarpSums MultiplyTf32Portable(WarpLeft left, WarpRight right, WarpSums sums) => Multiply(left, right, sums, 0);

    /// <summary>The body of <see cref="MultiplyTf32"/> for CUDA: 8 instructions.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    public static WarpSums MultiplyTf32Ptx(WarpLeft left, WarpRight right, WarpSums sums) => new()
    {
        U0 = MatrixInstruction.MultiplyTf32(sums.U0, left.Upper, right.B0),
        U1 = MatrixInstruction.MultiplyTf32(sums.U1, left.Upper, right.B1),
        U2 = MatrixInstruction.MultiplyTf32(sums.U2, left.Upper, right.B2),
        U3 = MatrixInstruction.MultiplyTf32(sums.U3, left.Upper, right.B3),
        L0 = MatrixInstruction.MultiplyTf32(sums.L0, left.Lower, right.B0),
        L1 = MatrixInstruction.MultiplyTf32(sums.L1, left.Lower, right.B1),
        L2 = MatrixInstruction.MultiplyTf32(sums.L2, left.Lower, right.B2),
        L3 = MatrixInstruction.MultiplyTf32(sums.L3, left.Lower, right.B3),
    };

    /// <summary>A warp's product of bfloat16 numbers with sums of float32; every thread of the group calls it.</summary>
    /// <param name="left">32 rows of 16 numbers.</param>
    /// <param name="right">16 numbers of 32 columns.</param>
    /// <param name="sums">What is added to.</param>
    /// <returns>The sums.</returns>
    [IntrinsicImplementation]
    public static WarpSums MultiplyBFloat16(WarpLeft left, WarpRight right, WarpSums sums) => MultiplyBFloat16Portable(left, right, sums);

    /// <summary>The body of <see cref="MultiplyBFloat16"/> for devices without tensor cores.</summary>
    /// <inheritdoc cref="MultiplyBFloat16"/>
    public static WarpSums MultiplyBFloat16Portable(WarpLeft left, WarpRight right, WarpSums sums) => Multiply(left, right, sums, 1);

    /// <summary>The body of <see cref="MultiplyBFloat16"/> for CUDA: 8 instructions.</summary>
    /// <inheritdoc cref="MultiplyBFloat16"/>
    public static WarpSums MultiplyBFloat16Ptx(WarpLeft left, WarpRight right, WarpSums sums) => new()
    {
        U0 = MatrixInstruction.MultiplyBFloat16(sums.U0, left.Upper, right.B0),
        U1 = MatrixInstruction.MultiplyBFloat16(sums.U1, left.Upper, right.B1),
        U2 = MatrixInstruction.MultiplyBFloat16(sums.U2, left.Upper, right.B2),
        U3 = MatrixInstruction.MultiplyBFloat16(sums.U3, left.Upper, right.B3),
        L0 = MatrixInstruction.MultiplyBFloat16(sums.L0, left.Lower, right.B0),
        L1 = MatrixInstruction.MultiplyBFloat16(sums.L1, left.Lower, right.B1),
        L2 = MatrixInstruction.MultiplyBFloat16(sums.L2, left.Lower, right.B2),
        L3 = MatrixInstruction.MultiplyBFloat16(sums.L3, left.Lower, right.B3),
    };

    private static WarpSums Multiply(WarpLeft left, WarpRight right, WarpSums sums, int pairs)
    {
        var words = SharedMemory.Allocate<uint>(Warps * 2 * SideWords);
        var lane = Group.IdxX & 31;
        var g = lane >> 2;
        var t = lane & 3;
        var rows = (Group.IdxX >> 5) * 2 * SideWords;
        var columns = rows + SideWords;
        PutRows(words, rows + g * 8 + t, left.Upper);
        PutRows(words, rows + (16 + g) * 8 + t, left.Lower);
        PutColumn(words, columns + t * 32 + g, right.B0);
        PutColumn(words, columns + t * 32 + 8 + g, right.B1);
        PutColumn(words, columns + t * 32 + 16 + g, right.B2);
        PutColumn(words, columns + t * 32 + 24 + g, right.B3);
        Group.Barrier();
        rows += g * 8;
        columns += 2 * t;
        sums.U0 = Piece(words, rows, columns, sums.U0, pairs);
        sums.U1 = Piece(words, rows, columns + 8, sums.U1, pairs);
        sums.U2 = Piece(words, rows, columns + 16, sums.U2, pairs);
        sums.U3 = Piece(words, rows, columns + 24, sums.U3, pairs);
        sums.L0 = Piece(words, rows + 128, columns, sums.L0, pairs);
        sums.L1 = Piece(words, rows + 128, columns + 8, sums.L1, pairs);
        sums.L2 = Piece(words, rows + 128, columns + 16, sums.L2, pairs);
        sums.L3 = Piece(words, rows + 128, columns + 24, sums.L3, pairs);
        Group.Barrier();
        return sums;
    }

    private static void PutRows(ArrayView<uint> words, int place, UInt4 part)
    {
        words[place] = part.X;
        words[place + 64] = part.Y;
        words[place + 4] = part.Z;
        words[place + 68] = part.W;
    }

    private static void PutColumn(ArrayView<uint> words, int place, UInt2 part)
    {
        words[place] = part.X;
        words[place + 128] = part.Y;
    }

    private static Float4 Piece(ArrayView<uint> words, int row, int column, Float4 sums, int pairs)
    {
        for (var k = 0; k < 8; k++)
        {
            var a = words[row + k];
            var b = words[row + 64 + k];
            var c = words[column + k * 32];
            var d = words[column + k * 32 + 1];
            sums = pairs == 0
                ? new Float4(
                    Gpu.Fma(Number(a), Number(c), sums.X), Gpu.Fma(Number(a), Number(d), sums.Y),
                    Gpu.Fma(Number(b), Number(c), sums.Z), Gpu.Fma(Number(b), Number(d), sums.W))
                : new Float4(Pair(a, c, sums.X), Pair(a, d, sums.Y), Pair(b, c, sums.Z), Pair(b, d, sums.W));
        }

        return sums;
    }

    // The lower bits count for nothing on a tensor core.
    private static float Number(uint word) => Interop.IntAsFloat(word & 0xFFFFE000u);

    private static float Pair(uint a, uint b, float sum) =>
        Gpu.Fma(BFloat16.Upper(a), BFloat16.Upper(b), Gpu.Fma(BFloat16.Widen(a), BFloat16.Widen(b), sum));
}
