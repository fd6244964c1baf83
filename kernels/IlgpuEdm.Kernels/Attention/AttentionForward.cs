using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// <c>softmax(scale * q k^T) v</c> of every image and head. Fat schedule: a task is a block of queries; its scores against all keys exist
/// in the work item's scratch alone. Keys and values are packed when the first block of an image and head is met.
/// </summary>
public static partial class AttentionForward
{
    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The attention.</param>
    /// <returns>Packed keys and values, and the scores of a block of queries.</returns>
    public static int ScratchSize(in AttentionShape s) =>
        s.PaddedTokens * s.Depth + s.Tokens * s.PaddedDepth + s.BlockRows * s.ScoreStride;

    /// <summary>Computes the output.</summary>
    /// <param name="qkv">Queries, keys and values, <c>[N, tokens, 3 * heads * depth]</c>.</param>
    /// <param name="y">Receives the output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="numbers">Receives what the gradient needs of each row of scores, <c>[N, heads, tokens, 2]</c>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The attention.</param>
    public static void Fat(
        ArrayView<float> qkv, ArrayView<float> y, ArrayView<float> numbers, ArrayView<float> scratch, AttentionShape s)
    {
        var keys = WorkItem.Index() * s.Scratch;
        var values = keys + s.PaddedTokens * s.Depth;
        var scores = values + s.Tokens * s.PaddedDepth;
        var stride = 3 * s.Channels;
        var packed = -1;
        var tasks = s.Batch * s.Heads * s.Blocks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var pair = task / s.Blocks;
            var first = task % s.Blocks * s.BlockRows;
            var rows = s.Tokens - first < s.BlockRows ? s.Tokens - first : s.BlockRows;
            var image = pair / s.Heads * s.Tokens;
            var channel = pair % s.Heads * s.Depth;
            var queries = image * stride + channel;
            if (pair != packed)
            {
                AttentionProducts.PackTransposed(qkv, queries + s.Channels, stride, s.Tokens, s.Depth, scratch, keys);
                AttentionProducts.Pack(qkv, queries + 2 * s.Channels, stride, s.Tokens, s.Depth, scratch, values);
                packed = pair;
            }

            AttentionProducts.Multiply(
                qkv, queries + first * stride, stride, 1, rows, s.Depth, scratch, keys,
                scratch, scores, s.ScoreStride, s.PaddedTokens, 0);
            Softmax.Forward(scratch, scores, s.ScoreStride, rows, s.Tokens, s.Scale, numbers, 2 * (pair * s.Tokens + first));
            AttentionProducts.Multiply(
                scratch, scores, s.ScoreStride, 1, rows, s.Tokens, scratch, values,
                y, (image + first) * s.Channels + channel, s.Channels, s.Depth, 0);
        }
    }
}
