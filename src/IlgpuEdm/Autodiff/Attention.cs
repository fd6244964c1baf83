using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Attention;

namespace IlgpuEdm.Autodiff;

/// <summary>Self-attention over the pixels of an image.</summary>
public static class Attention
{
    // Each tile of right sides, once read, meets several tiles of queries; the gradient's sums over queries are long enough to pay for
    // taking them up again, and what is at work fits into a core's second cache.
    private const int ForwardRows = 32;
    private const int BackwardRows = 64;
    private const int NumbersOfRow = 2;

    /// <summary><c>softmax(q k^T / sqrt(c)) v</c> for each image and head, c being the channels of a head.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="qkv"><c>[N, H, W, 3C]</c>: all heads' queries, then keys, then values.</param>
    /// <param name="heads">Heads; divides C.</param>
    /// <returns><c>[N, H, W, C]</c>.</returns>
    public static Tensor Attend(this Tape tape, Tensor qkv, int heads)
    {
        Shapes.Require(qkv.Shape.Count == 4 && heads > 0 && qkv.Size(3) % (3 * heads) == 0, [qkv]);
        int batch = qkv.Size(0), tokens = qkv.Size(1) * qkv.Size(2);
        var shape = Shape(batch, heads, tokens, qkv.Size(3) / 3 / heads);
        var y = tape.New(qkv.Storage, batch, qkv.Size(1), qkv.Size(2), shape.Channels);
        var numbers = tape.New(batch, heads, tokens, NumbersOfRow);
        Forward(qkv, y, numbers, shape);
        tape.Record(
            y, [qkv],
            dy =>
            {
                if (tape.WantsGradient(qkv, out var d, out var accumulate))
                {
                    Backward(qkv, y, dy, numbers, d, shape, accumulate);
                }

                dy.Release();
            },
            numbers);
        return y;
    }

    /// <summary>Floats that the gradient needs of an image beside queries, keys and values.</summary>
    /// <param name="heads">Heads.</param>
    /// <param name="tokens">Pixels.</param>
    internal static long KeptFloats(int heads, int tokens) => (long)NumbersOfRow * heads * tokens;

    /// <summary>Floats that a launch, forward or backward, rents for its own use.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="tokens">Pixels of an image.</param>
    /// <param name="depth">Channels of a head.</param>
    /// <param name="workItems">Work items of the device.</param>
    internal static long ScratchFloats(int batch, int heads, int tokens, int depth, int workItems)
    {
        var shape = Shape(batch, heads, tokens, depth);
        CutForward(ref shape);
        var forward = (long)shape.Scratch * Device.WorkItems((long)batch * heads * shape.Blocks, shape.Scratch, workItems);
        CutBackward(ref shape);
        var backward = (long)shape.Scratch * Device.WorkItems((long)batch * heads, shape.Scratch, workItems);

        // The cooperative schedule's product of output and gradient.
        return Math.Max(Math.Max(forward, backward), (long)batch * heads * tokens);
    }

    private static AttentionShape Shape(int batch, int heads, int tokens, int depth) => new()
    {
        Batch = batch,
        Heads = heads,
        Tokens = tokens,
        Depth = depth,
        Scale = 1f / MathF.Sqrt(depth),
    };

    private static void CutForward(ref AttentionShape shape)
    {
        shape.BlockRows = Math.Min(ForwardRows, shape.Tokens);
        shape.Scratch = AttentionForward.ScratchSize(shape);
    }

    private static void CutBackward(ref AttentionShape shape)
    {
        shape.BlockRows = Math.Min(BackwardRows, shape.Tokens);
        shape.Scratch = AttentionBackward.ScratchSize(shape);
    }

    private static void Forward(Tensor qkv, Tensor y, Tensor numbers, AttentionShape shape)
    {
        var device = qkv.Device;
        if (device.IsCooperative)
        {
            AttentionLaunch.Forward(qkv, y, numbers, shape);
            return;
        }

        using var a = qkv.Read();
        using var b = y.Write();
        CutForward(ref shape);
        var items = device.WorkItems(shape.Batch * shape.Heads * shape.Blocks, shape.Scratch);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(
            AttentionForward.Fat, items, Work(shape, 2, 4.0 * (qkv.Length + y.Length + numbers.Length)),
            a.View, b.View, numbers.View, scratch.View, shape);
    }

    private static void Backward(Tensor qkv, Tensor y, Tensor dy, Tensor numbers, Tensor dqkv, AttentionShape shape, int accumulate)
    {
        var device = qkv.Device;
        if (device.IsCooperative)
        {
            AttentionLaunch.Backward(qkv, y, dy, numbers, dqkv, shape, accumulate);
            return;
        }

        using var a = qkv.Read();
        using var b = dy.Read();
        using var c = dqkv.Write(keep: accumulate != 0);
        CutBackward(ref shape);
        var items = device.WorkItems(shape.Batch * shape.Heads, shape.Scratch);
        using var scratch = device.Pool.RentScratch((long)items * shape.Scratch);
        device.Launch(
            AttentionBackward.Fat, items, Work(shape, 4, 4.0 * (2 * qkv.Length + dy.Length + numbers.Length)),
            a.View, b.View, numbers.View, c.View, scratch.View, shape, accumulate);
    }

    // The scores that the gradient computes again count once, as what is to be done and not as what it takes.
    internal static KernelWork Work(in AttentionShape shape, int products, double bytes) =>
        new(2.0 * products * shape.Batch * shape.Channels * shape.Tokens * shape.Tokens, bytes);
}
