using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Convolution;

/// <summary>
/// What happens to a thread's sums: four neighbours at a time go to memory, and bias, shift, residual and scale are applied on their way.
/// The vectors of sums are taken in a loop, which keeps the code small, and each thread of a row writes beside the next.
/// </summary>
public static class TileOutput
{
    /// <summary>Stores the sums of a convolution.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <typeparam name="TStorage">How output and residual are stored.</typeparam>
    /// <param name="y">The output.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="e">What takes part beside the sums.</param>
    /// <param name="row">The pixel of the first sum.</param>
    /// <param name="column">Its channel.</param>
    /// <param name="sums">The sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TTile, TStorage>(ConvolutionOutput y, ConvolutionShape s, Epilogue e, int row, int column, TileSums sums)
        where TTile : struct, IProductTile
        where TStorage : struct, IStorage
    {
        var rows = s.Batch * s.Height * s.Width;
        var pixels = (uint)(s.Height * s.Width);
        for (var i = 0; i < 4 * TTile.RowBlocks * TTile.ColumnBlocks; i++)
        {
            var pixel = row + TileSums.RowOf<TTile>(i);
            var channel = column + TileSums.ColumnOf<TTile>(i);
            if (pixel < rows && channel < s.Out)
            {
                var shift = (int)((uint)pixel / pixels) * s.Out;
                var four = sums.Vector<TTile>(i);
                if (TTile.InFours)
                {
                    Four<TStorage>(y, s, e, pixel, channel, shift + channel, four);
                }
                else
                {
                    for (var c = 0; c < 4 && channel + c < s.Out; c++)
                    {
                        var sum = c == 0 ? four.X : c == 1 ? four.Y : c == 2 ? four.Z : four.W;
                        One<TStorage>(y, s, e, pixel, channel + c, shift + channel + c, sum);
                    }
                }
            }
        }
    }

    /// <summary>Stores sums as they are.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="matrix">Receives them.</param>
    /// <param name="first">The row of the matrix where the product starts.</param>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="row">The row of the first sum in the product.</param>
    /// <param name="column">Its column.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sums">The sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TTile>(ArrayView<float> matrix, int first, int rows, int row, int column, int columns, TileSums sums)
        where TTile : struct, IProductTile
    {
        for (var i = 0; i < 4 * TTile.RowBlocks * TTile.ColumnBlocks; i++)
        {
            var at = row + TileSums.RowOf<TTile>(i);
            if (at < rows)
            {
                Row<TTile>(matrix, first + at, column + TileSums.ColumnOf<TTile>(i), columns, sums.Vector<TTile>(i));
            }
        }
    }

    /// <summary>Stores four neighbours of a row of a matrix, as far as there are columns.</summary>
    /// <typeparam name="TTile">The tile.</typeparam>
    /// <param name="matrix">Receives them.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="values">The values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Row<TTile>(ArrayView<float> matrix, int row, int column, int columns, Float4 values)
        where TTile : struct, IProductTile
    {
        var index = row * columns + column;
        if (TTile.InFours)
        {
            if (column < columns)
            {
                Float32.Store4(matrix, index, values);
            }

            return;
        }

        for (var c = 0; c < 4 && column + c < columns; c++)
        {
            matrix[index + c] = c == 0 ? values.X : c == 1 ? values.Y : c == 2 ? values.Z : values.W;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TStorage>(
        ConvolutionOutput y, ConvolutionShape s, Epilogue e, int pixel, int channel, int shift, Float4 sums)
        where TStorage : struct, IStorage
    {
        if (e.UseBias != 0)
        {
            sums = Float4.MultiplyAdd(1f, Float32.Load4(e.Bias, channel), sums);
        }

        if (e.UseShift != 0)
        {
            sums = Float4.MultiplyAdd(1f, Float32.Load4(e.Shift, shift), sums);
        }

        if (e.UseResidual != 0)
        {
            sums = Float4.MultiplyAdd(1f, TStorage.Load4(e.Residual, pixel * s.Out + channel), sums);
        }

        var mode = channel < y.FirstChannels ? y.FirstMode : y.SecondMode;
        if (mode != ConvolutionOutput.Skip)
        {
            var to = Tensor(y, channel);
            var index = Index(y, s, pixel, channel);
            Float4 before = default;
            if (mode == ConvolutionOutput.Add)
            {
                before = TStorage.Load4(to, index);
            }

            TStorage.Store4(to, index, Float4.MultiplyAdd(e.Scale, sums, before));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<TStorage>(ConvolutionOutput y, ConvolutionShape s, Epilogue e, int pixel, int channel, int shift, float sum)
        where TStorage : struct, IStorage
    {
        if (e.UseBias != 0)
        {
            sum += e.Bias[channel];
        }

        if (e.UseShift != 0)
        {
            sum += e.Shift[shift];
        }

        if (e.UseResidual != 0)
        {
            sum += TStorage.Load(e.Residual, pixel * s.Out + channel);
        }

        var mode = channel < y.FirstChannels ? y.FirstMode : y.SecondMode;
        if (mode != ConvolutionOutput.Skip)
        {
            var to = Tensor(y, channel);
            var index = Index(y, s, pixel, channel);
            TStorage.Store(to, index, Gpu.Fma(e.Scale, sum, mode == ConvolutionOutput.Add ? TStorage.Load(to, index) : 0f));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ArrayView<float> Tensor(ConvolutionOutput y, int channel) =>
        (channel < y.FirstChannels ? y.First : y.Second).AsAligned(16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(ConvolutionOutput y, ConvolutionShape s, int pixel, int channel) =>
        channel < y.FirstChannels ? pixel * y.FirstChannels + channel
            : pixel * (s.Out - y.FirstChannels) + channel - y.FirstChannels;
}
