using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <content>
/// Cooperative schedule: a group computes 64 queries' output of one image and head. Their scores exist a tile of 64 or 128 keys at a time,
/// in registers; the softmax goes along, and the sums of the values stay in registers to the end.
/// </content>
public static partial class AttentionForward
{
    /// <summary>As <see cref="Fat"/>, without scratch.</summary>
    /// <typeparam name="TStorage">How <paramref name="qkv"/> and <paramref name="y"/> are stored.</typeparam>
    /// <typeparam name="TTile">What a group holds.</typeparam>
    /// <param name="qkv">Queries, keys and values, <c>[N, tokens, 3 * heads * depth]</c>.</param>
    /// <param name="y">Receives the output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="numbers">Receives what the gradient needs of each row of scores, <c>[N, heads, tokens, 2]</c>.</param>
    /// <param name="s">The attention; a group for each image, head, block of rows and of channels that a group holds.</param>
    [Cooperative(GroupsPerMultiprocessor = 2)]
    public static void Cooperative<TStorage, TTile>(ArrayView<float> qkv, ArrayView<float> y, ArrayView<float> numbers, AttentionShape s)
        where TStorage : struct, IStorage
        where TTile : struct, IForwardTile
    {
        var weights = SharedMemory.Allocate<Float4>(AttentionTile.Weights);
        var stage = SharedMemory.Allocate<Float4>(AttentionTile.StepRows * (1 + TTile.ColumnBlocks));
        var width = AttentionTile.BlockChannels * TTile.ChannelBlocks;
        var parts = (s.Depth + width - 1) / width;
        var part = Grid.IdxX % parts;
        var first = Grid.IdxX / parts % s.Blocks * AttentionTile.Rows;
        var pair = Grid.IdxX / parts / s.Blocks;
        var rows = s.Tokens - first;
        var stride = 3 * s.Channels;
        var image = pair / s.Heads * s.Tokens;
        var channel = pair % s.Heads * s.Depth;
        var query = (image + first) * stride + channel;
        var key = image * stride + channel + s.Channels;
        var value = key + s.Channels + part * width;
        var channels = s.Depth - part * width;
        var own = WeightedRows.Own(weights);
        var column = AttentionThread.Column();
        var softmax = OnlineSoftmax.Start;
        RowSums sums = default;
        for (var tile = 0; tile < s.Tokens; tile += 64 * TTile.ColumnBlocks)
        {
            var tokens = s.Tokens - tile;
            var scores = RowProducts.Compute<TStorage, TTile>(
                qkv, query, stride, rows, qkv, key + tile * stride, stride, tokens, s.Depth, stage);
            var maximum = OnlineSoftmax.Maxima<TTile>(scores, tokens, softmax.Maximum, weights);
            var factors = OnlineSoftmax.Factors(softmax.Maximum, maximum, s.Scale);
            softmax.Maximum = maximum;
            softmax.Sum = new Float4(
                factors.X * softmax.Sum.X, factors.Y * softmax.Sum.Y, factors.Z * softmax.Sum.Z, factors.W * softmax.Sum.W);
            sums = RowSums.Scale<TTile>(factors, sums);
            var start = value + tile * stride;
            WeightedRows.Put(own, scores.B0);
            softmax.Sum = OnlineSoftmax.Exponentials(own, column, tokens, maximum, s.Scale, softmax.Sum);
            sums = WeightedRows.Add<TStorage, TTile>(
                weights, qkv, start, stride, tokens < 64 ? tokens : 64, channels, stage, sums);
            if (TTile.ColumnBlocks == 2 && tokens > 64)
            {
                Group.Barrier();
                WeightedRows.Put(own, scores.B1);
                softmax.Sum = OnlineSoftmax.Exponentials(own, column + 64, tokens, maximum, s.Scale, softmax.Sum);
                sums = WeightedRows.Add<TStorage, TTile>(
                    weights, qkv, start + 64 * stride, stride, tokens < 128 ? tokens - 64 : 64, channels, stage, sums);
            }
        }

        Group.Barrier();
        var total = OnlineSoftmax.Total(softmax.Sum, weights);
        var inverse = new Float4(1f / total.X, 1f / total.Y, 1f / total.Z, 1f / total.W);
        sums = RowSums.Scale<TTile>(inverse, sums);
        RowSums.Store<TStorage, TTile>(
            sums, y, (image + first) * s.Channels + channel + part * width, s.Channels, rows, channels, 0);
        if (part == 0 && column == 0)
        {
            var row = 4 * AttentionThread.Row();
            var kept = 2 * (pair * s.Tokens + first + row);
            Keep(numbers, kept, row < rows, softmax.Maximum.X, inverse.X);
            Keep(numbers, kept + 2, row + 1 < rows, softmax.Maximum.Y, inverse.Y);
            Keep(numbers, kept + 4, row + 2 < rows, softmax.Maximum.Z, inverse.Z);
            Keep(numbers, kept + 6, row + 3 < rows, softmax.Maximum.W, inverse.W);
        }
    }

    private static void Keep(ArrayView<float> numbers, int place, bool inside, float maximum, float factor)
    {
        if (inside)
        {
            numbers[place] = maximum;
            numbers[place + 1] = factor;
        }
    }
}
