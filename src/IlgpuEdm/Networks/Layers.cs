using IlgpuEdm.Autodiff;
using IlgpuEdm.Formats.Onnx;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Normalization;

namespace IlgpuEdm.Networks;

/// <summary>A convolution with stride 1 and zero padding.</summary>
internal sealed class ConvolutionLayer
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Declares the parameters <c>name.weight</c> and <c>name.bias</c>.</summary>
    /// <param name="list">Where to declare them.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">1 or 3.</param>
    /// <param name="start">How weights and biases start.</param>
    /// <param name="qkv">Whether the outputs are queries, keys and values.</param>
    public ConvolutionLayer(
        ParameterList list, string name, int inputs, int outputs, int kernel, LayerStart start, bool qkv = false)
    {
        int fanIn = inputs * kernel * kernel, fanOut = outputs * kernel * kernel;
        _weight = list.Add(
            name + ".weight", qkv ? ParameterLayout.QkvConvolution : ParameterLayout.Convolution, start.Weights(fanIn, fanOut),
            kernel, kernel, inputs, outputs);
        _bias = list.Add(
            name + ".bias", qkv ? ParameterLayout.QkvVector : ParameterLayout.Vector, start.Biases(fanIn, fanOut), outputs);
    }

    /// <summary>The weights, <c>[k, k, in, out]</c>.</summary>
    public Parameter Weight => _weight;

    /// <summary>The biases, <c>[out]</c>.</summary>
    public Parameter Bias => _bias;

    // Of x or, where there is a norm, of the normalised x; where another norm follows, its moments are gathered on the way.
    public Tensor Forward(
        NetworkPass pass, Joined x, GroupNormOptions? norm = null, Tensor? shift = null, Tensor? residual = null, float scale = 1f,
        bool moments = false) =>
        Convolution.Apply(pass.Tape, x, norm, pass[_weight], pass[_bias], shift, residual, scale, moments);

    /// <summary>Adds the layer to a graph; the result may have a border beyond the images.</summary>
    public OnnxValue Export(OnnxPass pass, OnnxValue x, int border = 0) =>
        x.Convolve(pass[_weight], pass[_bias], _weight.Shape[0] / 2 + border);

    public LayerCost Cost(int height, int width) =>
        PassingCost(height, width) + LayerCost.Keeping((long)_weight.Shape[3] * height * width);

    /// <summary>The cost where the output is not kept.</summary>
    public LayerCost PassingCost(int height, int width)
    {
        long pixels = (long)height * width, inputs = _weight.Shape[2], outputs = _weight.Shape[3];
        var shape = new ConvolutionShape
        {
            Height = height,
            Width = width,
            In = (int)inputs,
            Out = (int)outputs,
            Kernel = _weight.Shape[0],
        };
        return new LayerCost((double)_weight.Length * pixels, [], (inputs + outputs) * pixels,
            (batch, workItems) => ConvolutionLaunch.ScratchFloats(shape with { Batch = batch }, workItems));
    }
}

/// <summary>A linear layer.</summary>
internal sealed class LinearLayer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Declares the parameters <c>name.weight</c> and, if wanted, <c>name.bias</c>.</summary>
    public LinearLayer(ParameterList list, string name, int inputs, int outputs, LayerStart start, bool bias = true)
    {
        _weight = list.Add(name + ".weight", ParameterLayout.Linear, start.Weights(inputs, outputs), inputs, outputs);
        _bias = bias ? list.Add(name + ".bias", ParameterLayout.Vector, start.Biases(inputs, outputs), outputs) : null;
    }

    public Tensor Forward(NetworkPass pass, Tensor x) => pass.Tape.Linear(x, pass[_weight], _bias == null ? null : pass[_bias]);

    /// <summary>Adds the layer to a graph.</summary>
    public OnnxValue Export(OnnxPass pass, OnnxValue x) => x.Linear(pass[_weight], _bias == null ? null : pass[_bias]);

    public LayerCost Cost() => new(_weight.Length, [_weight.Shape[1]], scratch: (batch, workItems) =>
        Matmul.ScratchFloats(batch, _weight.Shape[0], _weight.Shape[1], workItems));
}

/// <summary>A group norm, with min(32, channels / 4) groups if nothing else is asked for.</summary>
internal sealed class GroupNormLayer
{
    private readonly Parameter _gamma;
    private readonly Parameter _beta;
    private readonly int _groups;
    private readonly float _epsilon;

    /// <summary>Declares the parameters <c>name.weight</c> and <c>name.bias</c>.</summary>
    /// <exception cref="EdmException">So many channels cannot be grouped.</exception>
    public GroupNormLayer(ParameterList list, string name, int channels, float epsilon, int? groups = null)
    {
        _groups = groups ?? Math.Min(32, channels / 4);
        _epsilon = epsilon;
        if (_groups == 0 || channels % _groups != 0)
        {
            throw new EdmException(
                $"{list.Origin} has a layer of {channels} channels ({name}), "
                + (_groups == 0 ? "fewer than the 4 of a norm group" : $"which {_groups} norm groups do not divide")
                + "; multiples of 4 up to 128, or of 32, do");
        }

        _gamma = list.Add(name + ".weight", ParameterLayout.Vector, ParameterStart.One, channels);
        _beta = list.Add(name + ".bias", ParameterLayout.Vector, ParameterStart.Zero, channels);
    }

    /// <summary>The norm, for the convolution that applies it.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <param name="scaleShift">Scales and shifts that an image's embedding says, or null.</param>
    public GroupNormOptions Options(NetworkPass pass, bool silu, Tensor? scaleShift = null) =>
        new(pass[_gamma], pass[_beta], _groups, _epsilon, silu, scaleShift);

    /// <summary>Adds the norm to a graph.</summary>
    /// <param name="pass">Graph and parameters.</param>
    /// <param name="x">The images.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <param name="scaleShift">Scales and shifts that an image's embedding says, or null.</param>
    public OnnxValue Export(OnnxPass pass, OnnxValue x, bool silu, OnnxValue? scaleShift = null)
    {
        var y = x.Normalize(_groups, _epsilon) * pass[_gamma].Reshape(-1, 1, 1) + pass[_beta].Reshape(-1, 1, 1);
        if (scaleShift?.Split(axis: 1, parts: 2) is [var scale, var shift])
        {
            y = y * (scale + 1f).OfEachPixel() + shift.OfEachPixel();
        }

        return silu ? y.Silu() : y;
    }

    /// <summary>The cost of the norm where the convolution applies it.</summary>
    public LayerCost Cost(int height, int width)
    {
        long channels = _gamma.Length, size = channels * height * width;
        return new LayerCost(0, [channels * GroupNormForward.CoefficientRows], 2 * size);
    }

    /// <summary>The cost of the norm as a pass of its own.</summary>
    public LayerCost StoredCost(int height, int width) => Cost(height, width) + LayerCost.Keeping((long)_gamma.Length * height * width);
}
