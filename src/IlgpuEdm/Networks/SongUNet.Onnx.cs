using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Networks;

/// <content>The network as a part of an ONNX graph.</content>
public sealed partial class SongUNet
{
    /// <inheritdoc/>
    internal override OnnxValue Export(
        OnnxPass pass, OnnxValue x, OnnxValue noiseLabels, OnnxValue? classLabels, OnnxValue? augmentLabels)
    {
        var embedding = _embedding.Export(pass, noiseLabels, classLabels, augmentLabels);
        var skips = new Stack<OnnxValue>();
        var h = _first.Export(pass, x);
        skips.Push(h);
        var auxiliary = x;
        foreach (var level in _encoder)
        {
            if (level.Down != null)
            {
                h = level.Down.Export(pass, h, embedding);
                if (level.Auxiliary != null)
                {
                    h = AddAuxiliary(pass, level.Auxiliary, h, ref auxiliary);
                }

                skips.Push(h);
            }

            foreach (var block in level.Blocks)
            {
                h = block.Export(pass, h, embedding);
                skips.Push(h);
            }
        }

        OnnxValue? output = null;
        foreach (var level in _decoder)
        {
            h = level.Inputs.Aggregate(h, (state, block) => block.Export(pass, state, embedding));
            h = level.Blocks.Aggregate(h, (state, block) => block.Export(pass, state.Join(skips.Pop()), embedding));
            if (level.Norm != null)
            {
                var more = level.Output!.Export(pass, level.Norm.Export(pass, h, silu: true));
                output = output is { } sofar ? sofar.Upsample(_options.OutputChannels, _options.ResampleFilter) + more : more;
            }
        }

        return output!.Value;
    }

    private OnnxValue AddAuxiliary(OnnxPass pass, ConvolutionLayer layer, OnnxValue h, ref OnnxValue auxiliary)
    {
        var filter = _options.ResampleFilter;
        if (_options.EncoderType == EncoderType.Skip)
        {
            auxiliary = auxiliary.Downsample(_options.ImageChannels, filter);
            return h + layer.Export(pass, auxiliary);
        }

        // As ConvolveDown: the convolution makes the border that the filter reads.
        var large = layer.Export(pass, auxiliary, border: filter.Count / 2 - 1);
        auxiliary = (h + large.Downsample(layer.Bias.Length, filter, isPadded: true)) * _rootHalf;
        return auxiliary;
    }
}
