using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <content>
/// Cooperative schedule: a group computes 64 tokens' gradient of one image and head. The probabilities are computed again from what the
/// forward pass kept, a tile at a time, and <c>dp = dy v^T</c> beside them; <c>ds = scale * p * (dp - dy . y)</c> then weighs the rows that
/// are summed. Queries, keys and values each have a sum of their own, so nothing is added by several groups.
/// </content>
public static partial class AttentionBackward
{
    /// <summary>Computes the gradients that the task names.</summary>
    /// <typeparam name="TStorage">How the tensors but <paramref name="numbers"/> and <paramref name="dots"/> are stored.</typeparam>
    /// <typeparam name="TTask">What is computed.</typeparam>
    /// <param name="qkv">Queries, keys and values, <c>[N, tokens, 3 * heads * depth]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="numbers">What the forward pass kept of each row of scores.</param>
    /// <param name="dots"><c>dy . y</c> of each query, <c>[N, heads, tokens]</c>.</param>
    /// <param name="dqkv">Receives the gradient of <paramref name="qkv"/>, the task's part.</param>
    /// <param name="s">The attention; a group for each image, head, block of rows and of channels that a group holds.</param>
    /// <param name="accumulate">0 to overwrite the gradient, else it is added to.</param>
    [Cooperative(GroupsPerMultiprocessor = 2)]
    public static void Cooperative<TStorage, TTask>(
        ArrayView<float> qkv, ArrayView<float> dy, ArrayView<float> numbers, ArrayView<float> dots, ArrayView<float> dqkv, AttentionShape s,
        int accumulate)
        where TStorage : struct, IStorage
        where TTask : struct, IGradientTask
    {
        var weights = SharedMemory.Allocate<Float4>(AttentionTile.Weights);
        var stage = SharedMemory.Allocate<Float4>(AttentionTile.StepRows * (1 + TTask.ColumnBlocks));
        var width = AttentionTile.BlockChannels * TTask.ChannelBlocks;
        var parts = (s.Depth + width - 1) / width;
        var part = Grid.IdxX % parts;
        var first = Grid.IdxX / parts % s.Blocks * AttentionTile.Rows;
        var pair = Grid.IdxX / parts / s.Blocks;
        var rows = s.Tokens - first;
        var stride = 3 * s.Channels;
        var image = pair / s.Heads * s.Tokens;
        var channel = pair % s.Heads * s.Depth;
        var query = image * stride + channel;
        var key = query + s.Channels;
        var value = key + s.Channels;
        var output = image * s.Channels + channel;
        var offset = part * width;
        var channels = s.Depth - offset;
        var row = TTask.RowsAreQueries ? query : key;
        var other = TTask.RowsAreQueries ? key : query;
        var rowNumbers = TTask.RowsAreQueries
            ? TokenNumbers.Load(numbers, dots, pair * s.Tokens + first, rows) : default;
        var own = WeightedRows.Own(weights);
        RowSums sums = default;
        RowSums valueSums = default;
        for (var tile = 0; tile < s.Tokens; tile += 64)
        {
            var tokens = s.Tokens - tile;
            var count = tokens < 64 ? tokens : 64;
            var scores = RowProducts.Compute<TStorage, TTask>(
                qkv, row + first * stride, stride, rows, qkv, other + tile * stride, stride, tokens, s.Depth, stage);
            WeightedRows.Put(own, scores.B0);
            TokenNumbers.Probabilities<TTask>(own, rowNumbers, numbers, pair * s.Tokens + tile, tokens, s.Scale);
            if (TTask.Values)
            {
                valueSums = WeightedRows.Add<TStorage, TTask>(
                    weights, dy, output + tile * s.Channels + offset, s.Channels, count, channels, stage, valueSums);
            }

            if (TTask.Scores)
            {
                var gradients = TTask.RowsAreQueries
                    ? RowProducts.Compute<TStorage, TTask>(
                        dy, output + first * s.Channels, s.Channels, rows, qkv, value + tile * stride, stride, tokens, s.Depth, stage)
                    : RowProducts.Compute<TStorage, TTask>(
                        qkv, value + first * stride, stride, rows, dy, output + tile * s.Channels, s.Channels, tokens, s.Depth, stage);
                TokenNumbers.Gradients<TTask>(own, gradients.B0, rowNumbers, dots, pair * s.Tokens + tile, tokens, s.Scale);
                sums = WeightedRows.Add<TStorage, TTask>(
                    weights, qkv, other + tile * stride + offset, stride, count, channels, stage, sums);
            }
        }

        if (TTask.Values)
        {
            RowSums.Store<TStorage, TTask>(
                valueSums, dqkv, value + first * stride + offset, stride, rows, channels, accumulate);
        }

        if (TTask.Scores)
        {
            RowSums.Store<TStorage, TTask>(sums, dqkv, row + first * stride + offset, stride, rows, channels, accumulate);
        }
    }
}
