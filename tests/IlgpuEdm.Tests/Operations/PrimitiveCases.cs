namespace IlgpuEdm.Tests.Operations;

/// <summary>Random arguments for each primitive: odd sizes, odd offsets, and room behind each array where nothing may be written.</summary>
internal static class PrimitiveCases
{
    private const int Room = 70;

    /// <summary>What a primitive is called with: arrays stand for views, and one array twice for one view twice.</summary>
    public static IReadOnlyDictionary<string, Func<Random, object[]>> Arguments { get; } = new Dictionary<string, Func<Random, object[]>>
    {
        ["Tile.MultiplyLines"] = MultiplyLines,
        ["Tile.MultiplyStrip"] = MultiplyStrip,
        ["PoolWindow.Reduce"] = r =>
        {
            int lines = r.Next(1, 4), pixels = r.Next(1, 4), channels = r.Next(1, 60), stride = pixels * channels + r.Next(20);
            return
            [
                Data(r, lines * stride + 9), r.Next(9), lines, stride, pixels, channels, Data(r, channels + 9), r.Next(9),
                r.Next(2) == 0 ? 0f : r.NextSingle(),
            ];
        },
        ["OuterTile.Accumulate32"] = r => OuterTile(r, 8),
        ["OuterTile.Accumulate16"] = r => OuterTile(r, 16),
        ["MatrixTile.Multiply"] = MatrixTile,
        ["OuterTile.AddRows32"] = r =>
        {
            var rows = r.Next(1, 12);
            return [Data(r, rows * 32 + 9), r.Next(9), rows, Data(r, 32 + 5), r.Next(5), r.Next(2)];
        },
        ["OuterTile.AddSlices"] = r =>
        {
            int count = r.Next(1, 40), slices = r.Next(1, 6), stride = count + r.Next(5);
            return [Data(r, slices * stride + 9), r.Next(9), stride, slices, Data(r, count + 5), r.Next(5), count, r.NextSingle()];
        },
        ["Rows.Copy"] = r =>
        {
            var count = r.Next(1, 50);
            return [Data(r, count + 9), r.Next(9), Data(r, count + 5), r.Next(5), count];
        },
        ["Rows.Fill"] = r =>
        {
            var count = r.Next(1, 50);
            return [Data(r, count + 9), r.Next(9), count, r.NextSingle()];
        },
        ["Rows.Pack"] = r =>
        {
            int rows = r.Next(1, 9), width = r.Next(1, 34), valid = r.Next(1, width + 1), stride = valid + r.Next(5);
            return [Data(r, rows * stride + 9), r.Next(9), stride, rows, valid, Data(r, rows * width + 5), r.Next(5), width];
        },
        ["Rows.PackTransposed"] = r =>
        {
            int rows = r.Next(1, 9), width = r.Next(1, 34), valid = r.Next(1, width + 1), stride = rows + r.Next(5);
            return [Data(r, valid * stride + 9), r.Next(9), stride, rows, valid, Data(r, rows * width + 5), r.Next(5), width];
        },
        ["Rows.StoreTile"] = StoreTile,
        ["Taps.Sum"] = TapsSum,
        ["Peak.MultiplyAdd"] = r => [Data(r, IlgpuEdm.Kernels.Primitives.Peak.Width + 9), r.Next(9), r.Next(9)],
        ["Peak.Sum"] = r =>
        {
            var count = r.Next(1, 200);
            return [Data(r, count + 9), r.Next(9), count, Data(r, 5), r.Next(5)];
        },
        ["Pointwise.Combine"] = r =>
        {
            int count = r.Next(1, 60), size = count + 9;
            var q = r.Next(2) == 0 ? 0f : r.NextSingle();
            return [Data(r, size), Data(r, size), Data(r, size), r.Next(9), count, r.NextSingle(), q, r.Next(2)];
        },
        ["Pointwise.Approach"] = r =>
        {
            int count = r.Next(1, 60), size = count + 9;
            return [Data(r, size), Data(r, size), r.Next(9), count, r.NextSingle()];
        },
        ["Pointwise.Silu"] = r =>
        {
            int count = r.Next(1, 60), size = count + 9;
            return [Data(r, size, 30f), Data(r, size), r.Next(9), count];
        },
        ["Pointwise.SiluBackward"] = r =>
        {
            int count = r.Next(1, 60), size = count + 9;
            return [Data(r, size, 30f), Data(r, size), Data(r, size), r.Next(9), count, r.Next(2)];
        },
        ["Channels.Sum"] = r =>
        {
            int pixels = r.Next(1, 100), channels = r.Next(1, 17), stride = channels + r.Next(5);
            return [Data(r, pixels * stride + 9), r.Next(9), pixels, stride, channels, Data(r, channels + 5), r.Next(5)];
        },
        ["Channels.Moments"] = r =>
        {
            int pixels = r.Next(1, 100), channels = r.Next(1, 17), stride = channels + r.Next(5), mean = r.Next(5);
            var squares = mean + channels + r.Next(4);
            return [Data(r, pixels * stride + 9), r.Next(9), pixels, stride, channels, Data(r, 2 * channels + 9), mean, squares];
        },
        ["Lines.Gather"] = r =>
        {
            int lines = r.Next(1, 4), width = r.Next(1, 9), channels = r.Next(1, 40), stride = channels + r.Next(5), border = r.Next(2);
            int a = r.Next(5), b = a + channels + r.Next(4);
            return
            [
                Data(r, lines * width * channels + 9, 9f), r.Next(9), lines, width, channels, Data(r, 2 * channels + 9), a, b, r.Next(3),
                Data(r, lines * (width + 2) * stride + 9), r.Next(9), stride, border,
            ];
        },
        ["NormGradient.Reduce"] = r =>
        {
            int pixels = r.Next(1, 100), channels = r.Next(2) * 16, all = 0;
            channels = channels == 0 ? r.Next(1, 17) : channels;
            all = channels + r.Next(5);
            int xStride = channels + r.Next(5), dyStride = channels + r.Next(5);
            return
            [
                Data(r, pixels * xStride + 9), r.Next(9), xStride, Data(r, pixels * dyStride + 9), r.Next(9), dyStride, pixels, channels,
                Data(r, 3 * all + 5), r.Next(5), all, r.Next(2), Data(r, 2 * all + 5), r.Next(5),
            ];
        },
        ["NormGradient.Apply"] = r =>
        {
            int pixels = r.Next(1, 9), channels = r.Next(1, 40), size = pixels * channels + 9, all = channels + r.Next(5);
            return
            [
                Data(r, size), Data(r, size), r.Next(9), Data(r, pixels * all + 9), r.Next(9), all, pixels, channels,
                Data(r, 5 * all + 5), r.Next(5), r.Next(2),
            ];
        },
        ["Softmax.Forward"] = r =>
        {
            int rows = r.Next(1, 5), count = r.Next(1, 90), stride = (count + 15) / 16 * 16 + r.Next(5);
            var scale = 0.1f + r.NextSingle();
            return [Data(r, rows * stride + 9, 20f), r.Next(9), stride, rows, count, scale, Data(r, 2 * rows + 5), r.Next(5)];
        },
        ["Softmax.Backward"] = SoftmaxBackward,
        ["SquaredDistances.Compute"] = SquaredDistances,
        ["SquaredDistances.Weigh"] = r =>
        {
            // Some of the weights are below the least that counts.
            var count = r.Next(1, 90);
            return [Data(r, count + 9, 50f), r.Next(9), count, 0.1f + 2 * r.NextSingle(), Data(r, 12), r.Next(5)];
        },
        ["Adam.Update"] = Adam,
        ["Narrow16.Widen"] = r => Storage(r, r.Next(1, 200)),
        ["Narrow16.Narrow"] = r => Storage(r, r.Next(1, 200)),
        ["WinogradInput.Transform"] = WinogradCases.Input,
        ["WinogradOutput.Transform"] = WinogradCases.Output,
        ["WinogradGradient.Transform"] = WinogradCases.Gradient,
        ["WinogradKernel.Transform"] = WinogradCases.Kernel,
        ["WinogradKernel.Gradient"] = WinogradCases.KernelGradient,
        ["WinogradProduct.Multiply"] = WinogradCases.Product,
        ["WinogradOuter.Accumulate"] = WinogradCases.Outer,
    };

    internal static float[] Data(Random random, int length, float scale = 1f) =>
        [.. Enumerable.Range(0, length + Room).Select(_ => scale * (2 * random.NextSingle() - 1))];

    // Elements of 16 bits from and to even places.
    private static object[] Storage(Random r, int count) => [Data(r, count + 9), Data(r, count + 9), 2 * r.Next(5), count];

    // Widths of whole and of broken groups of 8 pixels.
    private static object[] MultiplyLines(Random r)
    {
        int kernel = r.Next(2) == 0 ? 1 : 3, lines = r.Next(1, 4), channels = r.Next(1, 9), columns = r.Next(1, 33);
        var width = r.Next(2) == 0 ? 8 * r.Next(1, 4) : r.Next(1, 20);
        int pitch = width + kernel - 1, blockWidth = columns > 16 ? 32 : 16, stride = columns + r.Next(20), size = lines * width * stride;
        return
        [
            Data(r, (lines + kernel) * pitch * channels + 9), r.Next(9), lines, width, channels, pitch * channels, kernel,
            Data(r, kernel * kernel * channels * blockWidth + 9), r.Next(9), new Scratch(Data(r, 256 + 9)), r.Next(9),
            Data(r, size + 9), r.Next(9), stride, columns, Data(r, columns + 5), r.Next(-1, 5), Data(r, size + 9), r.Next(-1, 5),
            r.NextSingle(), r.Next(2),
        ];
    }

    // Kernels of any shape and stride; whole results, and rectified ones.
    private static object[] MultiplyStrip(Random r)
    {
        int kernelY = r.Next(1, 5), kernelX = r.Next(1, 8), step = r.Next(1, 4), channels = r.Next(1, 6), columns = r.Next(1, 33);
        int lines = r.Next(1, 4), width = r.Next(1, 20), blockWidth = columns > 16 ? 32 : 16, stride = columns + r.Next(20);
        var line = ((width - 1) * step + kernelX + r.Next(3)) * channels;
        return
        [
            Data(r, ((lines - 1) * step + kernelY) * line + 9), r.Next(9), lines, width, step * channels, step * line, kernelY, line,
            kernelX * channels, Data(r, kernelY * kernelX * channels * blockWidth + 9), r.Next(9), new Scratch(Data(r, 256 + 9)), r.Next(9),
            Data(r, lines * width * stride + 9), r.Next(9), stride, columns, Data(r, columns + 5), r.Next(5),
            r.Next(2) == 0 ? 0f : float.NegativeInfinity,
        ];
    }

    private static object[] OuterTile(Random r, int rows)
    {
        int lines = r.Next(1, 4), width = r.Next(1, 9), stride = r.Next(1, 12), lineStride = width * stride + r.Next(5);
        return
        [
            Data(r, lines * lineStride + rows + 9), r.Next(9), lines, lineStride, width, stride,
            Data(r, lines * width * 32 + 9), r.Next(9), Data(r, rows * 32 + 5), r.Next(5), r.Next(1, rows + 1), r.Next(2),
        ];
    }

    // A left side by rows or transposed; nothing, a row or the result itself is added.
    private static object[] MatrixTile(Random r)
    {
        int count = r.Next(1, 9), depth = r.Next(1, 40), columns = r.Next(2) == 0 ? 32 : r.Next(1, 33), cRow = columns + r.Next(5);
        var line = Math.Max(count, depth) + r.Next(5);
        var (aRow, aStep) = r.Next(2) == 0 ? (line, 1) : (1, line);
        int bRow = 32 + r.Next(5), cOffset = r.Next(5), added = r.Next(3);
        var c = Data(r, 8 * cRow + 5);
        return
        [
            Data(r, 40 * line + 9), r.Next(9), aRow, aStep, count, depth, Data(r, depth * bRow + 9), r.Next(9), bRow, c, cOffset, cRow,
            columns, added == 2 ? c : Data(r, 32 + 5), added == 0 ? -1 : cOffset, added == 2 ? cRow : 0,
        ];
    }

    // Numbers as the forward pass leaves them: no score is above the greatest.
    private static object[] SoftmaxBackward(Random r)
    {
        int rows = r.Next(1, 5), count = r.Next(1, 90), stride = (count + 15) / 16 * 16 + r.Next(5);
        var numbers = Data(r, 2 * rows + 5);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = 1.5f + r.NextSingle();
        }

        return
        [
            Data(r, rows * stride + 9), r.Next(9), Data(r, rows * stride + 9), r.Next(9), stride, rows, count, 0.1f + r.NextSingle(),
            numbers, r.Next(5),
        ];
    }

    private static object[] SquaredDistances(Random r)
    {
        int xCount = r.Next(1, 7), yCount = r.Next(1, 7), length = 16 * r.Next(1, 5), dRow = yCount + r.Next(5);
        return
        [
            Data(r, xCount * length + 9), r.Next(9), xCount, Data(r, yCount * length + 9), r.Next(9), yCount, length,
            Data(r, xCount * dRow + 5), r.Next(5), dRow,
        ];
    }

    private static object[] StoreTile(Random r)
    {
        int rows = r.Next(1, 9), columns = r.Next(1, 33), tileWidth = columns + r.Next(5), stride = columns + r.Next(5);
        return
        [
            Data(r, rows * tileWidth + 9), r.Next(9), tileWidth, rows, columns, Data(r, rows * stride + 9), r.Next(9), stride,
            Data(r, columns + 5), r.Next(-1, 5), Data(r, rows * stride + 9), r.Next(-1, 5), r.NextSingle(), r.NextSingle(), r.Next(2),
        ];
    }

    private static object[] TapsSum(Random r)
    {
        int runs = r.Next(1, 6), count = r.Next(1, 40), taps = r.Next(1, 7), tapStride = r.Next(1, 50), xStride = r.Next(1, 50);
        var stride = count + r.Next(5);
        return
        [
            Data(r, runs * xStride + taps * tapStride + count + 9), r.Next(9), xStride, tapStride, Data(r, taps + 5), r.Next(5), taps,
            Data(r, runs * stride + 9), r.Next(9), stride, runs, count, r.Next(2),
        ];
    }

    private static object[] Adam(Random r)
    {
        int count = r.Next(1, 60), size = count + 9, offset = r.Next(9);
        var gradients = Data(r, size);
        gradients[offset + r.Next(count)] = float.NaN;
        gradients[offset + r.Next(count)] = r.Next(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity;
        var squares = Array.ConvertAll(Data(r, size), MathF.Abs);
        var scalars = Kernels.Primitives.Adam.Scalars(learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 3, emaBeta: 0.95);
        return [Data(r, size), gradients, Data(r, size), squares, Data(r, size), scalars, offset, count, Data(r, 5), r.Next(5)];
    }
}

/// <summary>An array that a primitive may leave in any state.</summary>
internal sealed record Scratch(float[] Values);
