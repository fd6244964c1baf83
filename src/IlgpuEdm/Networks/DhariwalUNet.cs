using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>
/// The U-Net of Dhariwal and Nichol ("Diffusion models beat GANs", 2021), ADM, as EDM trains it (Karras et al. 2022, appendix F.5): the
/// embedding scales and shifts after each second norm, attention has heads of 64 channels, and every block of a level has it.
/// </summary>
public sealed partial class DhariwalUNet : UNet
{
    private const float Epsilon = 1e-5f;
    internal const int ChannelsPerHead = 64;
    private static readonly LayerStart _start = new(StartRule.KaimingUniform, Math.Sqrt(1.0 / 3), Math.Sqrt(1.0 / 3));
    private static readonly LayerStart _startZero = new(StartRule.KaimingUniform, 0, 0);

    private readonly LinearLayer? _mapAugment;
    private readonly LinearLayer _mapLayer0;
    private readonly LinearLayer _mapLayer1;
    private readonly LinearLayer? _mapLabel;
    private readonly ConvolutionLayer _first;
    private readonly List<UNetBlock> _encoder = [];
    private readonly List<(UNetBlock Block, bool TakesSkip)> _decoder = [];
    private readonly GroupNormLayer _lastNorm;
    private readonly ConvolutionLayer _last;

    /// <summary>Declares the network; no device is needed.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="EdmException">Such a network cannot be built; names the option.</exception>
    public DhariwalUNet(DhariwalUNetOptions options)
        : base(options)
    {
        int channels = options.ModelChannels, embedding = channels * options.ChannelMultEmb, levels = options.ChannelMult.Count;
        _mapAugment = options.AugmentDim > 0 ? Linear("map_augment", options.AugmentDim, channels, _startZero, bias: false,
            more: LayerCost.Keeping(options.AugmentDim, channels)) : null;
        _mapLayer0 = Linear("map_layer0", channels, embedding, _start, more: LayerCost.Keeping(channels, embedding));
        _mapLayer1 = Linear("map_layer1", embedding, embedding, _start, more: LayerCost.Keeping(embedding));
        var startLabel = new LayerStart(StartRule.KaimingNormal, Math.Sqrt(options.LabelDim), 0);
        _mapLabel = options.LabelDim > 0 ? Linear("map_label", options.LabelDim, embedding, startLabel, bias: false,
            more: LayerCost.Keeping(options.LabelDim, embedding)) : null;

        var style = new UNetBlockStyle(
            embedding, AdaptiveScale: true, SkipScale: 1f, Epsilon, ChannelsPerHead, ResampleProjection: false, ResampleFilter: null,
            options.Dropout, _start, _startZero, _start);
        var skips = new Stack<int>();
        var current = channels * options.ChannelMult[0];
        _first = Convolution($"enc.{options.LevelName(0)}_conv", options.ImageChannels, current, 3, _start, 0);
        skips.Push(current);
        for (var level = 0; level < levels; level++)
        {
            var name = "enc." + options.LevelName(level);
            if (level > 0)
            {
                _encoder.Add(Block($"{name}_down", style, current, current, level, Resample.Down));
                skips.Push(current);
            }

            for (var i = 0; i < options.BlocksPerLevel; i++)
            {
                var outputs = channels * options.ChannelMult[level];
                _encoder.Add(Block($"{name}_block{i}", style, current, outputs, level, attention: options.HasAttention(level)));
                current = outputs;
                skips.Push(current);
            }
        }

        for (var level = levels - 1; level >= 0; level--)
        {
            var name = "dec." + options.LevelName(level);
            if (level == levels - 1)
            {
                _decoder.Add((Block($"{name}_in0", style, current, current, level, attention: true), false));
                _decoder.Add((Block($"{name}_in1", style, current, current, level), false));
            }
            else
            {
                _decoder.Add((Block($"{name}_up", style, current, current, level, Resample.Up), false));
            }

            for (var i = 0; i <= options.BlocksPerLevel; i++)
            {
                int inputs = current + skips.Pop(), outputs = channels * options.ChannelMult[level];
                var block = Block(
                    $"{name}_block{i}", style, inputs, outputs, level, attention: options.HasAttention(level));
                _decoder.Add((block, true));
                current = outputs;
            }
        }

        _lastNorm = Norm("out_norm", current, Epsilon, 0);
        _last = Convolution("out_conv", current, options.OutputChannels, 3, _startZero, 0);
    }

    /// <inheritdoc/>
    private protected override Tensor Run(
        NetworkPass pass, Tensor x, ReadOnlySpan<float> noiseLabels, Tensor? classLabels, Tensor? augmentLabels)
    {
        var tape = pass.Tape;
        var embedding = Embed(pass, noiseLabels, classLabels, augmentLabels);
        var skips = new Stack<Tensor>();
        var h = _first.Forward(pass, x, moments: true);
        skips.Push(h);
        foreach (var block in _encoder)
        {
            h = block.Forward(pass, h, embedding);
            skips.Push(h);
        }

        // The last skip is the decoder's input too, so it is read once more when its turn comes.
        var isSkip = true;
        foreach (var (block, takesSkip) in _decoder)
        {
            if (takesSkip)
            {
                h = Joined(pass, block, h, skips.Pop(), embedding);
                continue;
            }

            var y = block.Forward(pass, h, embedding);
            if (!isSkip)
            {
                tape.Release(h);
            }

            isSkip = false;
            h = y;
        }

        var result = _last.Forward(pass, h, _lastNorm.Options(pass, silu: true));
        tape.Release(h);
        tape.Release(embedding);
        return result;
    }

    private Tensor Embed(NetworkPass pass, ReadOnlySpan<float> noiseLabels, Tensor? classLabels, Tensor? augmentLabels)
    {
        var tape = pass.Tape;
        var batch = noiseLabels.Length;
        var e = tape.PositionalEmbedding(noiseLabels, Options.ModelChannels, endpoint: false, sineFirst: false);
        if (_mapAugment != null)
        {
            e = tape.Add(e, _mapAugment.Forward(pass, Labels(tape, augmentLabels, batch, Options.AugmentDim)));
        }

        e = _mapLayer1.Forward(pass, tape.Silu(_mapLayer0.Forward(pass, e)));
        if (_mapLabel != null)
        {
            e = tape.Add(e, _mapLabel.Forward(pass, Labels(tape, classLabels, batch, Options.LabelDim)));
        }

        return tape.Silu(e);
    }
}
