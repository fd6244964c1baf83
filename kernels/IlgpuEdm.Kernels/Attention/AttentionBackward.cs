using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// The gradient of attention. Fat schedule: a task is an image and head; for one block of queries after the other the probabilities p are
/// computed again, and <c>dv += p^T dy; ds = softmax'(dy v^T); dq = ds k; dk += ds^T q</c>. The sums over queries run in their order.
/// </summary>
public static partial class AttentionBackward
{
    /// <summary>Floats of scratch that a work item needs.</summary>
    /// <param name="s">The attention.</param>
    /// <returns>Keys and values packed; scores of a block of queries, their gradient, the queries and gradients of y, packed.</returns>
    public static int ScratchSize(in AttentionShape s) =>
        2 * s.PaddedTokens * s.Depth + s.Tokens * s.PaddedDepth + 2 * s.BlockRows * (s.ScoreStride + s.PaddedDepth);

    /// <summary>Computes the gradient.</summary>
    /// <param name="qkv">Queries, keys and values, <c>[N, tokens, 3 * heads * depth]</c>.</param>
    /// <param name="dy">Gradient of the output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="numbers">What the forward pass kept of each row of scores.</param>
    /// <param name="dqkv">Receives the gradient of <paramref name="qkv"/>.</param>
    /// <param name="scratch">Scratch of all work items.</param>
    /// <param name="s">The attention.</param>
    /// <param name="accumulate">0 to overwrite the gradient, else it is added to.</param>
    public static void Fat(
        ArrayView<float> qkv, ArrayView<float> dy, ArrayView<float> numbers, ArrayView<float> dqkv, ArrayView<float> scratch,
        AttentionShape s, int accumulate)
    {
        var turnedKeys = WorkItem.Index() * s.Scratch;
        var turnedValues = turnedKeys + s.PaddedTokens * s.Depth;
        var keys = turnedValues + s.PaddedTokens * s.Depth;
        var scores = keys + s.Tokens * s.PaddedDepth;
        var gradients = scores + s.BlockRows * s.ScoreStride;
        var blockQueries = gradients + s.BlockRows * s.ScoreStride;
        var blockDy = blockQueries + s.BlockRows * s.PaddedDepth;
        var stride = 3 * s.Channels;
        var pairs = s.Batch * s.Heads;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), pairs);
        for (var pair = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), pairs); pair < last; pair++)
        {
            var image = pair / s.Heads * s.Tokens;
            var channel = pair % s.Heads * s.Depth;
            var key = image * stride + channel + s.Channels;
            var value = key + s.Channels;
            AttentionProducts.PackTransposed(qkv, key, stride, s.Tokens, s.Depth, scratch, turnedKeys);
            AttentionProducts.PackTransposed(qkv, value, stride, s.Tokens, s.Depth, scratch, turnedValues);
            AttentionProducts.Pack(qkv, key, stride, s.Tokens, s.Depth, scratch, keys);
            for (var first = 0; first < s.Tokens; first += s.BlockRows)
            {
                var rows = s.Tokens - first < s.BlockRows ? s.Tokens - first : s.BlockRows;
                var query = key - s.Channels + first * stride;
                var output = (image + first) * s.Channels + channel;
                AttentionProducts.Pack(qkv, query, stride, rows, s.Depth, scratch, blockQueries);
                AttentionProducts.Pack(dy, output, s.Channels, rows, s.Depth, scratch, blockDy);
                AttentionProducts.Multiply(
                    qkv, query, stride, 1, rows, s.Depth, scratch, turnedKeys, scratch, scores, s.ScoreStride, s.PaddedTokens, 0);
                AttentionProducts.Multiply(
                    dy, output, s.Channels, 1, rows, s.Depth, scratch, turnedValues,
                    scratch, gradients, s.ScoreStride, s.PaddedTokens, 0);
                Softmax.Backward(
                    scratch, scores, scratch, gradients, s.ScoreStride, rows, s.Tokens, s.Scale, numbers, 2 * (pair * s.Tokens + first));
                AttentionProducts.Multiply(
                    scratch, gradients, s.ScoreStride, 1, rows, s.Tokens, scratch, keys, dqkv, query, stride, s.Depth, accumulate);

                // The first block of queries starts the sums.
                var add = first > 0 ? 1 : accumulate;
                AttentionProducts.Multiply(
                    scratch, scores, 1, s.ScoreStride, s.Tokens, rows, scratch, blockDy, dqkv, value, stride, s.Depth, add);
                AttentionProducts.Multiply(
                    scratch, gradients, 1, s.ScoreStride, s.Tokens, rows, scratch, blockQueries, dqkv, key, stride, s.Depth, add);
            }
        }
    }
}
