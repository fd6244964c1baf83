using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Tests.Reference;

/// <summary>The host references against the operations of the reference implementation, forward and backward.</summary>
[TestClass]
[TestCategory("Golden")]
public class ReferenceGoldenTests
{
    [TestMethod]
    public void Convolutions()
    {
        foreach (GoldenOperation op in Operations("conv"))
        {
            int[] weightShape = op.Shape("in.weight");
            (int outC, int inC, int k) = (weightShape[0], weightShape[1], weightShape[2]);
            int[] s = op.Shape("in.x");
            (int n, int h, int w) = (s[0], s[2], s[3]);
            double[] x = op.Values("in.x");
            double[] weight = op.Values("in.weight");
            double[] gradOut = op.Values("grad_out");

            // Both ways of resampling come before the convolution.
            (double[] input, int ch, int cw) = IsTrue(op, "up") ? (ReferenceResample.Up(x, n, h, w, inC), 2 * h, 2 * w)
                : IsTrue(op, "down") ? (ReferenceResample.Down(x, n, h, w, inC), h / 2, w / 2)
                : (x, h, w);
            op.AssertOutput(ReferenceConvolution.Forward(input, weight, op.Values("in.bias"), n, ch, cw, inC, outC, k));

            double[] gradInput = ReferenceConvolution.InputGradient(gradOut, weight, n, ch, cw, inC, outC, k);
            op.AssertGradient(
                IsTrue(op, "up") ? ReferenceResample.UpGradient(gradInput, n, h, w, inC)
                : IsTrue(op, "down") ? ReferenceResample.DownGradient(gradInput, n, h, w, inC)
                : gradInput,
                "x");
            op.AssertGradient(ReferenceConvolution.WeightGradient(input, gradOut, n, ch, cw, inC, outC, k), "weight");
            op.AssertGradient(ReferenceConvolution.BiasGradient(gradOut, outC), "bias");
        }
    }

    [TestMethod]
    public void Resampling()
    {
        foreach (GoldenOperation op in Operations("resample"))
        {
            int[] s = op.Shape("in.x");
            (int n, int c, int h, int w) = (s[0], s[1], s[2], s[3]);
            bool up = IsTrue(op, "up");
            double[] x = op.Values("in.x");
            double[] gradOut = op.Values("grad_out");
            op.AssertOutput(up ? ReferenceResample.Up(x, n, h, w, c) : ReferenceResample.Down(x, n, h, w, c));
            op.AssertGradient(
                up ? ReferenceResample.UpGradient(gradOut, n, h, w, c) : ReferenceResample.DownGradient(gradOut, n, h, w, c), "x");
        }
    }

    [TestMethod]
    public void GroupNorms()
    {
        foreach (GoldenOperation op in Operations("groupnorm"))
        {
            int[] s = op.Shape("in.x");
            (int n, int c, int pixels) = (s[0], s[1], s[2] * s[3]);
            int groups = op.Setting("groups")!.Value.GetInt32();
            double eps = op.Setting("eps")!.Value.GetDouble();
            (double[] x, double[] gamma, double[] beta) = (op.Values("in.x"), op.Values("in.weight"), op.Values("in.bias"));
            op.AssertOutput(ReferenceGroupNorm.Forward(x, gamma, beta, n, pixels, c, groups, eps, silu: false));
            ReferenceGroupNorm.Gradients gradients = ReferenceGroupNorm.Backward(
                x, gamma, beta, op.Values("grad_out"), n, pixels, c, groups, eps, silu: false);
            op.AssertGradient(gradients.X, "x");
            op.AssertGradient(gradients.Gamma, "weight");
            op.AssertGradient(gradients.Beta, "bias");
        }
    }

    [TestMethod]
    public void Silu()
    {
        var op = new GoldenOperation("silu");
        op.AssertOutput(ReferenceSilu.Forward(op.Values("in.x")));
        op.AssertGradient(ReferenceSilu.Gradient(op.Values("in.x"), op.Values("grad_out")), "x");
    }

    [TestMethod]
    public void Linear()
    {
        var op = new GoldenOperation("linear");
        (int rows, int inF, int outF) = (op.Shape("in.x")[0], op.Shape("in.x")[1], op.Shape("out")[1]);
        (double[] x, double[] weight, double[] gradOut) = (op.Values("in.x"), op.Values("in.weight"), op.Values("grad_out"));
        op.AssertOutput(ReferenceLinear.Forward(x, weight, op.Values("in.bias"), rows, inF, outF));
        op.AssertGradient(ReferenceLinear.InputGradient(gradOut, weight, rows, inF, outF), "x");
        op.AssertGradient(ReferenceLinear.WeightGradient(x, gradOut, rows, inF, outF), "weight");
        op.AssertGradient(ReferenceLinear.BiasGradient(gradOut, outF), "bias");
    }

    [TestMethod]
    public void Attention()
    {
        // The stored attention knows images times heads only, so every way to split their product must give it.
        var op = new GoldenOperation("attention");
        int[] s = op.Shape("in.q");
        (int c, int tokens) = (s[1], s[2]);
        foreach (int heads in Enumerable.Range(1, s[0]).Where(heads => s[0] % heads == 0))
        {
            int n = s[0] / heads;
            double[] qkv = AttentionLayout.Qkv(op.Values("in.q"), op.Values("in.k"), op.Values("in.v"), n, heads, c, tokens);
            double[] output = ReferenceAttention.Forward(qkv, n, tokens, heads * c, heads);
            op.AssertOutput(AttentionLayout.ToHeads(output, n, heads, c, tokens, parts: 1, part: 0));

            double[] gradOut = AttentionLayout.FromHeads(op.Values("grad_out"), n, heads, c, tokens);
            double[] gradient = ReferenceAttention.Gradient(qkv, gradOut, n, tokens, heads * c, heads);
            op.AssertGradient(AttentionLayout.ToHeads(gradient, n, heads, c, tokens, parts: 3, part: 0), "q");
            op.AssertGradient(AttentionLayout.ToHeads(gradient, n, heads, c, tokens, parts: 3, part: 1), "k");
            op.AssertGradient(AttentionLayout.ToHeads(gradient, n, heads, c, tokens, parts: 3, part: 2), "v");
        }
    }

    [TestMethod]
    [DataRow("positional_embedding", false)]
    [DataRow("positional_embedding_endpoint", true)]
    public void PositionalEmbedding(string name, bool endpoint)
    {
        var op = new GoldenOperation(name);
        double[] levels = op.Values("in.x");
        int channels = op.Shape("out")[1];

        // The stored values come from phases in float32, and a phase near 1,000 is only good to 3e-5.
        op.AssertOutput(ReferenceEmbedding.Positional(levels, channels, endpoint, sinFirst: false), tolerance: 1e-5);
    }

    private static List<GoldenOperation> Operations(string prefix)
    {
        List<GoldenOperation> operations = [.. GoldenOperation.Names(prefix).Select(name => new GoldenOperation(name))];
        Assert.IsNotEmpty(operations, $"no operation {prefix}* in ops.safetensors");
        return operations;
    }

    private static bool IsTrue(GoldenOperation op, string setting) => op.Setting(setting)?.GetBoolean() ?? false;
}
