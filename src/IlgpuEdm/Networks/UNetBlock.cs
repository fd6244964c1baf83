using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>What a U-Net block is made of.</summary>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Embedding">Channels of the embedding.</param>
/// <param name="Up">Whether it doubles the resolution.</param>
/// <param name="Down">Whether it halves the resolution.</param>
/// <param name="Attention">Whether self-attention follows.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Dropout">Probability of dropout before the second convolution.</param>
internal sealed record UNetBlockOptions(
    int In, int Out, int Embedding, bool Up = false, bool Down = false, bool Attention = false, int Heads = 1, double Dropout = 0);

/// <summary>
/// The residual block of the U-Nets: norm, SiLU, convolution, embedding added, norm, SiLU, dropout, convolution; the sum with the skip
/// path scaled by sqrt(1/2); then, where asked for, self-attention with a residual and scale of its own.
/// </summary>
internal sealed class UNetBlock
{
    private const double AlmostZero = 1e-5;
    private static readonly double _attentionStart = Math.Sqrt(0.2);
    private static readonly float _skipScale = MathF.Sqrt(0.5f);

    private readonly UNetBlockOptions _options;
    private readonly int _layer;
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
    /// <param name="options">What it is made of.</param>
    /// <param name="layer">Its place in the network, which keys its dropout.</param>
    public UNetBlock(ParameterList list, string name, UNetBlockOptions options, int layer)
    {
        _options = options;
        _layer = layer;
        int inputs = options.In, outputs = options.Out;
        _norm0 = new GroupNormLayer(list, name + ".norm0", inputs);
        _conv0 = new ConvolutionLayer(list, name + ".conv0", inputs, outputs, 3);
        _affine = new LinearLayer(list, name + ".affine", options.Embedding, outputs);
        _norm1 = new GroupNormLayer(list, name + ".norm1", outputs);
        _conv1 = new ConvolutionLayer(list, name + ".conv1", outputs, outputs, 3, AlmostZero);
        if (inputs != outputs || options.Up || options.Down)
        {
            _skip = new ConvolutionLayer(list, name + ".skip", inputs, outputs, 1);
        }

        if (options.Attention)
        {
            _norm2 = new GroupNormLayer(list, name + ".norm2", outputs);
            _qkv = new ConvolutionLayer(list, name + ".qkv", outputs, 3 * outputs, 1, _attentionStart, qkv: true);
            _projection = new ConvolutionLayer(list, name + ".proj", outputs, outputs, 1, AlmostZero);
        }
    }

    /// <summary>Output channels.</summary>
    public int Out => _options.Out;

    /// <summary>Runs the block.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x"><c>[N, H, W, In]</c>; stays the caller's.</param>
    /// <param name="embedding"><c>[N, Embedding]</c>.</param>
    /// <returns><c>[N, H, W, Out]</c>, H and W doubled or halved as the options say.</returns>
    public Tensor Forward(NetworkPass pass, Tensor x, Tensor embedding)
    {
        var tape = pass.Tape;
        var h = Resample(tape, _norm0.Forward(pass, x, silu: true));
        var shift = _affine.Forward(pass, embedding);
        var first = _conv0.Forward(pass, h, shift);
        tape.Release(h);
        tape.Release(shift);
        h = _norm1.Forward(pass, first, silu: true);
        tape.Release(first);
        h = tape.Drop(h, (float)_options.Dropout, _layer);
        var skip = x;
        if (_skip != null)
        {
            var input = _options.Up ? tape.Upsample(x) : _options.Down ? tape.Downsample(x) : x;
            skip = _skip.Forward(pass, input);
            if (input != x)
            {
                tape.Release(input);
            }
        }

        var y = _conv1.Forward(pass, h, residual: skip, scale: _skipScale);
        tape.Release(h);
        if (skip != x)
        {
            tape.Release(skip);
        }

        return _options.Attention ? Attend(pass, y) : y;
    }

    private Tensor Attend(NetworkPass pass, Tensor x)
    {
        var tape = pass.Tape;
        var h = _norm2!.Forward(pass, x, silu: false);
        var qkv = _qkv!.Forward(pass, h);
        tape.Release(h);
        var a = tape.Attend(qkv, _options.Heads);
        tape.Release(qkv);
        var y = _projection!.Forward(pass, a, residual: x, scale: _skipScale);
        tape.Release(a);
        tape.Release(x);
        return y;
    }

    private Tensor Resample(Tape tape, Tensor h)
    {
        if (!_options.Up && !_options.Down)
        {
            return h;
        }

        var resampled = _options.Up ? tape.Upsample(h) : tape.Downsample(h);
        tape.Release(h);
        return resampled;
    }
}
