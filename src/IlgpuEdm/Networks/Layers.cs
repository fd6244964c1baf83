using IlgpuEdm.Autodiff;

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
    /// <param name="startWeight">Factor of the first weights.</param>
    /// <param name="qkv">Whether the outputs are queries, keys and values.</param>
    public ConvolutionLayer(
        ParameterList list, string name, int inputs, int outputs, int kernel, double startWeight = 1, bool qkv = false)
    {
        _weight = list.Add(
            name + ".weight", qkv ? ParameterLayout.QkvConvolution : ParameterLayout.Convolution,
            ParameterStart.Xavier(inputs * kernel * kernel, outputs * kernel * kernel, startWeight), kernel, kernel, inputs, outputs);
        _bias = list.Add(name + ".bias", qkv ? ParameterLayout.QkvVector : ParameterLayout.Vector, ParameterStart.Zero, outputs);
    }

    public Tensor Forward(NetworkPass pass, Tensor x, Tensor? shift = null, Tensor? residual = null, float scale = 1f) =>
        pass.Tape.Convolve(x, pass[_weight], pass[_bias], shift, residual, scale);
}

/// <summary>A linear layer.</summary>
internal sealed class LinearLayer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <summary>Declares the parameters <c>name.weight</c> and, if wanted, <c>name.bias</c>.</summary>
    public LinearLayer(ParameterList list, string name, int inputs, int outputs, bool bias = true)
    {
        _weight = list.Add(name + ".weight", ParameterLayout.Linear, ParameterStart.Xavier(inputs, outputs), inputs, outputs);
        _bias = bias ? list.Add(name + ".bias", ParameterLayout.Vector, ParameterStart.Zero, outputs) : null;
    }

    public Tensor Forward(NetworkPass pass, Tensor x) => pass.Tape.Linear(x, pass[_weight], _bias == null ? null : pass[_bias]);
}

/// <summary>A group norm with min(32, channels / 4) groups.</summary>
internal sealed class GroupNormLayer
{
    private const float Epsilon = 1e-6f;
    private readonly Parameter _gamma;
    private readonly Parameter _beta;
    private readonly int _groups;

    /// <summary>Declares the parameters <c>name.weight</c> and <c>name.bias</c>.</summary>
    public GroupNormLayer(ParameterList list, string name, int channels)
    {
        _groups = GroupsOf(channels);
        _gamma = list.Add(name + ".weight", ParameterLayout.Vector, ParameterStart.One, channels);
        _beta = list.Add(name + ".bias", ParameterLayout.Vector, ParameterStart.Zero, channels);
    }

    /// <summary>Groups of so many channels, at least four channels each.</summary>
    public static int GroupsOf(int channels) => Math.Min(32, channels / 4);

    public Tensor Forward(NetworkPass pass, Tensor x, bool silu) =>
        pass.Tape.Normalize(x, pass[_gamma], pass[_beta], _groups, Epsilon, silu);
}
