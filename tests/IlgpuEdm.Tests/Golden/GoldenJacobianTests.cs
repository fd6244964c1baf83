using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Diffusion;

namespace IlgpuEdm.Tests.Golden;

/// <summary>
/// What likelihood and inversion need of a network, on the small one of preconditioners.safetensors: vector-Jacobian products, traces,
/// and the way to the latent and back.
/// </summary>
[TestCategory("Golden")]
public abstract class GoldenJacobianTests : DeviceTestBase
{
    private GoldenDenoiser _golden = null!;

    private NetworkDenoiser Denoiser => _golden.Denoiser;

    private double[] Images => _golden.Images;

    private int ImageSize => _golden.ImageSize;

    [TestInitialize]
    public void Load() => _golden = new GoldenDenoiser(Device);

    [TestCleanup]
    public void Release() => _golden?.Dispose();

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.5)]
    [DataRow(5.0)]
    public void VectorJacobianProductsAgreeWithFiniteDifferences(double sigma)
    {
        double[] x = Image(0), direction = TestLatents.Of(1, ImageSize), cotangent = TestLatents.Of(2, ImageSize);
        var (denoised, vjp) = Denoiser.DenoiseWithVjp(x, sigma, cotangent);
        CollectionAssert.AreEqual(Denoiser.Denoise(x, sigma), denoised, "D, bit for bit that of a pass without gradients");

        // Central differences at two widths cancel the error of second order.
        double h = 0.02 * Math.Max(sigma, 0.2);
        double expected = (4 * Slope(h) - Slope(2 * h)) / 3;
        double actual = Dot(vjp, direction);
        double scale = Math.Sqrt(Dot(cotangent, cotangent)) * Math.Max(1, Math.Abs(expected) / Math.Sqrt(ImageSize));
        Assert.AreEqual(expected, actual, 2e-3 * scale, $"the product with a direction; {actual} against {expected}");

        double Slope(double step)
        {
            double[] up = Denoiser.Denoise(Moved(step), sigma), down = Denoiser.Denoise(Moved(-step), sigma);
            return (Dot(cotangent, up) - Dot(cotangent, down)) / (2 * step);
        }

        double[] Moved(double step) => [.. x.Zip(direction, (v, d) => v + step * d)];
    }

    [TestMethod]
    public void ImagesOfABatchDoNotMix()
    {
        double[] x = [.. Image(0), .. Image(1), .. Image(2)], cotangents = TestLatents.Of(3, x.Length);
        cotangents.AsSpan(ImageSize, ImageSize).Clear();
        double[] vjp = Denoiser.DenoiseWithVjp(x, 0.5, cotangents).Vjp;
        Assert.IsTrue(vjp[ImageSize..(2 * ImageSize)].All(v => v == 0), "an image without a cotangent gets nothing of its neighbours'");
        foreach (int i in new[] { 0, 2 })
        {
            Range own = (i * ImageSize)..((i + 1) * ImageSize);
            TestLatents.AssertSameBits(Denoiser.DenoiseWithVjp(x[own], 0.5, cotangents[own]).Vjp, vjp[own], $"image {i} alone");
        }
    }

    [TestMethod]
    public void ANetworkOfZerosHasTheJacobianOfItsSkip()
    {
        using var zeros = new ParameterBlock(Device, _golden.Network.Network.Parameters);
        using var denoiser = new NetworkDenoiser(Device, _golden.Network, zeros);
        double[] cotangent = TestLatents.Of(4, ImageSize);
        var (denoised, vjp) = denoiser.DenoiseWithVjp(Image(0), 0.7, cotangent);
        double cSkip = denoiser.Preconditioner.CSkip(0.7);
        GoldenFile.AssertClose(denoised, Array.ConvertAll(Image(0), v => cSkip * v), 1e-6, "D");
        GoldenFile.AssertClose(vjp, Array.ConvertAll(cotangent, v => cSkip * v), 1e-6, "vector-Jacobian product");
    }

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.5)]
    [DataRow(5.0)]
    [DataRow(50.0)]
    public void HutchinsonsTraceAgreesWithTheFullOne(double sigma)
    {
        double[] x = [.. Image(0).Zip(TestLatents.Of(5, ImageSize), (y, n) => y + sigma * n)];
        double full = JacobianTrace.Of(Vjp, x, sigma, new LikelihoodOptions { FullTrace = true, Batch = 32 }, 0).Trace;
        var (trace, error) = JacobianTrace.Of(Vjp, x, sigma, new LikelihoodOptions { Probes = 64, Batch = 32 }, 1);
        Assert.IsGreaterThan(0.0, error!.Value, "the estimate has an error");
        Assert.IsLessThan(3 * error.Value, Math.Abs(trace - full), $"64 probes: {trace} with standard error {error}, full trace {full}");
    }

    [TestMethod]
    public void HutchinsonsLikelihoodAgreesWithTheFullTraces()
    {
        var ode = new AdaptiveOdeOptions { SigmaMin = 0.2, SigmaMax = 5, RelativeTolerance = 1e-2, AbsoluteTolerance = 1e-2 };
        double[] x = Array.ConvertAll(Image(0), v => 0.5 * v);
        double full = Likelihood.Of(Vjp, x, new LikelihoodOptions { FullTrace = true, Ode = ode, Batch = 32 }, 0).Nats;
        LikelihoodResult estimate = Likelihood.Of(Vjp, x, new LikelihoodOptions { Probes = 32, Ode = ode, Batch = 32 }, 2);
        Assert.IsLessThan(3 * estimate.StandardError!.Value, Math.Abs(estimate.Nats - full),
            $"32 probes: {estimate.Nats} nats with standard error {estimate.StandardError}, full trace {full}");
    }

    [TestMethod]
    public void InversionAndResamplingGiveTheImageBack()
    {
        var options = new AdaptiveOdeOptions { SigmaMin = 0.02, RelativeTolerance = 1e-5, AbsoluteTolerance = 1e-5 };
        double[] x = Array.ConvertAll(Image(0), v => 0.5 * v);
        double[] back = Inversion.Restore(Denoiser.Denoise, Inversion.Invert(Denoiser.Denoise, x, options), options);
        Assert.IsLessThan(1e-3, TestLatents.Largest(x, back), "largest difference of the adaptive solver's image");
    }

    [TestMethod]
    public void HeunsInversionAndItsSamplerGiveTheImageBack()
    {
        double[] steps = EdmTimeSteps.Create(12, 0.02, 80, 7)[..^1];
        double[] x = Array.ConvertAll([.. Image(0), .. Image(1)], v => 0.5 * v);
        double[] latents = HeunInversion.Invert(Denoiser.Denoise, x, ImageSize, steps, refinements: 8);
        double[] back = HeunSampler.Sample(Denoiser.Denoise, latents, steps);
        Assert.IsLessThan(1e-3, TestLatents.Largest(x, back), "largest difference");
    }

    private (double[] Denoised, double[] Vjp) Vjp(double[] x, double sigma, double[] v) => Denoiser.DenoiseWithVjp(x, sigma, v);

    private double[] Image(int i) => Images[(i * ImageSize)..((i + 1) * ImageSize)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();
}

[TestClass]
public sealed class GoldenJacobianTestsCpu : GoldenJacobianTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenJacobianTestsOpenCL : GoldenJacobianTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenJacobianTestsCuda : GoldenJacobianTests
{
    protected override string Spec => Cuda;
}
