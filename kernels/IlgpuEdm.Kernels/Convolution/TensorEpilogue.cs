using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>How a warp's sums go to memory: two neighbouring channels of a pixel at a time, with what takes part beside the sum.</summary>
internal static class TensorEpilogue
{
    /// <summary>Stores a piece of 32 pixels and 32 channels.</summary>
    /// <param name="sums">This thread's part.</param>
    /// <param name="y">The output.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part.</param>
    /// <param name="pixel">This thread's first pixel.</param>
    /// <param name="column">Its first channel.</param>
    /// <typeparam name="TStorage">How the output lies in memory.</typeparam>
    public static void Store<TStorage>(WarpSums sums, ConvolutionOutput y, ConvolutionShape s, Epilogue e, int pixel, int column)
        where TStorage : struct, IStorage
    {
        Row<TStorage>(y, s, e, pixel, column, sums.U0.X, sums.U0.Y, sums.U1.X, sums.U1.Y, sums.U2.X, sums.U2.Y, sums.U3.X, sums.U3.Y);
        Row<TStorage>(y, s, e, pixel + 8, column, sums.U0.Z, sums.U0.W, sums.U1.Z, sums.U1.W, sums.U2.Z, sums.U2.W, sums.U3.Z, sums.U3.W);
        Row<TStorage>(y, s, e, pixel + 16, column, sums.L0.X, sums.L0.Y, sums.L1.X, sums.L1.Y, sums.L2.X, sums.L2.Y, sums.L3.X, sums.L3.Y);
        Row<TStorage>(y, s, e, pixel + 24, column, sums.L0.Z, sums.L0.W, sums.L1.Z, sums.L1.W, sums.L2.Z, sums.L2.W, sums.L3.Z, sums.L3.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TStorage>(
        ConvolutionOutput y, ConvolutionShape s, Epilogue e, int pixel, int column, float a0, float a1, float b0, float b1, float c0,
        float c1, float d0, float d1)
        where TStorage : struct, IStorage
    {
        if (pixel >= s.Batch * s.Height * s.Width)
        {
            return;
        }

        var shift = pixel / (s.Height * s.Width) * s.Out;
        Pair<TStorage>(y, s, e, pixel, shift, column, a0, a1);
        Pair<TStorage>(y, s, e, pixel, shift, column + 8, b0, b1);
        Pair<TStorage>(y, s, e, pixel, shift, column + 16, c0, c1);
        Pair<TStorage>(y, s, e, pixel, shift, column + 24, d0, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TStorage>(
        ConvolutionOutput y, ConvolutionShape s, Epilogue e, int pixel, int shift, int column, float first, float second)
        where TStorage : struct, IStorage
    {
        if (column >= s.Out)
        {
            return;
        }

        var at = pixel * s.Out + column;
        if (e.UseBias != 0)
        {
            first += e.Bias[column];
            second += e.Bias[column + 1];
        }

        if (e.UseShift != 0)
        {
            first += e.Shift[shift + column];
            second += e.Shift[shift + column + 1];
        }

        if (e.UseResidual != 0)
        {
            var residual = TStorage.Load2(e.Residual, at);
            first += residual.X;
            second += residual.Y;
        }

        var inFirst = column < y.FirstChannels;
        var mode = inFirst ? y.FirstMode : y.SecondMode;
        if (mode == ConvolutionOutput.Skip)
        {
            return;
        }

        var to = inFirst ? y.First : y.Second;
        at = inFirst ? pixel * y.FirstChannels + column : pixel * (s.Out - y.FirstChannels) + column - y.FirstChannels;
        var before = default(Float2);
        if (mode == ConvolutionOutput.Add)
        {
            before = TStorage.Load2(to, at);
        }

        TStorage.Store2(to, at, new Float2(Gpu.Fma(e.Scale, first, before.X), Gpu.Fma(e.Scale, second, before.Y)));
    }
}
