using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>What the blocks of a network have in common.</summary>
/// <param name="Embedding">Channels of the embedding.</param>
/// <param name="AdaptiveScale">Whether the embedding scales and shifts after the norm, rather than shift before it.</param>
/// <param name="SkipScale">Factor of each residual sum.</param>
/// <param name="Epsilon">What norms add to the variance.</param>
/// <param name="ChannelsPerHead">Channels of an attention head; 0 for one head of all.</param>
/// <param name="ResampleProjection">Whether a skip path that resamples is always projected by a 1x1 convolution.</param>
/// <param name="ResampleFilter">Filter of up- and downsampling; null for [1, 1].</param>
/// <param name="Dropout">Probability of dropout before the second convolution.</param>
/// <param name="Start">How layers start.</param>
/// <param name="StartZero">How the last layers of a residual branch start: at or near zero.</param>
/// <param name="StartAttention">How the layer of queries, keys and values starts.</param>
internal sealed record UNetBlockStyle(
    int Embedding, bool AdaptiveScale, float SkipScale, float Epsilon, int ChannelsPerHead, bool ResampleProjection,
    IReadOnlyList<int>? ResampleFilter, double Dropout, LayerStart Start, LayerStart StartZero, LayerStart StartAttention);

/// <summary>What a block changes about the resolution.</summary>
internal enum Resample
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Doubles it.</summary>
    Up,

    /// <summary>Halves it.</summary>
    Down,
}

/// <summary>
/// The residual block of the U-Nets: norm, SiLU, convolution, embedding, norm, SiLU, dropout, convolution; the sum with the skip path,
/// scaled; then, where asked for, self-attention with a residual and scale of its own (Karras et al. 2022, appendix F.5).
/// </summary>
internal sealed partial class UNetBlock
{
    private readonly UNetBlockStyle _style;
    private readonly Resample _resample;
    private readonly int _layer;
    private readonly int _heads;
    private readonly GroupNormLayer _norm0;
    private readonly ConvolutionLayer _conv0;
    private readonly LinearLayer _affine;
    private readonly GroupNormLayer _norm1;
    private readonly ConvolutionLayer _conv1;
    private readonly ConvolutionLayer? _skip;
    private readonly GroupNormLayer? _norm2;
    private readonly ConvolutionLayer? _qkv;
    private readonly ConvolutionLayer? _projection;

    /// <summary>Declares the block's parameters.</summary>
    /// <param name="list">Where to declare them.</param>
    /// <param name="name">The block's name.</param>
    /// <param name="style">What it has in common with the network's other blocks.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="resample">Whether it changes the resolution.</param>
    /// <param name="attention">Whether self-attention follows; not where the channels are too few for a head.</param>
    /// <param name="layer">Its place in the network, which keys its dropout.</param>
    public UNetBlock(
        ParameterList list, string name, UNetBlockStyle style, int inputs, int outputs, Resample resample, bool attention, int layer)
    {
        _style = style;
        _resample = resample;
        _layer = layer;
        _heads = !attention ? 0 : style.ChannelsPerHead == 0 ? 1 : outputs / style.ChannelsPerHead;
        In = inputs;
        Out = outputs;
        _norm0 = new GroupNormLayer(list, name + ".norm0", inputs, style.Epsilon);
        _conv0 = new ConvolutionLayer(list, name + ".conv0", inputs, outputs, 3, style.Start);
        _affine = new LinearLayer(list, name + ".affine", style.Embedding, outputs * (style.AdaptiveScale ? 2 : 1), style.Start);
        _norm1 = new GroupNormLayer(list, name + ".norm1", outputs, style.Epsilon);
        _conv1 = new ConvolutionLayer(list, name + ".conv1", outputs, outputs, 3, style.StartZero);
        if (inputs != outputs || (resample != Resample.None && style.ResampleProjection))
        {
            _skip = new ConvolutionLayer(list, name + ".skip", inputs, outputs, 1, style.Start);
        }

        if (_heads > 0)
        {
            if (outputs % _heads != 0)
            {
                throw new EdmException($"{list.Origin} has {outputs} channels ({name}), which {_heads} attention heads do not divide");
            }

            _norm2 = new GroupNormLayer(list, name + ".norm2", outputs, style.Epsilon);
            _qkv = new ConvolutionLayer(list, name + ".qkv", outputs, 3 * outputs, 1, style.StartAttention, qkv: true);
            _projection = new ConvolutionLayer(list, name + ".proj", outputs, outputs, 1, style.StartZero);
        }
    }

    /// <summary>Input channels.</summary>
    public int In { get; }

    /// <summary>Output channels.</summary>
    public int Out { get; }

    /// <summary>Runs the block.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x"><c>[N, H, W, In]</c>; stays the caller's.</param>
    /// <param name="embedding"><c>[N, Embedding]</c>.</param>
    /// <returns><c>[N, H, W, Out]</c>, H and W doubled or halved as the options say.</returns>
    public Tensor Forward(NetworkPass pass, Joined x, Tensor embedding) => !pass.Checkpointing
        ? Run(pass, x, embedding)
        : pass.Tape.Checkpointed(
            [x.First, x.Second, embedding, pass[_conv0.Weight]], tape => Run(pass with { Tape = tape }, x, embedding));

    private Tensor Run(NetworkPass pass, Joined x, Tensor embedding)
    {
        var tape = pass.Tape;
        var affine = _affine.Forward(pass, embedding);
        var h = First(pass, x, _style.AdaptiveScale ? null : affine);
        var skip = Skip(pass, x);
        var y = Second(pass, h, _norm1.Options(pass, silu: true, _style.AdaptiveScale ? affine : null), skip);
        tape.Release(affine);
        tape.Release(h);
        if (skip != x.First)
        {
            tape.Forget(skip);
        }

        return _heads > 0 ? Attend(pass, y) : y;
    }

    /// <summary>What the block costs.</summary>
    /// <param name="height">Rows of its output.</param>
    /// <param name="width">Pixels of a row of its output.</param>
    public LayerCost Cost(int height, int width)
    {
        var (inputHeight, inputWidth) = _resample switch
        {
            Resample.Up => (height / 2, width / 2),
            Resample.Down => (height * 2, width * 2),
            _ => (height, width),
        };
        long pixels = (long)height * width, size = Out * pixels;
        var resampled = _resample == Resample.None ? LayerCost.None : LayerCost.Keeping(In * pixels);
        var cost = _resample == Resample.None ? _norm0.Cost(inputHeight, inputWidth) : _norm0.StoredCost(inputHeight, inputWidth);

        // While the gradient of a normalised input is made, it is there twice, beside the output's and the skip path's.
        cost += new LayerCost(0, [], (2L * In + Out) * pixels) + resampled + _affine.Cost() + _conv0.Cost(height, width) + resampled
            + (_style.Dropout > 0 ? _norm1.StoredCost(height, width) : _norm1.Cost(height, width));
        if (_style.Dropout > 0)
        {
            cost += LayerCost.Keeping(size);
        }

        cost += (_skip?.PassingCost(height, width) ?? LayerCost.None) + _conv1.Cost(height, width);
        return _heads == 0 ? cost : cost + AttentionCost(height, width);
    }

    // While the gradients of queries, keys and values are made, those of both sides of the residual are there.
    private LayerCost AttentionCost(int height, int width)
    {
        int pixels = height * width, perHead = Out / _heads;
        long size = (long)Out * pixels;
        return _norm2!.Cost(height, width) + _qkv!.Cost(height, width) + _projection!.Cost(height, width) + new LayerCost(
            2.0 * Out * pixels * pixels, [Attention.KeptFloats(_heads, pixels), size], 5 * size,
            (batch, workItems) => Attention.ScratchFloats(batch, _heads, pixels, perHead, workItems));
    }

    private Tensor First(NetworkPass pass, Joined x, Tensor? shift)
    {
        var norm = _norm0.Options(pass, silu: true);
        if (_resample == Resample.None)
        {
            return _conv0.Forward(pass, x, norm, shift, moments: true);
        }

        var tape = pass.Tape;
        var input = x.Whole(tape);
        var h = Resampled(tape, tape.Normalize(input, norm), release: true);
        if (input != x.First)
        {
            tape.Release(input);
        }

        var y = _conv0.Forward(pass, h, shift: shift, moments: true);
        tape.Release(h);
        return y;
    }

    private Tensor Second(NetworkPass pass, Tensor x, GroupNormOptions norm, Tensor skip)
    {
        var tape = pass.Tape;
        if (_style.Dropout == 0 || tape.DropoutKey == null)
        {
            return _conv1.Forward(pass, x, norm, residual: skip, scale: _style.SkipScale, moments: true);
        }

        var h = tape.Drop(tape.Normalize(x, norm), (float)_style.Dropout, _layer);
        var y = _conv1.Forward(pass, h, residual: skip, scale: _style.SkipScale, moments: true);
        tape.Release(h);
        return y;
    }

    private Tensor Skip(NetworkPass pass, Joined x)
    {
        var tape = pass.Tape;
        if (_skip != null && _resample == Resample.None)
        {
            return _skip.Forward(pass, x);
        }

        var whole = x.Whole(tape);
        var input = Resampled(tape, whole, release: false);
        if (whole != x.First && whole != input)
        {
            tape.Release(whole);
        }

        if (_skip == null)
        {
            return input;
        }

        var skip = _skip.Forward(pass, input);
        tape.Release(input);
        return skip;
    }

    private Tensor Attend(NetworkPass pass, Tensor x)
    {
        var tape = pass.Tape;
        var qkv = _qkv!.Forward(pass, x, _norm2!.Options(pass, silu: false));
        var a = tape.Attend(qkv, _heads);
        tape.Release(qkv);
        var y = _projection!.Forward(pass, a, residual: x, scale: _style.SkipScale, moments: true);
        tape.Release(a);
        tape.Release(x);
        return y;
    }

    private Tensor Resampled(Tape tape, Tensor x, bool release)
    {
        if (_resample == Resample.None)
        {
            return x;
        }

        var y = _resample == Resample.Up ? tape.Upsample(x, _style.ResampleFilter) : tape.Downsample(x, _style.ResampleFilter);
        if (release)
        {
            tape.Forget(x);
        }

        return y;
    }
}
