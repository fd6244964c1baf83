using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Networks;

/// <content>The block as a part of an ONNX graph.</content>
internal sealed partial class UNetBlock
{
    /// <summary>Adds the block to a graph, as <see cref="Forward"/> runs it.</summary>
    /// <param name="pass">Graph and parameters.</param>
    /// <param name="x"><c>[N, In, H, W]</c>.</param>
    /// <param name="embedding"><c>[N, Embedding]</c>.</param>
    /// <returns><c>[N, Out, H, W]</c>, H and W doubled or halved as the options say.</returns>
    public OnnxValue Export(OnnxPass pass, OnnxValue x, OnnxValue embedding)
    {
        var affine = _affine.Export(pass, embedding);
        var h = _conv0.Export(pass, Resampled(_norm0.Export(pass, x, silu: true)));
        h = _style.AdaptiveScale
            ? _norm1.Export(pass, h, silu: true, affine)
            : _norm1.Export(pass, h + affine.OfEachPixel(), silu: true);
        var skip = Resampled(x);
        var y = (_conv1.Export(pass, h) + (_skip?.Export(pass, skip) ?? skip)) * _style.SkipScale;
        return _heads > 0 ? Attend(pass, y) : y;
    }

    private OnnxValue Attend(OnnxPass pass, OnnxValue x)
    {
        // Files have the output channels of this layer as [head, channel, (q, k, v)]; of these follow [(q, k, v), N, head, pixel, channel].
        var perHead = Out / _heads;
        var qkv = _qkv!.Export(pass, _norm2!.Export(pass, x, silu: false)).Reshape(0, _heads, perHead, 3, -1);
        var parts = qkv.Transpose(3, 0, 1, 4, 2).Split(axis: 0, parts: 3);
        var (queries, keys, values) = (parts[0].Squeeze(0), parts[1].Squeeze(0), parts[2].Squeeze(0));
        var weights = (queries.MatMul(keys.Transpose(0, 1, 3, 2)) * (1f / MathF.Sqrt(perHead))).Softmax();
        var attended = weights.MatMul(values).Transpose(0, 1, 3, 2).ReshapeLike(x);
        return (_projection!.Export(pass, attended) + x) * _style.SkipScale;
    }

    private OnnxValue Resampled(OnnxValue x) => _resample switch
    {
        Resample.Up => x.Upsample(In, _style.ResampleFilter),
        Resample.Down => x.Downsample(In, _style.ResampleFilter),
        _ => x,
    };
}
