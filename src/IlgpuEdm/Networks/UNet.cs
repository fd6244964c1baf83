using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Networks;

/// <summary>
/// A U-Net: F in <c>D(x; sigma) = c_skip x + c_out F(c_in x; c_noise)</c>. It knows its parameters, not their values. Names and order of
/// the parameters are the reference implementation's.
/// </summary>
public abstract class UNet
{
    private readonly List<NetworkLayer> _layers = [];
    private int _blocks;
    private long _listed;

    /// <summary>Starts to declare a network.</summary>
    private protected UNet(UNetOptions options)
    {
        options.ValidateRanges();
        Options = options;
        Parameters = new ParameterList
        {
            Origin = $"--channels {options.ModelChannels} with --mult {string.Join(",", options.ChannelMult)}",
        };
    }

    /// <summary>What the network is made of.</summary>
    public UNetOptions Options { get; }

    /// <summary>Its parameters.</summary>
    public ParameterList Parameters { get; }

    /// <summary>The weights of its last layer, a convolution, which is declared last.</summary>
    internal Parameter OutputWeights => Parameters.All.Last(parameter => parameter.Layout == ParameterLayout.Convolution);

    /// <summary>Its layers, in the order in which they run; a block is one.</summary>
    public IReadOnlyList<NetworkLayer> Layers => _layers;

    /// <summary>What one image costs: the forward pass, and the activations that training keeps.</summary>
    public LayerCost Cost => _layers.Aggregate(LayerCost.None, (sum, layer) => sum + layer.Cost);

    /// <summary>Runs the network.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x">Scaled noisy images, <c>[N, H, W, ImageChannels]</c>.</param>
    /// <param name="noiseLabels">c_noise of each image.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns><c>[N, H, W, OutputChannels]</c>.</returns>
    public Tensor Forward(
        NetworkPass pass, Tensor x, ReadOnlySpan<float> noiseLabels, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        var tape = pass.Tape;
        var stored = tape.Store(x, tape.Device.Precision == Precision.Bf16 ? TensorStorage.BFloat16 : TensorStorage.Float32);
        var f = Run(pass, stored, noiseLabels, classLabels, augmentLabels);
        if (stored == x)
        {
            return f;
        }

        tape.Release(stored);
        var y = tape.Store(f, TensorStorage.Float32);
        tape.Release(f);
        return y;
    }

    /// <summary>As <see cref="Forward"/>, on images that are stored as the network's activations are.</summary>
    private protected abstract Tensor Run(
        NetworkPass pass, Tensor x, ReadOnlySpan<float> noiseLabels, Tensor? classLabels, Tensor? augmentLabels);

    /// <summary>Adds the network to a graph, as <see cref="Forward"/> runs it.</summary>
    /// <param name="pass">Graph and parameters.</param>
    /// <param name="x">Scaled noisy images, <c>[N, ImageChannels, H, W]</c>.</param>
    /// <param name="noiseLabels">c_noise of each image, <c>[N, 1]</c>.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null for a network without.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c> or <c>[1, AugmentDim]</c>; null for a network without.</param>
    /// <returns><c>[N, OutputChannels, H, W]</c>.</returns>
    internal abstract OnnxValue Export(
        OnnxPass pass, OnnxValue x, OnnxValue noiseLabels, OnnxValue? classLabels, OnnxValue? augmentLabels);

    /// <summary>Declares a block and lists it.</summary>
    private protected UNetBlock Block(
        string name, UNetBlockStyle style, int inputs, int outputs, int level, Resample resample = Resample.None, bool attention = false)
    {
        var block = new UNetBlock(Parameters, name, style, inputs, outputs, resample, attention, _blocks++);
        var (height, width) = (Options.Height >> level, Options.Width >> level);
        List(name, block.Cost(height, width), height, width, outputs);
        _layers[^1] = _layers[^1] with { IsBlock = true };
        return block;
    }

    /// <summary>Declares a convolution and lists it with what comes with it; its images may have a border beyond the level's.</summary>
    private protected ConvolutionLayer Convolution(
        string name, int inputs, int outputs, int kernel, LayerStart start, int level, int border = 0, LayerCost? more = null)
    {
        var layer = new ConvolutionLayer(Parameters, name, inputs, outputs, kernel, start);
        var (height, width) = (Options.Height >> level, Options.Width >> level);
        List(name, layer.Cost(height + 2 * border, width + 2 * border) + (more ?? LayerCost.None), height, width, outputs);
        return layer;
    }

    /// <summary>Declares a linear layer and lists it with what comes with it.</summary>
    private protected LinearLayer Linear(
        string name, int inputs, int outputs, LayerStart start, bool bias = true, LayerCost? more = null)
    {
        var layer = new LinearLayer(Parameters, name, inputs, outputs, start, bias);
        List(name, layer.Cost() + (more ?? LayerCost.None), outputs);
        return layer;
    }

    /// <summary>Declares a norm and lists it.</summary>
    private protected GroupNormLayer Norm(string name, int channels, float epsilon, int level)
    {
        var layer = new GroupNormLayer(Parameters, name, channels, epsilon);
        var (height, width) = (Options.Height >> level, Options.Width >> level);
        List(name, layer.Cost(height, width), height, width, channels);
        return layer;
    }

    /// <summary>Lists what was declared since the last call as one layer.</summary>
    private protected void List(string name, LayerCost cost, params int[] shape)
    {
        var parameters = Parameters.Count;
        _layers.Add(new NetworkLayer(name, shape, parameters - _listed, cost));
        _listed = parameters;
    }

    /// <summary>Runs a block on a decoder's state joined with the encoder's skip; without recording, both go back.</summary>
    private protected static Tensor Joined(NetworkPass pass, UNetBlock block, Tensor h, Tensor skip, Tensor embedding)
    {
        var input = new Joined(h, skip);
        var y = block.Forward(pass, input, embedding);
        input.Release(pass.Tape);
        return y;
    }

    /// <summary>Zeros where labels are left out.</summary>
    internal static Tensor Labels(Tape tape, Tensor? labels, int batch, int size)
    {
        Shapes.Require(Shapes.Has(labels, (long)batch * size), [labels]);
        return labels ?? tape.From(new float[batch * size], batch, size);
    }
}
