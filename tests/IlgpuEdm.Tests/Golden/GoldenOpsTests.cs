using IlgpuEdm.Autodiff;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Reference;

namespace IlgpuEdm.Tests.Golden;

/// <summary>
/// The operations on the tape against those of the reference implementation, forward and backward. Shapes and settings come from the file.
/// </summary>
public abstract class GoldenOpsTests : DeviceTestBase
{
    [TestMethod]
    [TestCategory("Golden")]
    public void Convolutions()
    {
        foreach (var op in Operations("conv"))
        {
            // Both ways of resampling come before the convolution.
            var x = op.Input("in.x");
            var resampled = op.IsTrue("up") ? op.Tape.Upsample(x) : op.IsTrue("down") ? op.Tape.Downsample(x) : x;
            Tensor weight = op.Parameter("in.weight"), bias = op.Parameter("in.bias");
            op.Check(op.Tape.Convolve(resampled, weight, bias), ("x", x), ("weight", weight), ("bias", bias));
        }
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void Resampling()
    {
        foreach (var op in Operations("resample"))
        {
            var x = op.Input("in.x");
            op.Check(op.IsTrue("up") ? op.Tape.Upsample(x) : op.Tape.Downsample(x), ("x", x));
        }
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void GroupNorms()
    {
        foreach (var op in Operations("groupnorm"))
        {
            Tensor x = op.Input("in.x"), gamma = op.Parameter("in.weight"), beta = op.Parameter("in.bias");
            int groups = op.Operation.Setting("groups")!.Value.GetInt32();
            float epsilon = op.Operation.Setting("eps")!.Value.GetSingle();
            var y = op.Tape.Normalize(x, gamma, beta, groups, epsilon, silu: false);
            op.Check(y, ("x", x), ("weight", gamma), ("bias", beta));
        }
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void Silu()
    {
        foreach (var op in Operations("silu"))
        {
            var x = op.Input("in.x");
            op.Check(op.Tape.Silu(x), ("x", x));
        }
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void Linear()
    {
        foreach (var op in Operations("linear"))
        {
            Tensor x = op.Input("in.x"), weight = op.Parameter("in.weight"), bias = op.Parameter("in.bias");
            op.Check(op.Tape.Linear(x, weight, bias), ("x", x), ("weight", weight), ("bias", bias));
        }
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void Attention()
    {
        // The stored attention knows images times heads only, so every way to split their product must give it.
        var op = new GoldenOperation("attention");
        var s = op.Shape("in.q");
        int c = s[1], tokens = s[2];
        foreach (var heads in Enumerable.Range(1, s[0]).Where(heads => s[0] % heads == 0))
        {
            var n = s[0] / heads;
            double[] values = AttentionLayout.Qkv(op.Values("in.q"), op.Values("in.k"), op.Values("in.v"), n, heads, c, tokens);
            using var run = new GoldenOpsRun(Device, "attention");
            var qkv = run.Input(values, n, tokens, 1, 3 * heads * c);
            var y = run.Tape.Attend(qkv, heads);
            double[] output = GoldenOpsRun.Widen(y.ToArray());
            GoldenFile.AssertClose(
                AttentionLayout.ToHeads(output, n, heads, c, tokens, parts: 1, part: 0), op.Values("out"), GoldenOpsRun.OutputTolerance,
                $"attention/out, {heads} heads");

            double[] gradOut = AttentionLayout.FromHeads(op.Values("grad_out"), n, heads, c, tokens);
            run.Tape.Backward(y, run.Tape.From(GoldenOpsRun.Narrow(gradOut), n, tokens, 1, heads * c));
            double[] gradient = GoldenOpsRun.Widen(qkv.Gradient!.ToArray());
            for (var part = 0; part < 3; part++)
            {
                var name = "grad." + "qkv"[part];
                GoldenFile.AssertClose(
                    AttentionLayout.ToHeads(gradient, n, heads, c, tokens, parts: 3, part), op.Values(name), GoldenOpsRun.GradientTolerance,
                    $"attention/{name}, {heads} heads");
            }
        }
    }

    [TestMethod]
    [TestCategory("Golden")]
    [DataRow("positional_embedding", false)]
    [DataRow("positional_embedding_endpoint", true)]
    public void PositionalEmbedding(string name, bool endpoint)
    {
        using var run = new GoldenOpsRun(Device, name);
        var levels = GoldenOpsRun.Narrow(run.Operation.Values("in.x"));
        var y = run.Tape.PositionalEmbedding(levels, run.Operation.Shape("out")[1], endpoint, sineFirst: false);
        run.Check(y);
    }

    private IEnumerable<GoldenOpsRun> Operations(string prefix)
    {
        List<string> names = [.. GoldenOperation.Names(prefix)];
        Assert.IsNotEmpty(names, $"no operation {prefix}* in ops.safetensors");
        foreach (var name in names)
        {
            using var run = new GoldenOpsRun(Device, name);
            yield return run;
        }
    }
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
