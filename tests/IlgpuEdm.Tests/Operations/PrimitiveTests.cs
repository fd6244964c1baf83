using System.Reflection;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// The SIMD body of every primitive against its portable body, which is what OpenCL and CUDA compile, both as .NET code on ILGPU's
/// own CPU accelerator, whose threads have the local memory that portable bodies use. All arrays but scratch are compared whole: no body
/// may write beside its result.
/// </summary>
[TestClass]
public sealed class PrimitiveTests
{
    private const int Rounds = 60;
    private const double Tolerance = 1e-5;

    public static IEnumerable<object[]> Primitives => Computing.Select(p => new object[] { Name(p.Simd) });

    // Which work item runs is not computed, but told.
    private static IEnumerable<(MethodInfo Simd, MethodInfo Portable)> Computing =>
        Primitive.All.Where(p => p.Simd.DeclaringType != typeof(WorkItem));

    [TestMethod]
    [DynamicData(nameof(Primitives))]
    public void BothBodiesDoTheSame(string name)
    {
        var (simd, portable) = Primitive.All.Single(p => Name(p.Simd) == name);
        Assert.IsTrue(PrimitiveCases.Arguments.TryGetValue(name, out var arguments), $"{name} needs arguments in PrimitiveCases");
        for (var seed = 0; seed < Rounds; seed++)
        {
            Compare(
                name, seed, arguments!(new Random(seed)), (_, a) => simd.Invoke(null, a),
                (device, a) => RunPortable(device, name, portable, a));
        }
    }

    [TestMethod]
    [DataRow("Tile.MultiplyLines", "MultiplyLinesNarrow")]
    [DataRow("Tile.MultiplyStrip", "MultiplyStripNarrow")]
    [DataRow("OuterTile.Accumulate32", "AccumulateByQuarters")]
    [DataRow("OuterTile.Accumulate16", "AccumulateHalfByQuarters")]
    [DataRow("MatrixTile.Multiply", "MultiplyByQuarters")]
    [DataRow("Softmax.Forward", "ForwardNarrow")]
    [DataRow("Softmax.Backward", "BackwardNarrow")]
    [DataRow("SquaredDistances.Compute", "ComputeNarrow")]
    [DataRow("WinogradProduct.Multiply", "MultiplyNarrow")]
    [DataRow("WinogradOuter.Accumulate", "AccumulateNarrow")]
    public void TheBodyForNarrowVectorsDoesTheSame(string name, string narrow)
    {
        var type = Primitive.Types.Single(t => t.Name == name.Split('.')[0]);
        var portable = Primitive.All.Single(p => Name(p.Simd) == name).Portable;
        var method = type.GetMethod(narrow, BindingFlags.NonPublic | BindingFlags.Static)!;
        for (var seed = 0; seed < Rounds; seed++)
        {
            Compare(
                name, seed, PrimitiveCases.Arguments[name](new Random(seed)),
                (_, a) => method.Invoke(null, a),
                (device, a) => RunPortable(device, name, portable, a));
        }
    }

    [TestMethod]
    public void EveryCaseBelongsToAPrimitive()
    {
        var names = Computing.Select(p => Name(p.Simd)).ToList();
        CollectionAssert.AreEquivalent(names, PrimitiveCases.Arguments.Keys.ToList(), "primitives, and cases to test them");
    }

    private static void RunPortable(Device device, string name, MethodInfo portable, object[] arguments)
    {
        if (!PrimitiveKernels.TryLaunch(device, name, arguments))
        {
            portable.Invoke(null, arguments);
        }
    }

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static void Compare(string name, int seed, object[] arguments, Action<Device, object[]> first, Action<Device, object[]> second)
    {
        var expected = Run(arguments, second);
        var actual = Run(arguments, first);
        for (var array = 0; array < expected.Count; array++)
        {
            for (var i = 0; i < expected[array].Length; i++)
            {
                double e = expected[array][i], a = actual[array][i];
                var same = e.Equals(a) || Math.Abs(a - e) <= Tolerance * (1 + Math.Abs(e));
                Assert.IsTrue(same, $"{name}, round {seed}, array {array}, element {i}: {a}, in the portable body {e}");
            }
        }
    }

    // Runs on copies of the arrays, and gives the copies back.
    private static List<float[]> Run(object[] arguments, Action<Device, object[]> body)
    {
        var device = TestDevices.Get("cpu:emulator;fat");
        using var tape = new Tape(device, recording: false);
        List<Tensor> tensors = [];
        var called = Array.ConvertAll(arguments, a =>
        {
            if (a is Scratch scratch)
            {
                return tape.From(scratch.Values, scratch.Values.Length).View;
            }

            if (a is not float[] values)
            {
                return a;
            }

            tensors.Add(tape.From(values, values.Length));
            return tensors[^1].View;
        });
        body(device, called);
        return [.. tensors.Select(t => t.ToArray())];
    }
}
