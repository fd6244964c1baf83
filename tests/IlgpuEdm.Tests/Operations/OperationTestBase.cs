using System.Globalization;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Operations;

/// <summary>A test of operations on a device, with a tape of its own.</summary>
public abstract class OperationTestBase : DeviceTestBase
{
    private readonly List<Tensor> parameters = [];
    private Tape? tape;

    protected Tape Tape => tape ??= new Tape(Device, recording: true);

    /// <summary>
    /// Runs an operation of the self-test, with gradients written over spoilt memory and with gradients added to: outputs and gradients
    /// must equal the host reference.
    /// </summary>
    private protected void AssertMatchesReference(Action<SelfTestRun> operation)
    {
        foreach (var result in SelfTest.Check(Device, operation))
        {
            Assert.IsTrue(
                result.Passed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Operation}: relative error {result.Error:g3}, allowed {result.Tolerance:g3}"));
        }
    }

    /// <summary>An input that wants a gradient.</summary>
    protected Tensor Input(float[] values, params int[] shape)
    {
        var input = Tape.From(values, shape);
        input.RequiresGradient = true;
        return input;
    }

    /// <summary>A parameter with a gradient of zeros.</summary>
    protected Tensor Parameter(float[] values, params int[] shape)
    {
        var parameter = new Tensor(Device, shape) { RequiresGradient = true, Gradient = new Tensor(Device, shape) };
        parameters.Add(parameter);
        parameter.Upload(values);
        Elementwise.Fill(parameter.Gradient, 0f);
        return parameter;
    }

    protected void Backward(Tensor output, float[] gradient) => Tape.Backward(output, Tape.From(gradient, [.. output.Shape]));

    /// <summary>Whole numbers from -3 to 3: sums and products of a few hundred of them are exact in float32, in any order.</summary>
    protected static float[] Integers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-3, 4))];
    }

    protected static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }

    protected static double[] Widen(float[] values) => Array.ConvertAll(values, v => (double)v);

    /// <summary>Fails unless every number equals the exact one.</summary>
    protected static void AssertExact(double[] expected, Tensor actual, string what)
    {
        var values = actual.ToArray();
        Assert.AreEqual(expected.Length, values.Length, $"{what}: number of values");
        for (var i = 0; i < values.Length; i++)
        {
            Assert.AreEqual(expected[i], values[i], $"{what}, element {i}");
        }
    }

    [TestCleanup]
    public void GiveMemoryBack()
    {
        tape?.Dispose();
        foreach (var parameter in parameters)
        {
            parameter.Release();
        }
    }
}
