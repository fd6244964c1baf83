using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Metrics;

/// <summary>
/// A residual convolutional network that tells classes apart: a convolution at full resolution, then levels of half the resolution each
/// with pre-activated residual blocks; norm, SiLU, a 1x1 convolution to the features, SiLU, their mean over the pixels; a linear layer.
/// </summary>
/// <remarks>
/// The norms have few groups, and none stands right before the mean: both would hide from the last layer how strong a feature is.
/// </remarks>
internal sealed class ClassifierNetwork
{
    /// <summary>Groups of every norm.</summary>
    public const int Groups = 4;

    /// <summary>What every norm adds to the variance.</summary>
    public const float Epsilon = 1e-6f;

    /// <summary>How the layers start.</summary>
    public static readonly LayerStart Start = new(StartRule.XavierUniform, 1, 0);

    private readonly ClassifierOptions _options;
    private readonly ConvolutionLayer _stem;
    private readonly GroupNormLayer _stemNorm;
    private readonly ClassifierBlock[] _blocks;
    private readonly GroupNormLayer _norm;
    private readonly ConvolutionLayer _features;
    private readonly LinearLayer _classes;

    /// <summary>Declares the parameters; no device is needed.</summary>
    /// <exception cref="EdmException">An option is wrong.</exception>
    public ClassifierNetwork(ClassifierOptions options)
    {
        options.Validate();
        _options = options;
        _stem = new ConvolutionLayer(Parameters, "stem", options.ImageChannels, options.Channels, 3, Start);
        _stemNorm = new GroupNormLayer(Parameters, "stem_norm", options.Channels, Epsilon, Groups);
        _blocks = new ClassifierBlock[options.Halvings * options.BlocksPerLevel];
        for (var i = 0; i < _blocks.Length; i++)
        {
            int level = 1 + i / options.BlocksPerLevel, place = i % options.BlocksPerLevel;
            var inputs = options.ChannelsOf(place == 0 ? level - 1 : level);
            _blocks[i] = new ClassifierBlock(Parameters, $"level{level}_block{place}", inputs, options.ChannelsOf(level));
        }

        var last = options.ChannelsOf(options.Halvings);
        _norm = new GroupNormLayer(Parameters, "norm", last, Epsilon, Groups);
        _features = new ConvolutionLayer(Parameters, "features", last, options.Features, 1, Start);
        _classes = new LinearLayer(Parameters, "classes", options.Features, options.Classes, Start);
    }

    /// <summary>All parameters.</summary>
    public ParameterList Parameters { get; } = new();

    /// <summary>What the classes are told from.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x">Images on the scale [-1, 1], padded, <c>[N, PaddedHeight, PaddedWidth, ImageChannels]</c>.</param>
    /// <returns><c>[N, Features]</c>.</returns>
    public Tensor Features(NetworkPass pass, Tensor x)
    {
        var tape = pass.Tape;
        x = Replace(tape, _stem.Forward(pass, x), v => tape.Normalize(v, _stemNorm.Options(pass, silu: true)));
        for (var i = 0; i < _blocks.Length; i++)
        {
            if (i % _options.BlocksPerLevel == 0)
            {
                x = Replace(tape, x, v => tape.Downsample(v));
            }

            var block = _blocks[i];
            x = Replace(tape, x, v => block.Forward(pass, v));
        }

        x = Replace(tape, x, v => _features.Forward(pass, v, _norm.Options(pass, silu: true)));
        x = Replace(tape, x, tape.Silu);
        return Replace(tape, x, tape.MeanPixels);
    }

    /// <summary>One number a class, whose softmax are the probabilities.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="features"><c>[N, Features]</c>.</param>
    /// <returns><c>[N, Classes]</c>.</returns>
    public Tensor Logits(NetworkPass pass, Tensor features) => _classes.Forward(pass, features);

    private static Tensor Replace(Tape tape, Tensor x, Func<Tensor, Tensor> operation)
    {
        var y = operation(x);
        tape.Release(x);
        return y;
    }
}

/// <summary>A residual block: twice norm, SiLU and convolution; the sum with the skip path scaled by sqrt(1/2).</summary>
internal sealed class ClassifierBlock
{
    private static readonly float _skipScale = MathF.Sqrt(0.5f);
    private readonly GroupNormLayer _norm0;
    private readonly ConvolutionLayer _conv0;
    private readonly GroupNormLayer _norm1;
    private readonly ConvolutionLayer _conv1;
    private readonly ConvolutionLayer? _skip;

    /// <summary>Declares the block's parameters.</summary>
    public ClassifierBlock(ParameterList list, string name, int inputs, int outputs)
    {
        _norm0 = new GroupNormLayer(list, name + ".norm0", inputs, ClassifierNetwork.Epsilon, ClassifierNetwork.Groups);
        _conv0 = new ConvolutionLayer(list, name + ".conv0", inputs, outputs, 3, ClassifierNetwork.Start);
        _norm1 = new GroupNormLayer(list, name + ".norm1", outputs, ClassifierNetwork.Epsilon, ClassifierNetwork.Groups);
        _conv1 = new ConvolutionLayer(list, name + ".conv1", outputs, outputs, 3, ClassifierNetwork.Start);
        _skip = inputs == outputs ? null : new ConvolutionLayer(list, name + ".skip", inputs, outputs, 1, ClassifierNetwork.Start);
    }

    /// <summary>Runs the block; x stays the caller's.</summary>
    public Tensor Forward(NetworkPass pass, Tensor x)
    {
        var tape = pass.Tape;
        var h = _conv0.Forward(pass, x, _norm0.Options(pass, silu: true), moments: true);
        var skip = _skip?.Forward(pass, x) ?? x;
        var y = _conv1.Forward(pass, h, _norm1.Options(pass, silu: true), residual: skip, scale: _skipScale, moments: true);
        tape.Release(h);
        if (_skip != null)
        {
            tape.Release(skip);
        }

        return y;
    }
}
