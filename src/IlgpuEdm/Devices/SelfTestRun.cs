using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Devices;

/// <summary>One run of an operation under test: its tape, its random data, and the comparison of what it makes.</summary>
internal sealed class SelfTestRun : IDisposable
{
    public const double Tolerance = 1e-5;
    private const ulong Seed = 20;
    private readonly bool _accumulate;
    private readonly List<Tensor> _parameters = [];
    private readonly List<SelfTestResult> _results = [];
    private readonly Dictionary<Tensor, float[]> _starts = [];
    private ulong _draws;

    public SelfTestRun(Device device, bool accumulate)
    {
        _accumulate = accumulate;
        DropoutKey = new RandomKey(device, Seed);
        Tape = new Tape(device, recording: true, DropoutKey);
    }

    public Tape Tape { get; }

    public RandomKey DropoutKey { get; }

    public static ulong DropoutSeed => Seed;

    public Device Device => Tape.Device;

    public IReadOnlyList<SelfTestResult> Results => _results;

    /// <summary>The next random numbers, uniform in (-1, 1).</summary>
    public float[] Numbers(int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(2 * HostRandom.Uniform(Seed, RandomPurpose.Bench, _draws, (uint)i) - 1);
        }

        _draws++;
        return values;
    }

    /// <summary>An input that wants a gradient; that gradient holds something already if this run adds.</summary>
    public Tensor Leaf(float[] values, params int[] shape)
    {
        var leaf = Tape.From(values, shape);
        leaf.RequiresGradient = true;
        if (_accumulate)
        {
            _starts[leaf] = Numbers(values.Length);
            leaf.Gradient = Tape.From(_starts[leaf], shape);
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

    public void Backward(Tensor output, float[] gradient) => Tape.Backward(output, Tape.From(gradient, [.. output.Shape]));

    public void Compare(string what, Tensor actual, double[] expected, double tolerance = Tolerance)
    {
        var error = RelativeError(actual.ToArray(), expected);
        _results.Add(new SelfTestResult(what, error, tolerance, error <= tolerance));
    }

    public void CompareGradient(string what, Tensor input, double[] expected, double tolerance = Tolerance)
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
