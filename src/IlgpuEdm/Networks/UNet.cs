using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>
/// A U-Net: F in <c>D(x; sigma) = c_skip x + c_out F(c_in x; c_noise)</c>. It knows its parameters, not their values. Names and order of
/// the parameters are the reference implementation's.
/// </summary>
public abstract class UNet
{
    private int _layers;

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

    /// <summary>What one image costs: the forward pass, and the activations that training keeps.</summary>
    public LayerCost Cost { get; private set; }

    /// <summary>Runs the network.</summary>
    /// <param name="pass">Tape and parameters.</param>
    /// <param name="x">Scaled noisy images, <c>[N, H, W, ImageChannels]</c>.</param>
    /// <param name="noiseLabels">c_noise of each image.</param>
    /// <param name="classLabels"><c>[N, LabelDim]</c>; null stands for zeros.</param>
    /// <param name="augmentLabels"><c>[N, AugmentDim]</c>; null stands for zeros.</param>
    /// <returns><c>[N, H, W, OutputChannels]</c>.</returns>
    public abstract Tensor Forward(
        NetworkPass pass, Tensor x, ReadOnlySpan<float> noiseLabels, Tensor? classLabels = null, Tensor? augmentLabels = null);

    /// <summary>Declares a block and counts its cost.</summary>
    private protected UNetBlock Block(
        string name, UNetBlockStyle style, int inputs, int outputs, int level, Resample resample = Resample.None, bool attention = false)
    {
        var block = new UNetBlock(Parameters, name, style, inputs, outputs, resample, attention, _layers++);
        Count(block.Cost(Options.Pixels(level)));
        return block;
    }

    /// <summary>Declares a convolution and counts its cost.</summary>
    private protected ConvolutionLayer Convolution(string name, int inputs, int outputs, int kernel, LayerStart start, int level)
    {
        var layer = new ConvolutionLayer(Parameters, name, inputs, outputs, kernel, start);
        Count(layer.Cost(Options.Pixels(level)));
        return layer;
    }

    /// <summary>Declares a linear layer and counts its cost.</summary>
    private protected LinearLayer Linear(string name, int inputs, int outputs, LayerStart start, bool bias = true)
    {
        var layer = new LinearLayer(Parameters, name, inputs, outputs, start, bias);
        Count(layer.Cost());
        return layer;
    }

    /// <summary>Declares a norm and counts its cost.</summary>
    private protected GroupNormLayer Norm(string name, int channels, float epsilon, int level)
    {
        var layer = new GroupNormLayer(Parameters, name, channels, epsilon);
        Count(layer.Cost(Options.Pixels(level)));
        return layer;
    }

    /// <summary>Adds to the cost.</summary>
    private protected void Count(LayerCost cost) => Cost += cost;

    /// <summary>Joins a decoder's state with the encoder's skip and runs a block on it; without recording, both go back.</summary>
    private protected static Tensor Joined(NetworkPass pass, UNetBlock block, Tensor h, Tensor skip, Tensor embedding)
    {
        var tape = pass.Tape;
        var input = tape.Concatenate(h, skip);
        tape.Release(h);
        tape.Release(skip);
        var y = block.Forward(pass, input, embedding);
        tape.Release(input);
        return y;
    }

    /// <summary>Zeros where labels are left out.</summary>
    internal static Tensor Labels(Tape tape, Tensor? labels, int batch, int size)
    {
        Shapes.Require(Shapes.Has(labels, (long)batch * size), [labels]);
        return labels ?? tape.From(new float[batch * size], batch, size);
    }
}
