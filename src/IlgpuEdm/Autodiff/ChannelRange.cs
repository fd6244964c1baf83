namespace IlgpuEdm.Autodiff;

/// <summary>
/// Channels of a tensor from one on, as many as what is written there has: branches of a network write side by side, and nothing is joined
/// afterwards.
/// </summary>
/// <param name="Tensor">The tensor, <c>[N, H, W, C]</c>.</param>
/// <param name="First">The first channel.</param>
internal readonly record struct ChannelRange(Tensor Tensor, int First)
{
    /// <summary>The range that an operation writes: the one that is given, or all of a new tensor.</summary>
    /// <exception cref="ArgumentException">What is written does not fit into the range.</exception>
    public static ChannelRange Of(Tape tape, ChannelRange? given, int batch, int height, int width, int channels)
    {
        if (given is not { } range)
        {
            return new ChannelRange(tape.New(batch, height, width, channels), 0);
        }

        var tensor = range.Tensor;
        Shapes.Require(
            tensor.Shape.Count == 4 && tensor.Size(0) == batch && tensor.Size(1) == height && tensor.Size(2) == width
            && range.First >= 0 && range.First + channels <= tensor.Size(3) && tensor.Storage == TensorStorage.Float32,
            [tensor]);
        return range;
    }

    /// <summary>Refuses a tape that records: an operation has no gradient.</summary>
    public static void RequireInference(Tape tape, string operation)
    {
        if (tape.Recording)
        {
            throw new InvalidOperationException($"{operation} has no gradient; use a tape that does not record");
        }
    }
}
