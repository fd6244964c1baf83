using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// <see cref="AttentionForward"/> on tensor cores: a group computes 128 or 64 queries' output of one image and head, and goes through the
/// keys in tiles of 64 or 128. Scores, the softmax and all sums are float32; queries, keys, probabilities and values are words when they are
/// multiplied. The first values are on their way while the softmax is taken.
/// </summary>
public static class TensorAttentionForward
{
    /// <summary>As <see cref="AttentionForward.Fat"/>, without scratch.</summary>
    /// <typeparam name="TTile">The tile; its columns are at least the depth.</typeparam>
    /// <typeparam name="TFormat">What words are.</typeparam>
    /// <typeparam name="TStorage">How <paramref name="qkv"/> and <paramref name="y"/> lie in memory, in the words' numbers.</typeparam>
    /// <param name="qkv">Queries, keys and values, <c>[N, tokens, 3 * heads * depth]</c>; the depth divides by 4 numbers of a word.</param>
    /// <param name="y">Receives the output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="numbers">Receives what the gradient needs of each row of scores, <c>[N, heads, tokens, 2]</c>.</param>
    /// <param name="s">The attention; a group for each image, head and block of rows.</param>
    [Cooperative(TensorCores = true)]
    public static void Cooperative<TTile, TFormat, TStorage>(
        ArrayView<float> qkv, ArrayView<float> y, ArrayView<float> numbers, AttentionShape s)
        where TTile : struct, ITensorForwardTile
        where TFormat : struct, IMatrixFormat
        where TStorage : struct, IStorage, IStorageOf<TFormat>
    {
        var weights = SharedMemory.Allocate<Float4>(TensorAttentionTile.Weights<TTile>());
        var ring = SharedMemory.Allocate<Float4>(TensorAttentionTile.Ring);
        var first = Grid.IdxX % s.Blocks * TensorAttentionTile.Rows<TTile>();
        var pair = Grid.IdxX / s.Blocks;
        var stride = 3 * s.Channels;
        var image = pair / s.Heads * s.Tokens;
        var channel = pair % s.Heads * s.Depth;
        var key = image * stride + channel + s.Channels;
        var queries = new TensorRows(qkv, (image + first) * stride + channel, stride, s.Tokens - first);
        var maximum = OnlineSoftmax.Start.Maximum;
        var sum = default(Float4);
        var sums = default(TensorSums);
        for (var tile = 0; tile < s.Tokens; tile += TensorAttentionTile.Tokens<TTile>())
        {
            var tokens = s.Tokens - tile;
            var keys = new TensorRows(qkv, key + tile * stride, stride, tokens);
            var scores = TensorRowProducts.Compute<TTile, TFormat>(
                TensorRowLoader.Start<TTile, TFormat>(queries, keys, s.Depth), s.Depth, ring);
            TensorSoftmax.PutMaxima<TTile>(scores, tokens, maximum, weights);
            Group.Barrier();
            var values = new TensorRows(qkv, key + s.Channels + tile * stride, stride, tokens);
            var loader = TensorWeightedLines.Start<TTile, TFormat>(values, s.Depth, ring);
            var greater = TensorSoftmax.Maxima<TTile>(weights);
            var factors = OnlineSoftmax.Factors(maximum, greater, s.Scale);
            maximum = greater;
            scores = TensorSoftmax.Exponentials<TTile>(scores, tokens, maximum, s.Scale);
            var more = TensorSoftmax.RowSums(scores);
            sum = new Float4(
                Gpu.Fma(factors.X, sum.X, more.X), Gpu.Fma(factors.Y, sum.Y, more.Y), Gpu.Fma(factors.Z, sum.Z, more.Z),
                Gpu.Fma(factors.W, sum.W, more.W));
            sums = TensorSums.Scale<TTile>(factors, sums);
            sums = TensorWeightedLines.Add<TTile, TFormat>(scores, weights, loader, ring, tokens, sums);
        }

        Group.Barrier();
        TensorSoftmax.Put<TTile>(sum, weights);
        Group.Barrier();
        sum = TensorSoftmax.Sums<TTile>(weights);
        var inverse = new Float4(1f / sum.X, 1f / sum.Y, 1f / sum.Z, 1f / sum.W);
        var rows = s.Tokens - first;
        TensorSums.Store<TStorage, TTile>(
            TensorSums.Scale<TTile>(inverse, sums), y, (image + first) * s.Channels + channel, s.Channels, rows, s.Depth, 0);
        if (TensorAttentionTile.Token<TTile>() == 0)
        {
            var row = TensorAttentionTile.Row<TTile>();
            var kept = pair * s.Tokens + first + row;
            Keep(numbers, kept, row < rows, maximum.X, inverse.X);
            Keep(numbers, kept + 8, row + 8 < rows, maximum.Y, inverse.Y);
            Keep(numbers, kept + 16, row + 16 < rows, maximum.Z, inverse.Z);
            Keep(numbers, kept + 24, row + 24 < rows, maximum.W, inverse.W);
        }
    }

    private static void Keep(ArrayView<float> numbers, int query, bool inside, float maximum, float factor)
    {
        if (inside)
        {
            Float32.Store2(numbers, 2 * query, new Float2(maximum, factor));
        }
    }
}
