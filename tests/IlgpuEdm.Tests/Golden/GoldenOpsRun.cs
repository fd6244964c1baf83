using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Tests.Reference;

namespace IlgpuEdm.Tests.Golden;

/// <summary>A golden operation on a device: its tensors in our layouts, and the comparison.</summary>
internal sealed class GoldenOpsRun(Device device, string name) : IDisposable
{
    public const double OutputTolerance = 1e-5;
    public const double GradientTolerance = 1e-4;
    private readonly List<Tensor> parameters = [];

    public GoldenOperation Operation { get; } = new(name);

    public Tape Tape { get; } = new(device, recording: true);

    public static float[] Narrow(double[] values) => Array.ConvertAll(values, v => (float)v);

    public static double[] Widen(float[] values) => Array.ConvertAll(values, v => (double)v);

    public Tensor Input(string tensor) => Input(Operation.Values(tensor), OurShape(tensor));

    public Tensor Input(double[] values, params int[] shape)
    {
        var input = Tape.From(Narrow(values), shape);
        input.RequiresGradient = true;
        return input;
    }

    public Tensor Parameter(string tensor)
    {
        var shape = OurShape(tensor);
        var parameter = new Tensor(Tape.Device, shape) { RequiresGradient = true, Gradient = new Tensor(Tape.Device, shape) };
        parameters.Add(parameter);
        parameter.Upload(Narrow(Operation.Values(tensor)));
        Elementwise.Fill(parameter.Gradient, 0f);
        return parameter;
    }

    /// <summary>Compares the output, goes back, and compares the gradients.</summary>
    public void Check(Tensor output, params (string Name, Tensor Tensor)[] inputs)
    {
        Operation.AssertOutput(Widen(output.ToArray()), OutputTolerance);
        if (inputs.Length == 0)
        {
            return;
        }

        Tape.Backward(output, Tape.From(Narrow(Operation.Values("grad_out")), [.. output.Shape]));
        foreach (var (input, tensor) in inputs)
        {
            Operation.AssertClose(Widen(tensor.Gradient!.ToArray()), "grad." + input, GradientTolerance);
        }
    }

    public void Dispose()
    {
        Tape.Dispose();
        foreach (var parameter in parameters)
        {
            parameter.Release();
        }
    }

    // [N, C, H, W] to [N, H, W, C], [out, in, y, x] to [y, x, in, out], [out, in] to [in, out]; else as the file has it.
    private int[] OurShape(string tensor)
    {
        var s = Operation.Shape(tensor);
        var isWeight = tensor.EndsWith(".weight", StringComparison.Ordinal);
        return (s.Length, isWeight) switch
        {
            (4, true) => [s[2], s[3], s[1], s[0]],
            (4, false) => [s[0], s[2], s[3], s[1]],
            (2, true) => [s[1], s[0]],
            _ => s,
        };
    }
}
