using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// <see cref="AttentionBackward"/> on tensor cores, with the tiles of <see cref="TensorAttentionForward"/>: a group computes 128 or 64
/// tokens' gradient of one image and head. Probabilities and the gradient of the scores are float32, and words when they are multiplied.
/// </summary>
public static class TensorAttentionBackward
{
    /// <summary>Computes the gradients that the task names.</summary>
    /// <typeparam name="TTask">What is computed; its columns are at least the depth.</typeparam>
    /// <typeparam name="TFormat">What words are.</typeparam>
    /// <typeparam name="TStorage">How activations and their gradients lie in memory, in the words' numbers.</typeparam>
    /// <param name="qkv">Queries, keys and values, <c>[N, tokens, 3 * heads * depth]</c>; the depth divides by 4 numbers of a word.</param>
    /// <param name="dy">Gradient of the output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="numbers">What the forward pass kept of each row of scores.</param>
    /// <param name="dots"><c>dy . y</c> of each query, <c>[N, heads, tokens]</c>.</param>
    /// <param name="dqkv">Receives the gradient of <paramref name="qkv"/>, the task's part.</param>
    /// <param name="s">The attention; a group for each image, head and block of rows.</param>
    /// <param name="accumulate">0 to overwrite the gradient, else it is added to.</param>
    [Cooperative(TensorCores = true)]
    public static void Cooperative<TTask, TFormat, TStorage>(
        ArrayView<float> qkv, ArrayView<float> dy, ArrayView<float> numbers, ArrayView<float> dots, ArrayView<float> dqkv, AttentionShape s,
        int accumulate)
        where TTask : struct, ITensorGradientTask
        where TFormat : struct, IMatrixFormat
        where TStorage : struct, IStorage, IStorageOf<TFormat>
    {
        var weights = SharedMemory.Allocate<Float4>(TensorAttentionTile.Weights<TTask>());
        var ring = SharedMemory.Allocate<Float4>(TensorAttentionTile.Ring);
        var first = Grid.IdxX % s.Blocks * TensorAttentionTile.Rows<TTask>();
        var pair = Grid.IdxX / s.Blocks;
        var rows = s.Tokens - first;
        var stride = 3 * s.Channels;
        var image = pair / s.Heads * s.Tokens;
        var channel = pair % s.Heads * s.Depth;
        var query = image * stride + channel;
        var key = query + s.Channels;
        var value = key + s.Channels;
        var output = image * s.Channels + channel;
        var row = TTask.RowsAreQueries ? query : key;
        var other = TTask.RowsAreQueries ? key : query;
        var left = new TensorRows(qkv, row + first * stride, stride, rows);
        var known = TTask.RowsAreQueries ? TensorTokenNumbers.Load<TTask>(numbers, dots, pair * s.Tokens + first, rows) : default;
        var sums = default(TensorSums);
        var valueSums = default(TensorSums);
        for (var tile = 0; tile < s.Tokens; tile += TensorAttentionTile.Tokens<TTask>())
        {
            var tokens = s.Tokens - tile;
            var start = pair * s.Tokens + tile;
            var right = new TensorRows(qkv, other + tile * stride, stride, tokens);
            var p = TensorRowProducts.Compute<TTask, TFormat>(TensorRowLoader.Start<TTask, TFormat>(left, right, s.Depth), s.Depth, ring);
            if (TTask.Values)
            {
                Group.Barrier();
                var gradients = new TensorRows(dy, output + tile * s.Channels, s.Channels, tokens);
                var loader = TensorWeightedLines.Start<TTask, TFormat>(gradients, s.Depth, ring);
                p = TensorTokenNumbers.Probabilities<TTask>(p, known, numbers, start, tokens, s.Scale);
                valueSums = TensorWeightedLines.Add<TTask, TFormat>(p, weights, loader, ring, tokens, valueSums);
            }
            else
            {
                p = TensorTokenNumbers.Probabilities<TTask>(p, known, numbers, start, tokens, s.Scale);
            }

            if (TTask.Scores)
            {
                var ours = TTask.RowsAreQueries
                    ? new TensorRows(dy, output + first * s.Channels, s.Channels, rows)
                    : new TensorRows(qkv, value + first * stride, stride, rows);
                var theirs = TTask.RowsAreQueries
                    ? new TensorRows(qkv, value + tile * stride, stride, tokens)
                    : new TensorRows(dy, output + tile * s.Channels, s.Channels, tokens);
                var dp = TensorRowProducts.Compute<TTask, TFormat>(
                    TensorRowLoader.Start<TTask, TFormat>(ours, theirs, s.Depth), s.Depth, ring);
                Group.Barrier();
                var loader = TensorWeightedLines.Start<TTask, TFormat>(right, s.Depth, ring);
                var ds = TensorTokenNumbers.Gradients<TTask>(p, dp, known, dots, start, tokens, s.Scale);
                sums = TensorWeightedLines.Add<TTask, TFormat>(ds, weights, loader, ring, tokens, sums);
            }
        }

        if (TTask.Values)
        {
            TensorSums.Store<TStorage, TTask>(valueSums, dqkv, value + first * stride, stride, rows, s.Depth, accumulate);
        }

        if (TTask.Scores)
        {
            TensorSums.Store<TStorage, TTask>(sums, dqkv, row + first * stride, stride, rows, s.Depth, accumulate);
        }
    }
}
