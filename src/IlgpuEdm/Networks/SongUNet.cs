using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>
/// The U-Net of Song et al. in its DDPM++ form (positional noise embedding, standard encoder and decoder, [1, 1] resampling), as EDM
/// trains it (Karras et al. 2022, appendix F.5). Names and order of the parameters are the reference implementation's.
/// </summary>
public sealed class SongUNet
{
    private const int EmbeddingMult = 4;
    private const double AlmostZero = 1e-5;

    private readonly LinearLayer? _mapLabel;
    private readonly LinearLayer? _mapAugment;
    private readonly LinearLayer _mapLayer0;
    private readonly LinearLayer _mapLayer1;
    private readonly ConvolutionLayer _first;
    private readonly List<UNetBlock> _encoder = [];
    private readonly List<(UNetBlock Block, bool TakesSkip)> _decoder = [];
    private readonly GroupNormLayer _lastNorm;
    private readonly ConvolutionLayer _last;

    /// <summary>Declares the network; no device is needed.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="EdmException">Such a network cannot be built; names the option.</exception>
    public SongUNet(SongUNetOptions options)
    {
        options.Validate();
        Options = options;
        var list = Parameters;
        int channels = options.ModelChannels, embedding = channels * EmbeddingMult, layer = 0;
        _mapLabel = options.LabelDim > 0 ? new LinearLayer(list, "map_label", options.LabelDim, channels) : null;
        _mapAugment = options.AugmentDim > 0 ? new LinearLayer(list, "map_augment", options.AugmentDim, channels, bias: false) : null;
        _mapLayer0 = new LinearLayer(list, "map_layer0", channels, embedding);
        _mapLayer1 = new LinearLayer(list, "map_layer1", embedding, embedding);

        var levels = options.ChannelMult.Count;
        var skips = new Stack<int>();
        var current = channels;
        _first = new ConvolutionLayer(list, $"enc.{LevelName(0)}_conv", options.ImageChannels, channels, 3);
        skips.Push(current);
        for (var level = 0; level < levels; level++)
        {
            if (level > 0)
            {
                _encoder.Add(Block($"enc.{LevelName(level)}_down", current, current, down: true));
                skips.Push(current);
            }

            for (var i = 0; i < options.BlocksPerLevel; i++)
            {
                var outputs = channels * options.ChannelMult[level];
                _encoder.Add(Block($"enc.{LevelName(level)}_block{i}", current, outputs, attention: HasAttention(level)));
                current = outputs;
                skips.Push(current);
            }
        }

        for (var level = levels - 1; level >= 0; level--)
        {
            if (level == levels - 1)
            {
                _decoder.Add((Block($"dec.{LevelName(level)}_in0", current, current, attention: true), false));
                _decoder.Add((Block($"dec.{LevelName(level)}_in1", current, current), false));
            }
            else
            {
                _decoder.Add((Block($"dec.{LevelName(level)}_up", current, current, up: true), false));
            }

            for (var i = 0; i <= options.BlocksPerLevel; i++)
            {
                var outputs = channels * options.ChannelMult[level];
                var attention = i == options.BlocksPerLevel && HasAttention(level);
                _decoder.Add((Block($"dec.{LevelName(level)}_block{i}", current + skips.Pop(), outputs, attention: attention), true));
                current = outputs;
            }
        }

        _lastNorm = new GroupNormLayer(list, $"dec.{LevelName(0)}_aux_norm", current);
        _last = new ConvolutionLayer(list, $"dec.{LevelName(0)}_aux_conv", current, options.ImageChannels, 3, AlmostZero);

        UNetBlock Block(string name, int inputs, int outputs, bool up = false, bool down = false, bool attention = false) =>
            new(list, name, new UNetBlockOptions(inputs, outputs, embedding, up, down, attention, Dropout: options.Dropout), layer++);
    }

    /// <summary>What the network is made of.</summary>
    public SongUNetOptions Options { get; }

    /// <summary>Its parameters.</summary>
    public ParameterList Parameters { get; } = new();

    /// <summary>Runs the network: F in <c>D(x; sigma) = c_skip x + c_out F(c_in x; c_noise)</c>.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x">Scaled noisy images, <c>[N, H, W, C]</c>.</param>
    /// <param name="noiseLabels">c_noise of each image.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns>As x.</returns>
    public Tensor Forward(
        NetworkPass pass, Tensor x, ReadOnlySpan<float> noiseLabels, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        var tape = pass.Tape;
        var embedding = Embed(pass, noiseLabels, classLabels, augmentLabels);
        var skips = new Stack<Tensor>();
        var h = _first.Forward(pass, x);
        skips.Push(h);
        foreach (var block in _encoder)
        {
            h = block.Forward(pass, h, embedding);
            skips.Push(h);
        }

        // The last skip is the decoder's input too, so it is read once more when its turn comes.
        var released = false;
        foreach (var (block, takesSkip) in _decoder)
        {
            var input = h;
            if (takesSkip)
            {
                var skip = skips.Pop();
                input = tape.Concatenate(h, skip);
                tape.Release(h);
                tape.Release(skip);
            }

            var y = block.Forward(pass, input, embedding);
            if (released || takesSkip)
            {
                tape.Release(input);
            }

            released = true;
            h = y;
        }

        var last = _lastNorm.Forward(pass, h, silu: true);
        tape.Release(h);
        tape.Release(embedding);
        var result = _last.Forward(pass, last);
        tape.Release(last);
        return result;
    }

    private Tensor Embed(NetworkPass pass, ReadOnlySpan<float> noiseLabels, Tensor? classLabels, Tensor? augmentLabels)
    {
        var tape = pass.Tape;
        var batch = noiseLabels.Length;
        var e = tape.PositionalEmbedding(noiseLabels, Options.ModelChannels, endpoint: true, sineFirst: true);
        if (_mapLabel != null)
        {
            // One-hot vectors are scaled to the variance of the other inputs.
            var factors = new float[batch];
            Array.Fill(factors, MathF.Sqrt(Options.LabelDim));
            e = tape.Add(e, _mapLabel.Forward(pass, tape.CombineImages(classLabels ?? Zeros(Options.LabelDim), null, factors, default)));
        }

        if (_mapAugment != null)
        {
            e = tape.Add(e, _mapAugment.Forward(pass, augmentLabels ?? Zeros(Options.AugmentDim)));
        }

        e = tape.Silu(_mapLayer0.Forward(pass, e));
        return tape.Silu(_mapLayer1.Forward(pass, e));

        Tensor Zeros(int size) => tape.From(new float[batch * size], batch, size);
    }

    private string LevelName(int level) => $"{Options.Height >> level}x{Options.Width >> level}";

    private bool HasAttention(int level) =>
        Options.AttentionResolutions.Contains(Math.Max(Options.Height, Options.Width) >> level);
}
