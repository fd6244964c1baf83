using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Reference;

/// <summary>The gradients of the host references against central differences of their forward directions.</summary>
[TestClass]
public class ReferenceGradientTests
{
    private const double Tolerance = 1e-7;

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Convolution(int k)
    {
        const int n = 2, h = 4, w = 3, inC = 3, outC = 2;
        double[] x = Random(1, n * h * w * inC);
        double[] weight = Random(2, k * k * inC * outC);
        double[] bias = Random(3, outC);
        double[] gradOut = Random(4, n * h * w * outC);
        double[] Out(double[] x, double[] weight, double[] bias) => ReferenceConvolution.Forward(x, weight, bias, n, h, w, inC, outC, k);

        Check(v => Out(v, weight, bias), x, gradOut, ReferenceConvolution.InputGradient(gradOut, weight, n, h, w, inC, outC, k), "x");
        Check(v => Out(x, v, bias), weight, gradOut, ReferenceConvolution.WeightGradient(x, gradOut, n, h, w, inC, outC, k), "weight");
        Check(v => Out(x, weight, v), bias, gradOut, ReferenceConvolution.BiasGradient(gradOut, outC), "bias");
    }

    [TestMethod]
    public void Resampling()
    {
        const int n = 2, h = 4, w = 6, c = 3;
        double[] x = Random(1, n * h * w * c);
        double[] gradUp = Random(2, 4 * x.Length);
        double[] gradDown = Random(3, x.Length / 4);
        Check(v => ReferenceResample.Up(v, n, h, w, c), x, gradUp, ReferenceResample.UpGradient(gradUp, n, h, w, c), "up");
        Check(v => ReferenceResample.Down(v, n, h, w, c), x, gradDown, ReferenceResample.DownGradient(gradDown, n, h, w, c), "down");
    }

    [TestMethod]
    [DataRow(new[] { 2, 5 })]
    [DataRow(new[] { 1, 3, 3, 1 })]
    [DataRow(new[] { 1, 4, -2, 9, 3, 5 })]
    public void ResamplingWithAFilter(int[] filter)
    {
        const int n = 2, h = 2, w = 3, c = 2;
        for (int padding = 0; padding <= ReferenceFilter.Padding(filter); padding++)
        {
            double[] small = Random(1, n * h * w * c);
            double[] large = Random(2, n * ReferenceFilter.Large(h, filter, padding) * ReferenceFilter.Large(w, filter, padding) * c);
            double[] up = ReferenceFilter.UpGradient(large, filter, n, h, w, c, padding);
            double[] down = ReferenceFilter.DownGradient(small, filter, n, h, w, c, padding);
            Check(v => ReferenceFilter.Up(v, filter, n, h, w, c, padding), small, large, up, $"up, padding {padding}");
            Check(v => ReferenceFilter.Down(v, filter, n, h, w, c, padding), large, small, down, $"down, padding {padding}");
        }
    }

    [TestMethod]
    [DataRow(1, true)]
    [DataRow(1, false)]
    [DataRow(3, true)]
    [DataRow(3, false)]
    public void ConvolutionFusedWithResampling(int k, bool up)
    {
        int[] filter = [1, 4, 2, 3];
        var s = new ReferenceResamplingConvolution.Sizes(N: 2, H: 2, W: 4, In: 3, Out: 2, k);
        (double[] x, double[] weight, double[] bias) = (Random(1, s.N * s.H * s.W * s.In), Random(2, k * k * s.In * s.Out), Random(3, s.Out));
        double[] Out(double[] x, double[] weight, double[] bias) => up ? ReferenceResamplingConvolution.Up(x, weight, bias, filter, s)
            : ReferenceResamplingConvolution.Down(x, weight, bias, filter, s);

        double[] gradOut = Random(4, Out(x, weight, bias).Length);
        ReferenceResamplingConvolution.Gradients gradients = up
            ? ReferenceResamplingConvolution.UpGradients(x, weight, gradOut, filter, s)
            : ReferenceResamplingConvolution.DownGradients(x, weight, gradOut, filter, s);
        Check(v => Out(v, weight, bias), x, gradOut, gradients.X, "x");
        Check(v => Out(x, v, bias), weight, gradOut, gradients.Weight, "weight");
        Check(v => Out(x, weight, v), bias, gradOut, gradients.Bias, "bias");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void GroupNorm(bool silu)
    {
        const int n = 2, pixels = 6, c = 8, groups = 2;
        const double eps = 1e-2;
        double[] x = Random(1, n * pixels * c);
        double[] gamma = Random(2, c);
        double[] beta = Random(3, c);
        double[] gradOut = Random(4, x.Length);
        double[] Out(double[] x, double[] gamma, double[] beta) =>
            ReferenceGroupNorm.Forward(x, gamma, beta, n, pixels, c, groups, eps, silu);

        ReferenceGroupNorm.Gradients gradients =
            ReferenceGroupNorm.Backward(x, gamma, beta, gradOut, n, pixels, c, groups, eps, silu);
        Check(v => Out(v, gamma, beta), x, gradOut, gradients.X, "x");
        Check(v => Out(x, v, beta), gamma, gradOut, gradients.Gamma, "gamma");
        Check(v => Out(x, gamma, v), beta, gradOut, gradients.Beta, "beta");
    }

    [TestMethod]
    public void AdaptiveGroupNorm()
    {
        const int n = 2, pixels = 6, c = 8, groups = 2;
        const double eps = 1e-2;
        (double[] x, double[] gamma, double[] beta) = (Random(1, n * pixels * c), Random(2, c), Random(3, c));
        (double[] scaleShift, double[] gradOut) = (Random(4, n * 2 * c), Random(5, x.Length));
        double[] Out(double[] x, double[] gamma, double[] beta, double[] scaleShift) =>
            ReferenceAdaptiveGroupNorm.Forward(x, gamma, beta, scaleShift, n, pixels, c, groups, eps);

        ReferenceAdaptiveGroupNorm.Gradients gradients =
            ReferenceAdaptiveGroupNorm.Backward(x, gamma, beta, scaleShift, gradOut, n, pixels, c, groups, eps);
        Check(v => Out(v, gamma, beta, scaleShift), x, gradOut, gradients.X, "x");
        Check(v => Out(x, v, beta, scaleShift), gamma, gradOut, gradients.Gamma, "gamma");
        Check(v => Out(x, gamma, v, scaleShift), beta, gradOut, gradients.Beta, "beta");
        Check(v => Out(x, gamma, beta, v), scaleShift, gradOut, gradients.ScaleShift, "scale and shift");
    }

    [TestMethod]
    public void Linear()
    {
        const int rows = 3, inF = 5, outF = 4;
        double[] x = Random(1, rows * inF);
        double[] weight = Random(2, inF * outF);
        double[] bias = Random(3, outF);
        double[] gradOut = Random(4, rows * outF);
        double[] Out(double[] x, double[] weight, double[]? bias) => ReferenceLinear.Forward(x, weight, bias, rows, inF, outF);

        Check(v => Out(v, weight, null), x, gradOut, ReferenceLinear.InputGradient(gradOut, weight, rows, inF, outF), "x");
        Check(v => Out(x, v, bias), weight, gradOut, ReferenceLinear.WeightGradient(x, gradOut, rows, inF, outF), "weight");
        Check(v => Out(x, weight, v), bias, gradOut, ReferenceLinear.BiasGradient(gradOut, outF), "bias");
    }

    [TestMethod]
    public void Silu()
    {
        double[] x = [.. Random(1, 20), 0, 30, -30];
        double[] gradOut = Random(2, x.Length);
        Check(ReferenceSilu.Forward, x, gradOut, ReferenceSilu.Gradient(x, gradOut), "x");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Attention(int heads)
    {
        const int n = 2, tokens = 5, channels = 6;
        double[] qkv = Random(1, n * tokens * 3 * channels);
        double[] gradOut = Random(2, n * tokens * channels);
        double[] gradient = ReferenceAttention.Gradient(qkv, gradOut, n, tokens, channels, heads);
        Check(v => ReferenceAttention.Forward(v, n, tokens, channels, heads), qkv, gradOut, gradient, "qkv");
    }

    [TestMethod]
    public void LossOfTheNetworkOutput()
    {
        const double sigmaData = 0.7;
        double[] sigma = [0.05, 1.3, 20];
        double[] y = Random(1, 12);
        double[] x = Random(2, 12);
        double[] network = Random(3, 12);
        double[] gradOut = [.. Enumerable.Repeat(1.0 / 3, 12)];
        double[] denoised = ReferenceLoss.Denoised(x, network, sigma, sigmaData);
        double[] gradient = ReferenceLoss.NetworkGradient(
            ReferenceLoss.Gradient(denoised, y, sigma, sigmaData, 1.0 / 3), sigma, sigmaData);
        Check(
            f => ReferenceLoss.Forward(ReferenceLoss.Denoised(x, f, sigma, sigmaData), y, sigma, sigmaData),
            network,
            gradOut,
            gradient,
            "network");
    }

    private static double[] Random(ulong image, int count)
    {
        var values = new double[count];
        HostRandom.FillNormal(1, RandomPurpose.Bench, image, values);
        return values;
    }

    private static void Check(Func<double[], double[]> forward, double[] x, double[] gradOut, double[] gradient, string what)
    {
        double deviation = FiniteDifference.LargestDeviation(forward, x, gradOut, gradient);
        Assert.IsLessThanOrEqualTo(Tolerance, deviation, $"gradient of {what}: deviation {deviation:g3}");
    }
}
