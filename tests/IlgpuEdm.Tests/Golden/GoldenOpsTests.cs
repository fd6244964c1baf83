using IlgpuEdm.Autodiff;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Reference;

namespace IlgpuEdm.Tests.Golden;

/// <summary>
/// Every operation of ops.safetensors on the tape against that of the reference implementation, forward and backward. Shapes and settings
/// come from the file; an operation that no branch here knows fails.
/// </summary>
public abstract class GoldenOpsTests : DeviceTestBase
{
    public static IEnumerable<object[]> Names => GoldenOperation.Names.Select(name => new object[] { name });

    [TestMethod]
    [TestCategory("Golden")]
    [DynamicData(nameof(Names))]
    public void Operation(string name)
    {
        using var run = new GoldenOpsRun(Device, name);
        Action<GoldenOpsRun> check = name switch
        {
            _ when name.StartsWith("conv", StringComparison.Ordinal) => Convolution,
            _ when name.StartsWith("resample", StringComparison.Ordinal) => Resampling,
            _ when name.StartsWith("groupnorm", StringComparison.Ordinal) => GroupNorm,
            _ when name.StartsWith("adaptive_groupnorm", StringComparison.Ordinal) => AdaptiveGroupNorm,
            _ when name.StartsWith("silu", StringComparison.Ordinal) => Silu,
            _ when name.StartsWith("linear", StringComparison.Ordinal) => Linear,
            _ when name.StartsWith("attention", StringComparison.Ordinal) => Attention,
            _ when name.StartsWith("positional_embedding", StringComparison.Ordinal) => PositionalEmbedding,
            _ when name.StartsWith("fourier_embedding", StringComparison.Ordinal) => FourierEmbedding,
            _ => throw new AssertFailedException($"no test knows the operation {name} of ops.safetensors"),
        };
        check(run);
        run.Operation.AssertAllCompared();
    }

    private static void Convolution(GoldenOpsRun run)
    {
        var op = run.Operation;
        Tensor x = run.Input("in.x"), weight = run.Parameter("in.weight"), bias = run.Parameter("in.bias");
        var y = (op.IsTrue("up"), op.IsTrue("down"), op.IsTrue("fused")) switch
        {
            (true, _, true) => run.Tape.ConvolveUp(x, weight, bias, op.Filter),
            (_, true, true) => run.Tape.ConvolveDown(x, weight, bias, op.Filter),
            (true, _, _) => run.Tape.Convolve(run.Tape.Upsample(x, op.Filter), weight, bias),
            (_, true, _) => run.Tape.Convolve(run.Tape.Downsample(x, op.Filter), weight, bias),
            _ => run.Tape.Convolve(x, weight, bias),
        };
        run.Check(y, ("x", x), ("weight", weight), ("bias", bias));
    }

    private static void Resampling(GoldenOpsRun run)
    {
        var x = run.Input("in.x");
        var filter = run.Operation.Filter;
        run.Check(run.Operation.IsTrue("up") ? run.Tape.Upsample(x, filter) : run.Tape.Downsample(x, filter), ("x", x));
    }

    private static void GroupNorm(GoldenOpsRun run)
    {
        Tensor x = run.Input("in.x"), gamma = run.Parameter("in.weight"), beta = run.Parameter("in.bias");
        var y = run.Tape.Normalize(x, gamma, beta, Groups(run), Epsilon(run), silu: false);
        run.Check(y, ("x", x), ("weight", gamma), ("bias", beta));
    }

    private static void AdaptiveGroupNorm(GoldenOpsRun run)
    {
        Tensor x = run.Input("in.x"), gamma = run.Parameter("in.weight"), beta = run.Parameter("in.bias");
        int n = x.Size(0), c = x.Size(-1);
        double[] scale = run.Operation.Values("in.scale"), shift = run.Operation.Values("in.shift");
        var scaleShift = run.Input([.. Enumerable.Range(0, n).SelectMany(i => Row(scale, i, c).Concat(Row(shift, i, c)))], n, 2 * c);
        var y = run.Tape.NormalizeAdaptive(x, gamma, beta, scaleShift, Groups(run), Epsilon(run));
        run.Check(y, ("x", x), ("weight", gamma), ("bias", beta));
        double[] gradient = GoldenOpsRun.Widen(scaleShift.Gradient!.ToArray());
        foreach (var (part, name) in new[] { "grad.scale", "grad.shift" }.Index())
        {
            double[] rows = [.. Enumerable.Range(0, n).SelectMany(i => Row(gradient, 2 * i + part, c))];
            run.Operation.AssertClose(rows, name, GoldenOpsRun.GradientTolerance);
        }
    }

    private static void Silu(GoldenOpsRun run)
    {
        var x = run.Input("in.x");
        run.Check(run.Tape.Silu(x), ("x", x));
    }

    private static void Linear(GoldenOpsRun run)
    {
        Tensor x = run.Input("in.x"), weight = run.Parameter("in.weight"), bias = run.Parameter("in.bias");
        run.Check(run.Tape.Linear(x, weight, bias), ("x", x), ("weight", weight), ("bias", bias));
    }

    private static void Attention(GoldenOpsRun run)
    {
        // The stored attention knows images times heads only, so every way to split their product must give it.
        var op = run.Operation;
        var s = op.Shape("in.q");
        int c = s[1], tokens = s[2];
        foreach (var heads in Enumerable.Range(1, s[0]).Where(heads => s[0] % heads == 0))
        {
            var n = s[0] / heads;
            double[] values = AttentionLayout.Qkv(op.Values("in.q"), op.Values("in.k"), op.Values("in.v"), n, heads, c, tokens);
            var qkv = run.Input(values, n, tokens, 1, 3 * heads * c);
            var y = run.Tape.Attend(qkv, heads);
            double[] output = GoldenOpsRun.Widen(y.ToArray());
            op.AssertClose(
                AttentionLayout.ToHeads(output, n, heads, c, tokens, parts: 1, part: 0), "out", GoldenOpsRun.OutputTolerance,
                $", {heads} heads");

            double[] gradOut = AttentionLayout.FromHeads(op.Values("grad_out"), n, heads, c, tokens);
            run.Tape.Backward(y, run.Tape.From(GoldenOpsRun.Narrow(gradOut), n, tokens, 1, heads * c));
            double[] gradient = GoldenOpsRun.Widen(qkv.Gradient!.ToArray());
            for (var part = 0; part < 3; part++)
            {
                op.AssertClose(
                    AttentionLayout.ToHeads(gradient, n, heads, c, tokens, parts: 3, part), "grad." + "qkv"[part],
                    GoldenOpsRun.GradientTolerance, $", {heads} heads");
            }
        }
    }

    private static void PositionalEmbedding(GoldenOpsRun run)
    {
        var levels = GoldenOpsRun.Narrow(run.Operation.Values("in.x"));
        var endpoint = run.Operation.Name.EndsWith("endpoint", StringComparison.Ordinal);
        run.Check(run.Tape.PositionalEmbedding(levels, run.Operation.Shape("out")[1], endpoint, sineFirst: false));
    }

    private static void FourierEmbedding(GoldenOpsRun run)
    {
        var levels = GoldenOpsRun.Narrow(run.Operation.Values("in.x"));
        run.Check(run.Tape.FourierEmbedding(levels, run.Input("freqs")));
    }

    private static int Groups(GoldenOpsRun run) => run.Operation.Setting("groups")!.Value.GetInt32();

    private static float Epsilon(GoldenOpsRun run) => run.Operation.Setting("eps")!.Value.GetSingle();

    private static IEnumerable<double> Row(double[] values, int row, int size) => values.Skip(row * size).Take(size);
}

[TestClass]
public sealed class GoldenOpsTestsCpu : GoldenOpsTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenOpsTestsOpenCL : GoldenOpsTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenOpsTestsCuda : GoldenOpsTests
{
    protected override string Spec => Cuda;
}
