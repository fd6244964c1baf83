using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Networks;

/// <content>The network as a part of an ONNX graph.</content>
public sealed partial class DhariwalUNet
{
    /// <inheritdoc/>
    internal override OnnxValue Export(
        OnnxPass pass, OnnxValue x, OnnxValue noiseLabels, OnnxValue? classLabels, OnnxValue? augmentLabels)
    {
        var embedding = Embed(pass, noiseLabels, classLabels, augmentLabels);
        var skips = new Stack<OnnxValue>();
        var h = _first.Export(pass, x);
        skips.Push(h);
        foreach (var block in _encoder)
        {
            h = block.Export(pass, h, embedding);
            skips.Push(h);
        }

        foreach (var (block, takesSkip) in _decoder)
        {
            h = block.Export(pass, takesSkip ? h.Join(skips.Pop()) : h, embedding);
        }

        return _last.Export(pass, _lastNorm.Export(pass, h, silu: true));
    }

    private OnnxValue Embed(OnnxPass pass, OnnxValue noiseLabels, OnnxValue? classLabels, OnnxValue? augmentLabels)
    {
        var e = noiseLabels.PositionalEmbedding(Options.ModelChannels, endpoint: false, sineFirst: false);
        if (_mapAugment != null)
        {
            e += _mapAugment.Export(pass, augmentLabels!.Value);
        }

        e = _mapLayer1.Export(pass, _mapLayer0.Export(pass, e).Silu());
        if (_mapLabel != null)
        {
            e += _mapLabel.Export(pass, classLabels!.Value);
        }

        return e.Silu();
    }
}
