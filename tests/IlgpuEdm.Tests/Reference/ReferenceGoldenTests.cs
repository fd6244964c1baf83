using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Tests.Reference;

/// <summary>
/// The host references against every operation of the reference implementation in ops.safetensors, forward and backward; an operation that
/// no branch here knows fails.
/// </summary>
[TestClass]
[TestCategory("Golden")]
public class ReferenceGoldenTests
{
    public static IEnumerable<object[]> Names => GoldenOperation.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Operation(string name)
    {
        Action<GoldenOperation> check = name switch
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
        var op = new GoldenOperation(name);
        check(op);
        op.AssertAllCompared();
    }

    private static void Convolution(GoldenOperation op)
    {
        int[] weightShape = op.Shape("in.weight");
        (int outC, int inC, int k) = (weightShape[0], weightShape[1], weightShape[2]);
        int[] s = op.Shape("in.x");
        (int n, int h, int w) = (s[0], s[2], s[3]);
        (double[] x, double[] weight, double[] bias) = (op.Values("in.x"), op.Values("in.weight"), op.Values("in.bias"));
        double[] gradOut = op.Values("grad_out");
        (bool up, bool down) = (op.IsTrue("up"), op.IsTrue("down"));
        if (op.IsTrue("fused"))
        {
            var sizes = new ReferenceResamplingConvolution.Sizes(n, h, w, inC, outC, k);
            op.AssertOutput(up ? ReferenceResamplingConvolution.Up(x, weight, bias, op.Filter, sizes)
                : ReferenceResamplingConvolution.Down(x, weight, bias, op.Filter, sizes));
            ReferenceResamplingConvolution.Gradients gradients = up
                ? ReferenceResamplingConvolution.UpGradients(x, weight, gradOut, op.Filter, sizes)
                : ReferenceResamplingConvolution.DownGradients(x, weight, gradOut, op.Filter, sizes);
            op.AssertGradient(gradients.X, "x");
            op.AssertGradient(gradients.Weight, "weight");
            op.AssertGradient(gradients.Bias, "bias");
            return;
        }

        // Not fused, both ways of resampling come before the convolution.
        (double[] input, int ch, int cw) = up ? (Resample(op, x, n, h, w, inC), 2 * h, 2 * w)
            : down ? (Resample(op, x, n, h, w, inC), h / 2, w / 2)
            : (x, h, w);
        op.AssertOutput(ReferenceConvolution.Forward(input, weight, bias, n, ch, cw, inC, outC, k));
        double[] gradInput = ReferenceConvolution.InputGradient(gradOut, weight, n, ch, cw, inC, outC, k);
        op.AssertGradient(up || down ? ResampleGradient(op, gradInput, n, h, w, inC) : gradInput, "x");
        op.AssertGradient(ReferenceConvolution.WeightGradient(input, gradOut, n, ch, cw, inC, outC, k), "weight");
        op.AssertGradient(ReferenceConvolution.BiasGradient(gradOut, outC), "bias");
    }

    private static void Resampling(GoldenOperation op)
    {
        int[] s = op.Shape("in.x");
        (int n, int c, int h, int w) = (s[0], s[1], s[2], s[3]);
        op.AssertOutput(Resample(op, op.Values("in.x"), n, h, w, c));
        op.AssertGradient(ResampleGradient(op, op.Values("grad_out"), n, h, w, c), "x");
        if (op.Filter is [1, 1])
        {
            // The plain resampling has a reference of its own.
            bool up = op.IsTrue("up");
            (double[] x, double[] gradOut) = (op.Values("in.x"), op.Values("grad_out"));
            op.AssertOutput(up ? ReferenceResample.Up(x, n, h, w, c) : ReferenceResample.Down(x, n, h, w, c));
            op.AssertGradient(
                up ? ReferenceResample.UpGradient(gradOut, n, h, w, c) : ReferenceResample.DownGradient(gradOut, n, h, w, c), "x");
        }
    }

    private static void GroupNorm(GoldenOperation op)
    {
        int[] s = op.Shape("in.x");
        (int n, int c, int pixels) = (s[0], s[1], s[2] * s[3]);
        (int groups, double eps) = (op.Setting("groups")!.Value.GetInt32(), op.Setting("eps")!.Value.GetDouble());
        (double[] x, double[] gamma, double[] beta) = (op.Values("in.x"), op.Values("in.weight"), op.Values("in.bias"));
        op.AssertOutput(ReferenceGroupNorm.Forward(x, gamma, beta, n, pixels, c, groups, eps, silu: false));
        ReferenceGroupNorm.Gradients gradients = ReferenceGroupNorm.Backward(
            x, gamma, beta, op.Values("grad_out"), n, pixels, c, groups, eps, silu: false);
        op.AssertGradient(gradients.X, "x");
        op.AssertGradient(gradients.Gamma, "weight");
        op.AssertGradient(gradients.Beta, "bias");
    }

    private static void AdaptiveGroupNorm(GoldenOperation op)
    {
        int[] s = op.Shape("in.x");
        (int n, int c, int pixels) = (s[0], s[1], s[2] * s[3]);
        (int groups, double eps) = (op.Setting("groups")!.Value.GetInt32(), op.Setting("eps")!.Value.GetDouble());
        (double[] x, double[] gamma, double[] beta) = (op.Values("in.x"), op.Values("in.weight"), op.Values("in.bias"));
        (double[] scale, double[] shift) = (op.Values("in.scale"), op.Values("in.shift"));
        double[] scaleShift = [.. Enumerable.Range(0, n).SelectMany(i => Row(scale, i, c).Concat(Row(shift, i, c)))];
        op.AssertOutput(ReferenceAdaptiveGroupNorm.Forward(x, gamma, beta, scaleShift, n, pixels, c, groups, eps));
        ReferenceAdaptiveGroupNorm.Gradients gradients = ReferenceAdaptiveGroupNorm.Backward(
            x, gamma, beta, scaleShift, op.Values("grad_out"), n, pixels, c, groups, eps);
        op.AssertGradient(gradients.X, "x");
        op.AssertGradient(gradients.Gamma, "weight");
        op.AssertGradient(gradients.Beta, "bias");
        op.AssertGradient([.. Enumerable.Range(0, n).SelectMany(i => Row(gradients.ScaleShift, 2 * i, c))], "scale");
        op.AssertGradient([.. Enumerable.Range(0, n).SelectMany(i => Row(gradients.ScaleShift, 2 * i + 1, c))], "shift");
    }

    private static void Silu(GoldenOperation op)
    {
        op.AssertOutput(ReferenceSilu.Forward(op.Values("in.x")));
        op.AssertGradient(ReferenceSilu.Gradient(op.Values("in.x"), op.Values("grad_out")), "x");
    }

    private static void Linear(GoldenOperation op)
    {
        (int rows, int inF, int outF) = (op.Shape("in.x")[0], op.Shape("in.x")[1], op.Shape("out")[1]);
        (double[] x, double[] weight, double[] gradOut) = (op.Values("in.x"), op.Values("in.weight"), op.Values("grad_out"));
        op.AssertOutput(ReferenceLinear.Forward(x, weight, op.Values("in.bias"), rows, inF, outF));
        op.AssertGradient(ReferenceLinear.InputGradient(gradOut, weight, rows, inF, outF), "x");
        op.AssertGradient(ReferenceLinear.WeightGradient(x, gradOut, rows, inF, outF), "weight");
        op.AssertGradient(ReferenceLinear.BiasGradient(gradOut, outF), "bias");
    }

    private static void Attention(GoldenOperation op)
    {
        // The stored attention knows images times heads only, so every way to split their product must give it.
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

    private static void PositionalEmbedding(GoldenOperation op)
    {
        int channels = op.Shape("out")[1];
        bool endpoint = op.Name.EndsWith("endpoint", StringComparison.Ordinal);

        // The stored values come from phases in float32, and a phase near 1,000 is only good to 3e-5.
        op.AssertOutput(ReferenceEmbedding.Positional(op.Values("in.x"), channels, endpoint, sinFirst: false), tolerance: 1e-5);
    }

    private static void FourierEmbedding(GoldenOperation op)
    {
        float[] levels = Array.ConvertAll(op.Values("in.x"), v => (float)v);
        float[] frequencies = Array.ConvertAll(op.Values("freqs"), v => (float)v);
        op.AssertOutput(ReferenceEmbedding.Fourier(levels, frequencies));
    }

    // h and w are those of the input.
    private static double[] Resample(GoldenOperation op, double[] x, int n, int h, int w, int c)
    {
        int padding = ReferenceFilter.Padding(op.Filter);
        return op.IsTrue("up") ? ReferenceFilter.Up(x, op.Filter, n, h, w, c, padding)
            : ReferenceFilter.Down(x, op.Filter, n, h / 2, w / 2, c, padding);
    }

    private static double[] ResampleGradient(GoldenOperation op, double[] gradOut, int n, int h, int w, int c)
    {
        int padding = ReferenceFilter.Padding(op.Filter);
        return op.IsTrue("up") ? ReferenceFilter.UpGradient(gradOut, op.Filter, n, h, w, c, padding)
            : ReferenceFilter.DownGradient(gradOut, op.Filter, n, h / 2, w / 2, c, padding);
    }

    private static IEnumerable<double> Row(double[] values, int row, int size) => values.Skip(row * size).Take(size);
}
