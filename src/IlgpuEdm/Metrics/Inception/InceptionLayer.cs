using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Metrics;

/// <summary>
/// A convolution, a batch norm and a rectifier. The norm's figures are fixed, so it is a factor and a shift a channel, which are folded
/// into the convolution's weights and a bias.
/// </summary>
/// <param name="name">The layer's name in files.</param>
/// <param name="inputs">Input channels.</param>
/// <param name="shape">What it computes.</param>
internal sealed class InceptionLayer(string name, int inputs, InceptionLayerShape shape)
{
    private const double Epsilon = 0.001;
    private Tensor? _weight;
    private Tensor? _bias;

    /// <summary>Output channels.</summary>
    public int Outputs => shape.Outputs;

    /// <summary>The tensors that a file holds of the layer, with PyTorch's shapes.</summary>
    public IReadOnlyList<(string Name, int[] Shape)> Tensors =>
    [
        ($"{name}.conv.weight", [shape.Outputs, inputs, shape.KernelY, shape.KernelX]),
        ($"{name}.bn.weight", [shape.Outputs]),
        ($"{name}.bn.bias", [shape.Outputs]),
        ($"{name}.bn.running_mean", [shape.Outputs]),
        ($"{name}.bn.running_var", [shape.Outputs]),
    ];

    /// <summary>Takes the layer's weights.</summary>
    /// <param name="device">The device.</param>
    /// <param name="tensors">Gives the elements of each of <see cref="Tensors"/>, row-major.</param>
    public void Load(Device device, Func<string, int[], float[]> tensors)
    {
        var all = Tensors;
        var (weight, bias) = Folded([.. all.Select(t => tensors(t.Name, t.Shape))]);
        _weight = new Tensor(device, shape.KernelY, shape.KernelX, inputs, shape.Outputs);
        _weight.Upload(weight);
        _bias = new Tensor(device, shape.Outputs);
        _bias.Upload(bias);
    }

    // From [out, in, ky, kx] to [ky, kx, in, out], in float64 until the end.
    private (float[] Weight, float[] Bias) Folded(float[][] tensors)
    {
        float[] weight = tensors[0], gamma = tensors[1], beta = tensors[2], mean = tensors[3], variance = tensors[4];
        var taps = shape.KernelY * shape.KernelX;
        var folded = new float[weight.Length];
        var bias = new float[shape.Outputs];
        Parallel.For(0, shape.Outputs, o =>
        {
            var factor = gamma[o] / Math.Sqrt(variance[o] + Epsilon);
            bias[o] = (float)(beta[o] - mean[o] * factor);
            for (var i = 0; i < inputs * taps; i++)
            {
                folded[(i % taps * inputs + i / taps) * shape.Outputs + o] = (float)(weight[o * inputs * taps + i] * factor);
            }
        });

        return (folded, bias);
    }

    /// <summary>Runs the layer.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x">The input; it stays the caller's.</param>
    /// <param name="into">Where the result goes; null for a new tensor.</param>
    /// <returns>The tensor that was written.</returns>
    public Tensor Forward(Tape tape, Tensor x, ChannelRange? into = null) => tape.ConvolveGeneral(
        x, _weight!, _bias!, shape.Stride, shape.PadY, shape.PadX, rectify: true, into);

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _weight?.Release();
        _bias?.Release();
    }
}

/// <summary>What a layer computes.</summary>
/// <param name="Outputs">Output channels.</param>
/// <param name="KernelY">Rows of the kernel.</param>
/// <param name="KernelX">Columns of the kernel.</param>
/// <param name="Stride">Pixels from an output's taps to the next output's.</param>
/// <param name="Padded">Whether there are so many zeros around the input that height and width stay.</param>
internal readonly record struct InceptionLayerShape(int Outputs, int KernelY, int KernelX, int Stride, bool Padded)
{
    /// <summary>Rows of zeros above and below.</summary>
    public int PadY => Padded ? KernelY / 2 : 0;

    /// <summary>Columns of zeros left and right.</summary>
    public int PadX => Padded ? KernelX / 2 : 0;
}
