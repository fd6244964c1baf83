using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Attention;
using IlgpuEdm.Kernels.Matmul;

namespace IlgpuEdm.Autodiff;

/// <summary>Self-attention over the pixels of an image.</summary>
public static class Attention
{
    /// <summary><c>softmax(q k^T / sqrt(c)) v</c> for each image and head, c being the channels of a head.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="qkv"><c>[N, H, W, 3C]</c>: all heads' queries, then keys, then values.</param>
    /// <param name="heads">Heads; divides C.</param>
    /// <returns><c>[N, H, W, C]</c>.</returns>
    public static Tensor Attend(this Tape tape, Tensor qkv, int heads)
    {
        Shapes.Require(qkv.Shape.Count == 4 && heads > 0 && qkv.Size(3) % (3 * heads) == 0, [qkv]);
        int batch = qkv.Size(0), channels = qkv.Size(3) / 3, tokens = qkv.Size(1) * qkv.Size(2), perHead = channels / heads;
        var alpha = 1f / MathF.Sqrt(perHead);
        int query = 0, key = channels, value = 2 * channels, stride = 3 * channels, image = tokens * stride;
        var shape = new MatmulShape { Outer = batch, Inner = heads };
        var scores = tape.New(batch, heads, tokens, tokens);

        // Products of (query, key, value) rows with each other, and of the score matrix with them.
        var rowsTimesRows = shape with
        {
            Rows = tokens,
            Columns = tokens,
            Depth = perHead,
            StrideA = stride,
            TransposeB = 1,
            StrideB = stride,
            StrideC = tokens,
            OuterA = image,
            InnerA = perHead,
            OuterB = image,
            InnerB = perHead,
            OuterC = heads * tokens * tokens,
            InnerC = tokens * tokens,
        };
        var scoresTimesRows = shape with
        {
            Rows = tokens,
            Columns = perHead,
            Depth = tokens,
            StrideA = tokens,
            StrideB = stride,
            StrideC = stride,
            OuterA = heads * tokens * tokens,
            InnerA = tokens * tokens,
            OuterB = image,
            InnerB = perHead,
            OuterC = image,
            InnerC = perHead,
        };
        Matmul.Multiply(qkv, qkv, null, scores, rowsTimesRows with { OffsetA = query, OffsetB = key }, alpha);
        var rows = batch * heads * tokens;
        tape.Device.Launch(
            SoftmaxKernels.Forward, tape.Device.WorkItems(rows), new KernelWork(0, 8.0 * scores.Length), scores.View, rows, tokens);
        var y = tape.New(batch, qkv.Size(1), qkv.Size(2), channels);
        Matmul.Multiply(scores, qkv, null, y, scoresTimesRows with { OffsetB = value, StrideC = channels, OuterC = tokens * channels });
        tape.Record(
            y, [qkv],
            dy =>
            {
                if (tape.WantsGradient(qkv, out var d, out var accumulate))
                {
                    // dv = p^T dy; dp = dy v^T; ds = softmax'(dp); dq = ds k; dk = ds^T q.
                    Matmul.Multiply(scores, dy, null, d, scoresTimesRows with
                    {
                        TransposeA = 1,
                        StrideB = channels,
                        OuterB = tokens * channels,
                        OffsetC = value,
                    }, accumulate: accumulate);
                    var ds = tape.New(batch, heads, tokens, tokens);
                    Matmul.Multiply(dy, qkv, null, ds, rowsTimesRows with
                    {
                        StrideA = channels,
                        OuterA = tokens * channels,
                        OffsetB = value,
                    });
                    tape.Device.Launch(
                        SoftmaxKernels.Backward, tape.Device.WorkItems(rows), new KernelWork(0, 12.0 * scores.Length),
                        scores.View, ds.View, rows, tokens);
                    Matmul.Multiply(ds, qkv, null, d, scoresTimesRows with { OffsetB = key, OffsetC = query }, alpha, accumulate);
                    Matmul.Multiply(
                        ds, qkv, null, d, scoresTimesRows with { TransposeA = 1, OffsetB = query, OffsetC = key }, alpha, accumulate);
                    ds.Release();
                }

                dy.Release();
            },
            scores);
        return y;
    }
}
