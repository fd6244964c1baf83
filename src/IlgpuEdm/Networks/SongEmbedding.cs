using IlgpuEdm.Autodiff;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Networks;

/// <summary>
/// What tells a <see cref="SongUNet"/> the noise level, class and augmentation: their embeddings summed, then two linear layers with SiLU.
/// </summary>
internal sealed class SongEmbedding
{
    // Deviation of the random frequencies.
    private const double FourierScale = 16;

    private readonly SongUNetOptions _options;
    private readonly int _channels;
    private readonly Parameter? _frequencies;
    private readonly LinearLayer? _mapLabel;
    private readonly LinearLayer? _mapAugment;
    private readonly LinearLayer _mapLayer0;
    private readonly LinearLayer _mapLayer1;

    /// <summary>Declares the layers.</summary>
    public SongEmbedding(SongUNetOptions options, ParameterList list, LayerStart start)
    {
        _options = options;
        _channels = options.ModelChannels * options.ChannelMultNoise;
        var embedding = options.ModelChannels * options.ChannelMultEmb;
        _frequencies = options.EmbeddingType == EmbeddingType.Fourier
            ? list.AddFixed("map_noise.freqs", ParameterStart.NormalDraws(FourierScale), _channels / 2)
            : null;
        _mapLabel = options.LabelDim > 0 ? new LinearLayer(list, "map_label", options.LabelDim, _channels, start) : null;
        _mapAugment = options.AugmentDim > 0 ? new LinearLayer(list, "map_augment", options.AugmentDim, _channels, start, bias: false) : null;
        _mapLayer0 = new LinearLayer(list, "map_layer0", _channels, embedding, start);
        _mapLayer1 = new LinearLayer(list, "map_layer1", embedding, embedding, start);
    }

    /// <summary>What the layers cost.</summary>
    public LayerCost Cost
    {
        get
        {
            // The embedding itself, the sums of the labels with it, and what SiLU makes of each layer.
            var embedding = _options.ModelChannels * _options.ChannelMultEmb;
            var cost = LayerCost.Keeping(_channels) + _mapLayer0.Cost() + _mapLayer1.Cost() + LayerCost.Keeping(embedding, embedding);
            cost += _mapLabel == null
                ? LayerCost.None
                : _mapLabel.Cost() + LayerCost.Keeping(_options.LabelDim, _options.LabelDim, _channels);
            return cost + (_mapAugment == null ? LayerCost.None : _mapAugment.Cost() + LayerCost.Keeping(_options.AugmentDim, _channels));
        }
    }

    /// <summary>The embedding, <c>[N, ModelChannels * ChannelMultEmb]</c>.</summary>
    public Tensor Forward(NetworkPass pass, ReadOnlySpan<float> noiseLabels, Tensor? classLabels, Tensor? augmentLabels)
    {
        var tape = pass.Tape;
        var batch = noiseLabels.Length;
        var e = _frequencies == null
            ? tape.PositionalEmbedding(noiseLabels, _channels, endpoint: true, sineFirst: true)
            : tape.FourierEmbedding(noiseLabels, pass[_frequencies], sineFirst: true);
        if (_mapLabel != null)
        {
            // One-hot vectors are scaled to the variance of the other inputs.
            var factors = new float[batch];
            Array.Fill(factors, MathF.Sqrt(_options.LabelDim));
            var labels = UNet.Labels(tape, classLabels, batch, _options.LabelDim);
            e = tape.Add(e, _mapLabel.Forward(pass, tape.CombineImages(labels, null, factors, default)));
        }

        if (_mapAugment != null)
        {
            e = tape.Add(e, _mapAugment.Forward(pass, UNet.Labels(tape, augmentLabels, batch, _options.AugmentDim)));
        }

        e = tape.Silu(_mapLayer0.Forward(pass, e));
        return tape.Silu(_mapLayer1.Forward(pass, e));
    }

    /// <summary>Adds the embedding to a graph.</summary>
    public OnnxValue Export(OnnxPass pass, OnnxValue noiseLabels, OnnxValue? classLabels, OnnxValue? augmentLabels)
    {
        var e = _frequencies == null
            ? noiseLabels.PositionalEmbedding(_channels, endpoint: true, sineFirst: true)
            : noiseLabels.FourierEmbedding(pass[_frequencies], sineFirst: true);
        if (_mapLabel != null)
        {
            e += _mapLabel.Export(pass, classLabels!.Value * MathF.Sqrt(_options.LabelDim));
        }

        if (_mapAugment != null)
        {
            e += _mapAugment.Export(pass, augmentLabels!.Value);
        }

        e = _mapLayer0.Export(pass, e).Silu();
        return _mapLayer1.Export(pass, e).Silu();
    }
}
