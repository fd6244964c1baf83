using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Guided denoisers against formulas, and how often they call what.</summary>
[TestClass]
public class GuidanceTests
{
    private static readonly GaussianForm _class = new([0.5, -0.2], [0.04, 0.04], [1, 0]);
    private static readonly MixtureForm _all = new(0.2, [0.5, -0.2], [-0.5, 0.3]);

    [TestMethod]
    public void WeightOneIsTheMainAndAsksNothingElse()
    {
        foreach (double sigma in new[] { 0.01, 1, 50 })
        {
            double[] x = [0.3, -1];
            double[] main = _class.Denoise(x, sigma);
            TestLatents.AssertSameBits(main, Guidance.ClassifierFree(_class.Denoise, Never, 1)(x, sigma), "classifier-free");
            TestLatents.AssertSameBits(main, Guidance.Auto(_class.Denoise, Never, 1)(x, sigma), "auto");
        }
    }

    [TestMethod]
    public void WeightZeroIsTheGuideAndAsksNothingElse()
    {
        double[] x = [0.3, -1];
        TestLatents.AssertSameBits(_all.Denoise(x, 2), Guidance.ClassifierFree(Never, _all.Denoise, 0)(x, 2), "the guide");
    }

    [TestMethod]
    public void TheGuidedScoreIsTheWeightedSumOfTheScores()
    {
        double[] x = [0.1, 0.4];
        const double Sigma = 0.7;
        foreach (double w in new[] { 0.5, 2, 4.5 })
        {
            double[] denoised = Guidance.ClassifierFree(_class.Denoise, _all.Denoise, w)(x, Sigma);
            for (int j = 0; j < 2; j++)
            {
                // score = (D - x) / sigma^2, here of p(x | class)^w p(x)^(1 - w).
                double expected = w * Slope(_class, x, Sigma, j) + (1 - w) * Slope(_all, x, Sigma, j);
                Assert.AreEqual(expected, (denoised[j] - x[j]) / (Sigma * Sigma), 1e-6, $"weight {w}, value {j}");
            }
        }
    }

    [TestMethod]
    public void GaussianClassesGiveASharperGaussianFurtherOut()
    {
        // N(m, s^2)^w N(0, 1)^(1 - w) is a Gaussian of precision w / s^2 + 1 - w at every level where variances have sigma^2 added.
        var main = new GaussianForm([1], [0.25], [1]);
        var wide = new GaussianForm([0], [1.0], [1]);
        const double W = 3;
        const double Sigma = 0.5;
        double narrowVariance = 0.25 + Sigma * Sigma;
        double wideVariance = 1 + Sigma * Sigma;
        double precision = W / narrowVariance + (1 - W) / wideVariance;
        double mean = W / narrowVariance / precision;
        double[] denoised = Guidance.ClassifierFree(main.Denoise, wide.Denoise, W)([0.2], Sigma);
        Assert.AreEqual(0.2 - Sigma * Sigma * precision * (0.2 - mean), denoised[0], 1e-12, "D = x + sigma^2 score");
        Assert.IsGreaterThan(1, mean, "guidance goes beyond the class's mean");
    }

    [TestMethod]
    public void OutsideTheIntervalOnlyTheMainIsAsked()
    {
        Denoiser guided = Guidance.Auto(_class.Denoise, (x, sigma) => sigma is >= 0.2 and <= 2 ? _all.Denoise(x, sigma) : Never(x, sigma),
            2, new SigmaInterval(0.2, 2));
        double[] at = [0.3, -1];
        TestLatents.AssertSameBits(_class.Denoise(at, 0.1), guided(at, 0.1), "below");
        TestLatents.AssertSameBits(_class.Denoise(at, 2.1), guided(at, 2.1), "above");
        foreach (double sigma in new[] { 0.2, 1, 2 })
        {
            Assert.AreNotEqual(_class.Denoise(at, sigma)[0], guided(at, sigma)[0], $"guided at {sigma}");
        }
    }

    [TestMethod]
    public void ProductsWithTheJacobianCombineAlike()
    {
        double[] x = [0.1, 0.4];
        double[] v = [1, -2];
        var (denoised, vjp) = Guidance.ClassifierFree(_class.DenoiseWithVjp, _all.DenoiseWithVjp, 2)(x, 0.7, v);
        Denoiser plain = Guidance.ClassifierFree(_class.Denoise, _all.Denoise, 2);
        TestLatents.AssertSameBits(plain(x, 0.7), denoised, "D");
        for (int j = 0; j < 2; j++)
        {
            double[] up = [.. x];
            double[] down = [.. x];
            up[j] += 1e-5;
            down[j] -= 1e-5;
            double expected = plain(up, 0.7).Zip(plain(down, 0.7), (a, b) => (a - b) / 2e-5).Zip(v, (d, w) => d * w).Sum();
            Assert.AreEqual(expected, vjp[j], 1e-8, $"value {j}");
        }

        (_, double[] main) = Guidance.Auto(_class.DenoiseWithVjp, (_, _, _) => throw new InvalidOperationException(), 1)(x, 0.7, v);
        TestLatents.AssertSameBits(_class.DenoiseWithVjp(x, 0.7, v).Vjp, main, "weight 1");
    }

    [TestMethod]
    public void GuidedSamplesOfABatchAreThoseOfTheirImages()
    {
        Denoiser guided = Guidance.ClassifierFree(_class.Denoise, _all.Denoise, 2, new SigmaInterval(0.1, 5));
        double[] latents = TestLatents.Of(3, 8);
        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7);
        double[] batch = HeunSampler.Sample(guided, latents, t);
        for (int i = 0; i < 4; i++)
        {
            Range range = (2 * i)..(2 * i + 2);
            TestLatents.AssertSameBits(HeunSampler.Sample(guided, latents[range], t), batch[range], $"image {i}");
        }
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        OneClearLine.Of(() => Guidance.ClassifierFree(_class.Denoise, _all.Denoise, double.NaN), "--guidance", "NaN");
        OneClearLine.Of(() => Guidance.Auto(_class.Denoise, _all.Denoise, -1), "--guidance");
        OneClearLine.Of(() => _ = new SigmaInterval(2, 1), "2", "1");
        OneClearLine.Of(() => _ = new SigmaInterval(double.NaN, 1), "NaN");
        OneClearLine.Of(() => Guidance.Auto(_class.Denoise, (_, _) => [1], 2)([1, 2], 1), "1 values", "2");
    }

    private static double[] Never(double[] x, double sigma) => throw new InvalidOperationException("not to be asked");

    private static double Slope(ClosedForm form, double[] x, double sigma, int j)
    {
        double[] up = [.. x];
        double[] down = [.. x];
        up[j] += 1e-5;
        down[j] -= 1e-5;
        return (form.LogDensity(up, sigma) - form.LogDensity(down, sigma)) / 2e-5;
    }
}
