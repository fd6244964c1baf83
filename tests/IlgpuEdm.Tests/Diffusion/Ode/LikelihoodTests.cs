using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Likelihoods through the ODE against the densities of closed forms, smoothed at SigmaMin.</summary>
[TestClass]
public class LikelihoodTests
{
    private static readonly LikelihoodOptions _trace = new() { FullTrace = true };

    [TestMethod]
    public void FullTraceGivesAGaussiansDensity()
    {
        foreach (int n in new[] { 1, 2, 12, 48 })
        {
            var gaussian = GaussianForm.OfSize(n);
            double[] x = gaussian.Flow(TestLatents.Of(9, n), 1, 0.002);
            double expected = gaussian.LogDensity(x, 0.002);
            LikelihoodResult result = Likelihood.Of(gaussian.DenoiseWithVjp, x, _trace, seed: 0);
            AssertWithinOnePercent(expected, result.Nats, $"n {n}");
            Assert.AreEqual(0.0, result.StandardError, "the trace has no error of estimation");
        }
    }

    [TestMethod]
    public void HutchinsonGivesAGaussiansDensity()
    {
        var gaussian = GaussianForm.OfSize(48);
        double[] x = gaussian.Flow(TestLatents.Of(10, 48), 1, 0.002);
        LikelihoodResult result = Likelihood.Of(gaussian.DenoiseWithVjp, x, new LikelihoodOptions { Probes = 1024 }, seed: 1);
        AssertWithinOnePercent(gaussian.LogDensity(x, 0.002), result.Nats, "1024 probes");
    }

    [TestMethod]
    public void FullTraceGivesAMixturesDensity()
    {
        MixtureForm mixture = MixtureForm.Plane;
        foreach (double[] x in new double[][] { [0.6, 0.1], [-0.45, 0.3], [0.1, -0.1], [-0.3, -1.0] })
        {
            double expected = mixture.LogDensity(x, 0.002);
            Assert.AreEqual(expected, Likelihood.Of(mixture.DenoiseWithVjp, x, _trace, 0).Nats, 0.01 * Math.Max(1, Math.Abs(expected)),
                $"at ({x[0]}, {x[1]})");
        }
    }

    [TestMethod]
    public void HutchinsonAgreesWithTheTraceWithinItsStandardError()
    {
        var gaussian = GaussianForm.OfSize(24);
        double[] x = gaussian.Flow(TestLatents.Of(11, 24), 1, 0.002);
        double exact = Likelihood.Of(gaussian.DenoiseWithVjp, x, _trace, 0).Nats;
        double squares = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            LikelihoodResult estimate = Likelihood.Of(gaussian.DenoiseWithVjp, x, new LikelihoodOptions { Probes = 64 }, seed);
            double deviation = (estimate.Nats - exact) / estimate.StandardError!.Value;
            Assert.IsLessThan(3.0, Math.Abs(deviation), $"deviation in standard errors, seed {seed}");
            squares += deviation * deviation / 20;
        }

        // About 1, within the scatter of 20 squares.
        Assert.AreEqual(1, squares, 0.8, "standard errors are of the right size");
    }

    [TestMethod]
    public void TheTraceOfADenoiserIsThatOfItsFormula()
    {
        var gaussian = GaussianForm.OfSize(24);
        double[] x = TestLatents.Of(15, 24);
        double exact = Enumerable.Range(0, 24).Sum(j => 1 / (1 + 15.0 * j / 23) / (1 / (1 + 15.0 * j / 23) + 0.09));
        Assert.AreEqual(exact, JacobianTrace.Of(gaussian.DenoiseWithVjp, x, 0.3, _trace, 0).Trace, 1e-12, "one vector a value");
        var (trace, error) = JacobianTrace.Of(gaussian.DenoiseWithVjp, x, 0.3, new LikelihoodOptions { Probes = 400 }, 0);
        Assert.IsLessThan(3 * error!.Value, Math.Abs(trace - exact), "400 probes");
        Assert.IsLessThan(0.1, error.Value, "which tell it well");
    }

    [TestMethod]
    public void TheLatentIsTheInversion()
    {
        var gaussian = GaussianForm.OfSize(6);
        double[] x = TestLatents.Of(12, 6);
        double[] latent = Likelihood.Of(gaussian.DenoiseWithVjp, x, _trace, 0).Latent;
        double[] expected = Array.ConvertAll(gaussian.Flow(x, 0.002, 80), v => v / 80);
        Assert.IsLessThan(1e-3, TestLatents.Largest(expected, latent), "x at SigmaMax over SigmaMax");
    }

    [TestMethod]
    public void AnImageIsTheSameToTheBitInAnyBatch()
    {
        var gaussian = GaussianForm.OfSize(5);
        double[] images = TestLatents.Of(13, 3 * 5);
        var options = new LikelihoodOptions { Probes = 7, Batch = 3 };
        LikelihoodResult[] batch = Likelihood.OfEach(_ => gaussian.DenoiseWithVjp, images, 5, options, [7, 8, 9]);
        for (int i = 0; i < 3; i++)
        {
            LikelihoodResult alone = Likelihood.Of(
                gaussian.DenoiseWithVjp, images[(5 * i)..(5 * i + 5)], options with { Batch = 1 }, (ulong)(7 + i));
            Assert.AreEqual(BitConverter.DoubleToInt64Bits(alone.Nats), BitConverter.DoubleToInt64Bits(batch[i].Nats), $"image {i}");
            TestLatents.AssertSameBits(alone.Latent, batch[i].Latent, $"latent of image {i}");
        }
    }

    [TestMethod]
    public void SeedsChangeTheEstimateAndOneProbeHasNoError()
    {
        var gaussian = GaussianForm.OfSize(24);
        double[] x = TestLatents.Of(14, 24);
        LikelihoodResult one = Likelihood.Of(gaussian.DenoiseWithVjp, x, new LikelihoodOptions { Probes = 1 }, 1);
        LikelihoodResult other = Likelihood.Of(gaussian.DenoiseWithVjp, x, new LikelihoodOptions { Probes = 1 }, 2);
        Assert.IsNull(one.StandardError, "one number has no spread");
        Assert.AreNotEqual(one.Nats, other.Nats, "the probe is the seed's");
    }

    [TestMethod]
    public void ReportsEveryStepWithItsState()
    {
        var gaussian = GaussianForm.OfSize(5);
        double[] x = TestLatents.Of(16, 5);
        var steps = new List<SamplerStep>();
        Likelihood.Of(gaussian.DenoiseWithVjp, x, _trace, 1, steps.Add);
        Assert.AreEqual(0.002, steps[0].Sigma, "it starts at SigmaMin");
        Assert.IsLessThan(1e-15, TestLatents.Largest(x, steps[0].X), "with the image");
        CollectionAssert.AreEqual(Enumerable.Range(0, steps.Count).ToArray(), steps.ConvertAll(s => s.Index), "indices");
        CollectionAssert.AreEqual(gaussian.Denoise(steps[3].X, steps[3].Sigma), steps[3].Denoised, "D belongs to the state");
    }

    [TestMethod]
    public void BitsPerDimensionOfUniformGreyLevelsIsEight()
    {
        // Uniform over 256 grey levels, each 1 / 127.5 wide: density 127.5 / 256 a value.
        var result = new LikelihoodResult(10 * Math.Log(127.5 / 256), 0, 10, [], 0);
        Assert.AreEqual(8, result.BitsPerDimensionOfBytes, 1e-12, "bits of a byte");
        Assert.AreEqual(8 - Math.Log2(127.5), result.BitsPerDimension, 1e-12, "without the correction");
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        var gaussian = GaussianForm.OfSize(2);
        OneClearLine.Of(() => Likelihood.Of(gaussian.DenoiseWithVjp, [1, 2], new LikelihoodOptions { Probes = 0 }, 0), "--probes");
        OneClearLine.Of(() => Likelihood.Of(gaussian.DenoiseWithVjp, [1, double.NaN], _trace, 0), "NaN");
        DenoiserVjp broken = (x, _, v) => (x, Array.ConvertAll(v, _ => double.NaN));
        OneClearLine.Of(() => Likelihood.Of(broken, [1, 2], _trace, 0), "vector-Jacobian", "NaN");
        OneClearLine.Of(() => Likelihood.OfEach(_ => gaussian.DenoiseWithVjp, [1, 2, 3, 4], 2, _trace, [1]), "1 seeds for 2 images");
        OneClearLine.Of(() => Likelihood.OfEach(_ => gaussian.DenoiseWithVjp, [1, 2, 3], 2, _trace, [1]), "no whole number");
    }

    private static void AssertWithinOnePercent(double expected, double actual, string what) =>
        Assert.AreEqual(expected, actual, 0.01 * Math.Abs(expected), what);
}
