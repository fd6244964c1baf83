using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.SelfTests;

/// <summary>One run of an operation under test: its tape, its random data, and the comparison of what it makes.</summary>
internal sealed class SelfTestRun : IDisposable
{
    private const double Fp32Tolerance = 1e-5;

    // Of rounding to 11 significant bits, and to 8; the relative error of a whole is a few tenths of that of the worst element.
    private const double Tf32Tolerance = 1e-3;
    private const double Bf16Tolerance = 5e-3;
    private const ulong Seed = 20;
    private readonly bool _accumulate;
    private readonly bool _narrow;
    private readonly List<Tensor> _parameters = [];
    private readonly List<SelfTestResult> _results = [];
    private readonly Dictionary<Tensor, float[]> _starts = [];
    private ulong _draws;

    public SelfTestRun(Device device, bool accumulate)
    {
        _accumulate = accumulate;
        _narrow = device.Precision == Precision.Bf16;
        DropoutKey = new RandomKey(device, Seed);
        Tape = new Tape(device, recording: true, DropoutKey);
    }

    public Tape Tape { get; }

    public RandomKey DropoutKey { get; }

    public static ulong DropoutSeed => Seed;

    public Device Device => Tape.Device;

    public IReadOnlyList<SelfTestResult> Results => _results;

    /// <summary>The error that results may have as the device computes.</summary>
    public double Tolerance => Device.Precision switch
    {
        Precision.Bf16 => Bf16Tolerance,
        Precision.Tf32 => Tf32Tolerance,
        _ => Fp32Tolerance,
    };

    /// <summary>The next random numbers, uniform in (-1, 1); such as activations can hold.</summary>
    public float[] Numbers(int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(2 * HostRandom.Uniform(Seed, RandomPurpose.Bench, _draws, (uint)i) - 1);
            values[i] = _narrow ? BFloat16.Widen(BFloat16.Round(values[i])) : values[i];
        }

        _draws++;
        return values;
    }

    /// <summary>An input that wants a gradient; that gradient holds something already if this run adds.</summary>
    public Tensor Leaf(float[] values, params int[] shape)
    {
        var leaf = New(values, shape);
        leaf.RequiresGradient = true;
        if (_accumulate)
        {
            _starts[leaf] = Numbers(values.Length);
            leaf.Gradient = New(_starts[leaf], shape);
        }

        return leaf;
    }

    /// <summary>A parameter; its gradient always holds something.</summary>
    public Tensor Parameter(float[] values, params int[] shape)
    {
        var parameter = new Tensor(Device, shape) { RequiresGradient = true, Gradient = new Tensor(Device, shape) };
        _parameters.Add(parameter);
        _starts[parameter] = Numbers(values.Length);
        parameter.Upload(values);
        parameter.Gradient.Upload(_starts[parameter]);
        return parameter;
    }

    public void Backward(Tensor output, float[] gradient) => Tape.Backward(output, New(gradient, [.. output.Shape]));

    // Activations have rows, columns and channels of images; all else is float32 in any precision.
    private Tensor New(float[] values, params int[] shape)
    {
        var tensor = Tape.New(_narrow && shape.Length == 4 ? TensorStorage.BFloat16 : TensorStorage.Float32, shape);
        tensor.Upload(values);
        return tensor;
    }

    public void Compare(string what, Tensor actual, double[] expected, double? tolerance = null)
    {
        var error = RelativeError(actual.ToArray(), expected);
        var allowed = Math.Max(tolerance ?? 0, Tolerance);
        _results.Add(new SelfTestResult(what, error, allowed, error <= allowed));
    }

    public void CompareGradient(string what, Tensor input, double[] expected, double? tolerance = null)
    {
        if (_starts.TryGetValue(input, out var start))
        {
            expected = [.. expected.Zip(start, (e, s) => e + s)];
        }

        Compare(what, input.Gradient!, expected, tolerance);
    }

    public static double[] Widen(float[] values) => Array.ConvertAll(values, v => (double)v);

    public void Dispose()
    {
        Tape.Dispose();
        foreach (var parameter in _parameters)
        {
            parameter.Release();
        }

        _parameters.Clear();
        DropoutKey.Dispose();
    }

    private static double RelativeError(float[] actual, double[] expected)
    {
        if (actual.Length != expected.Length)
        {
            return double.PositiveInfinity;
        }

        double difference = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        var error = difference == 0 ? 0 : Math.Sqrt(difference / norm);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }
}
