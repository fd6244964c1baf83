using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>
/// The U-Net of Song et al. ("Score-based generative modeling", 2021) in its DDPM++ and NCSN++ forms, as EDM trains it (Karras et al.
/// 2022, appendix F.5): positional or Fourier noise embedding; encoder standard, skip or residual; decoder standard or skip.
/// </summary>
public sealed partial class SongUNet : UNet
{
    private const float Epsilon = 1e-6f;
    private static readonly float _rootHalf = MathF.Sqrt(0.5f);
    private static readonly LayerStart _start = new(StartRule.XavierUniform, 1, 0);
    private static readonly LayerStart _startZero = new(StartRule.XavierUniform, 1e-5, 0);
    private static readonly LayerStart _startAttention = new(StartRule.XavierUniform, Math.Sqrt(0.2), 0);

    private readonly SongUNetOptions _options;
    private readonly SongEmbedding _embedding;
    private readonly ConvolutionLayer _first;
    private readonly EncoderLevel[] _encoder;
    private readonly DecoderLevel[] _decoder;

    /// <summary>Declares the network; no device is needed.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="EdmException">Such a network cannot be built; names the option.</exception>
    public SongUNet(SongUNetOptions options)
        : base(options)
    {
        _options = options;
        _embedding = new SongEmbedding(options, Parameters, _start);
        List("map", _embedding.Cost, options.ModelChannels * options.ChannelMultEmb);
        var style = new UNetBlockStyle(
            options.ModelChannels * options.ChannelMultEmb, AdaptiveScale: false, _rootHalf, Epsilon, ChannelsPerHead: 0,
            ResampleProjection: true, options.ResampleFilter, options.Dropout, _start, _startZero, _startAttention);
        var skips = new Stack<int>();
        int current = options.ModelChannels, auxiliary = options.ImageChannels;
        _first = Convolution($"enc.{options.LevelName(0)}_conv", options.ImageChannels, current, 3, _start, 0);
        skips.Push(current);
        _encoder = [.. options.ChannelMult.Select((_, level) => DeclareEncoder(style, level, skips, ref current, ref auxiliary))];
        _decoder = [.. options.ChannelMult.Select((_, i) => DeclareDecoder(style, options.ChannelMult.Count - 1 - i, skips, ref current))];
    }

    /// <inheritdoc/>
    private protected override Tensor Run(
        NetworkPass pass, Tensor x, ReadOnlySpan<float> noiseLabels, Tensor? classLabels, Tensor? augmentLabels)
    {
        var embedding = _embedding.Forward(pass, noiseLabels, classLabels, augmentLabels);
        var skips = new Stack<Tensor>();
        var h = _first.Forward(pass, x, moments: true);
        skips.Push(h);
        var auxiliary = x;
        foreach (var level in _encoder)
        {
            Encode(pass, level, embedding, skips, ref h, ref auxiliary, x);
        }

        if (_options.EncoderType == EncoderType.Skip && auxiliary != x)
        {
            pass.Tape.Release(auxiliary);
        }

        Tensor? output = null;

        // The last skip is the decoder's input too, so it is read once more when its turn comes.
        var isSkip = true;
        foreach (var level in _decoder)
        {
            Decode(pass, level, embedding, skips, ref h, ref isSkip, ref output);
        }

        pass.Tape.Release(h);
        pass.Tape.Release(embedding);
        return output!;
    }

    private EncoderLevel DeclareEncoder(UNetBlockStyle style, int level, Stack<int> skips, ref int current, ref int auxiliary)
    {
        var name = "enc." + _options.LevelName(level);
        UNetBlock? down = null;
        ConvolutionLayer? auxiliaryLayer = null;
        if (level > 0)
        {
            down = Block($"{name}_down", style, current, current, level, Resample.Down);
            skips.Push(current);
            if (_options.EncoderType == EncoderType.Skip)
            {
                auxiliaryLayer = Convolution($"{name}_aux_skip", auxiliary, current, 1, _start, level,
                    more: LayerCost.Keeping((long)auxiliary * _options.Pixels(level)));
            }
            else if (_options.EncoderType == EncoderType.Residual)
            {
                // Its convolution runs before it halves the resolution; of the border that the filter asks for there is a copy.
                var border = _options.ResampleFilter.Count / 2 - 1;
                var padded = (long)(_options.Height / (1 << (level - 1)) + 2 * border) * (_options.Width / (1 << (level - 1)) + 2 * border);
                var smaller = (long)current * _options.Pixels(level);
                auxiliaryLayer = Convolution($"{name}_aux_residual", auxiliary, current, 3, _start, level - 1, border,
                    LayerCost.Keeping(smaller, smaller, border == 0 ? 0 : auxiliary * padded));
                auxiliary = current;
            }
        }

        var blocks = new UNetBlock[_options.BlocksPerLevel];
        for (var i = 0; i < blocks.Length; i++)
        {
            var outputs = _options.ModelChannels * _options.ChannelMult[level];
            blocks[i] = Block($"{name}_block{i}", style, current, outputs, level, attention: _options.HasAttention(level));
            current = outputs;
            skips.Push(current);
        }

        return new EncoderLevel(down, auxiliaryLayer, blocks);
    }

    private void Encode(
        NetworkPass pass, EncoderLevel level, Tensor embedding, Stack<Tensor> skips, ref Tensor h, ref Tensor auxiliary, Tensor image)
    {
        if (level.Down != null)
        {
            h = level.Down.Forward(pass, h, embedding);
            if (level.Auxiliary != null)
            {
                h = _options.EncoderType == EncoderType.Skip
                    ? AddSkip(pass, level.Auxiliary, h, ref auxiliary, image)
                    : auxiliary = AddResidual(pass, level.Auxiliary, h, auxiliary);
            }

            skips.Push(h);
        }

        foreach (var block in level.Blocks)
        {
            h = block.Forward(pass, h, embedding);
            skips.Push(h);
        }
    }

    private Tensor AddSkip(NetworkPass pass, ConvolutionLayer layer, Tensor h, ref Tensor auxiliary, Tensor image)
    {
        var smaller = pass.Tape.Downsample(auxiliary, _options.ResampleFilter);
        if (auxiliary != image)
        {
            pass.Tape.Release(auxiliary);
        }

        auxiliary = smaller;
        var sum = layer.Forward(pass, smaller, residual: h);
        pass.Tape.Release(h);
        return sum;
    }

    private Tensor AddResidual(NetworkPass pass, ConvolutionLayer layer, Tensor h, Tensor auxiliary)
    {
        var tape = pass.Tape;
        var residual = tape.ConvolveDown(auxiliary, pass[layer.Weight], pass[layer.Bias], _options.ResampleFilter);
        var sum = tape.AddScaled(h, residual, _rootHalf);
        tape.Release(h);
        tape.Release(residual);
        return sum;
    }

    private DecoderLevel DeclareDecoder(UNetBlockStyle style, int level, Stack<int> skips, ref int current)
    {
        var name = "dec." + _options.LevelName(level);
        var isLast = level == _options.ChannelMult.Count - 1;
        var inputs = new List<UNetBlock>();
        if (isLast)
        {
            inputs.Add(Block($"{name}_in0", style, current, current, level, attention: true));
            inputs.Add(Block($"{name}_in1", style, current, current, level));
        }
        else
        {
            inputs.Add(Block($"{name}_up", style, current, current, level, Resample.Up));
        }

        var blocks = new UNetBlock[_options.BlocksPerLevel + 1];
        for (var i = 0; i < blocks.Length; i++)
        {
            var outputs = _options.ModelChannels * _options.ChannelMult[level];
            var attention = i == blocks.Length - 1 && _options.HasAttention(level);
            blocks[i] = Block($"{name}_block{i}", style, current + skips.Pop(), outputs, level, attention: attention);
            current = outputs;
        }

        GroupNormLayer? norm = null;
        ConvolutionLayer? output = null;
        if (_options.DecoderType == DecoderType.Skip || level == 0)
        {
            norm = Norm($"{name}_aux_norm", current, Epsilon, level);
            output = Convolution($"{name}_aux_conv", current, _options.OutputChannels, 3, _startZero, level,
                more: isLast || _options.DecoderType != DecoderType.Skip ? null
                    : LayerCost.Keeping((long)_options.OutputChannels * _options.Pixels(level)));
        }

        return new DecoderLevel([.. inputs], blocks, norm, output);
    }

    private void Decode(
        NetworkPass pass, DecoderLevel level, Tensor embedding, Stack<Tensor> skips, ref Tensor h, ref bool isSkip, ref Tensor? output)
    {
        foreach (var block in level.Inputs)
        {
            var y = block.Forward(pass, h, embedding);
            if (!isSkip)
            {
                pass.Tape.Release(h);
            }

            isSkip = false;
            h = y;
        }

        foreach (var block in level.Blocks)
        {
            h = Joined(pass, block, h, skips.Pop(), embedding);
        }

        if (level.Norm != null)
        {
            output = Output(pass, level, h, output);
        }
    }

    private Tensor Output(NetworkPass pass, DecoderLevel level, Tensor h, Tensor? sofar)
    {
        var tape = pass.Tape;
        var larger = sofar == null ? null : tape.Upsample(sofar, _options.ResampleFilter);
        var output = level.Output!.Forward(pass, h, level.Norm!.Options(pass, silu: true), residual: larger);
        if (sofar != null)
        {
            tape.Release(sofar);
            tape.Release(larger!);
        }

        return output;
    }

    private sealed record EncoderLevel(UNetBlock? Down, ConvolutionLayer? Auxiliary, UNetBlock[] Blocks);

    private sealed record DecoderLevel(UNetBlock[] Inputs, UNetBlock[] Blocks, GroupNormLayer? Norm, ConvolutionLayer? Output);
}
