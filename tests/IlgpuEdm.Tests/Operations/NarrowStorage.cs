using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// Operations on tensors of 16-bit elements against the same on float32: results may differ by the rounding of what is stored.
/// </summary>
internal static class NarrowStorage
{
    private const float Tolerance = 1f / 256;

    /// <summary>Runs an operation forward and backward in both storages, with gradients written and with gradients added to.</summary>
    /// <param name="device">Where.</param>
    /// <param name="operation">The operation of some inputs.</param>
    /// <param name="shapes">The inputs' shapes.</param>
    public static void AssertMatchesFloat32(Device device, Func<Tape, Tensor[], Tensor> operation, params int[][] shapes)
    {
        foreach (var adding in new[] { false, true })
        {
            var wide = Run(device, TensorStorage.Float32, operation, shapes, adding);
            var narrow = Run(device, TensorStorage.BFloat16, operation, shapes, adding);
            for (var i = 0; i < wide.Length; i++)
            {
                var what = i == 0 ? "result" : $"gradient of input {i}, {(adding ? "added to" : "written")}";
                Assert.AreEqual(wide[i].Length, narrow[i].Length, $"{what}: elements");
                var bound = Tolerance * wide[i].Max(MathF.Abs);
                for (var j = 0; j < wide[i].Length; j++)
                {
                    Assert.AreEqual(wide[i][j], narrow[i][j], bound, $"{what}, element {j}");
                }
            }
        }
    }

    private static float[][] Run(
        Device device, TensorStorage storage, Func<Tape, Tensor[], Tensor> operation, int[][] shapes, bool adding)
    {
        var random = new Random(7);
        using var key = new RandomKey(device, 7);
        using var tape = new Tape(device, recording: true, key);
        var inputs = shapes.Select(shape => Make(shape)).ToArray();
        foreach (var input in inputs)
        {
            input.RequiresGradient = true;
            input.Gradient = adding ? Make([.. input.Shape]) : null;
        }

        var y = operation(tape, inputs);
        Assert.AreEqual(storage, y.Storage, "storage of the result");
        var result = y.ToArray();
        tape.Backward(y, Make([.. y.Shape]));
        foreach (var input in inputs)
        {
            Assert.AreEqual(storage, input.Gradient!.Storage, "storage of a gradient");
        }

        return [result, .. inputs.Select(input => input.Gradient!.ToArray())];

        Tensor Make(int[] shape)
        {
            var tensor = tape.New(storage, shape);
            tensor.Upload(
                [.. Enumerable.Range(0, tensor.Length).Select(_ => BFloat16.Widen(BFloat16.Round((float)(2 * random.NextDouble() - 1))))]);
            return tensor;
        }
    }
}
