using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>An image, inverted and sampled again, is the image.</summary>
[TestClass]
public class InversionTests
{
    private static readonly MixtureForm _mixture = MixtureForm.Plane;

    [TestMethod]
    public void AdaptiveInversionAndRestoringReturnTheImage()
    {
        var options = new AdaptiveOdeOptions();
        foreach (double[] image in Images())
        {
            double[] latent = Inversion.Invert(_mixture.Denoise, image, options);
            Assert.IsLessThan(1e-3, TestLatents.Largest(image, Inversion.Restore(_mixture.Denoise, latent, options)), "at SigmaMin");
            Assert.IsLessThan(1e-3, TestLatents.Largest(image, AdaptiveOde.Sample(_mixture.Denoise, latent, options).X), "denoised to 0");
        }
    }

    [TestMethod]
    public void ADenoiserInFloat32ReturnsTheImageToo()
    {
        double[] Rounded(double[] x, double sigma) =>
            Array.ConvertAll(_mixture.Denoise(Array.ConvertAll(x, v => (double)(float)v), sigma), v => (double)(float)v);
        foreach (double tolerance in new[] { 1e-4, 1e-5, 1e-6 })
        {
            var options = new AdaptiveOdeOptions { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance, MaxEvaluations = 300 };
            double[] restored = Inversion.Restore(Rounded, Inversion.Invert(Rounded, [0.6, 0.1], options), options);
            Assert.IsLessThan(1e-3, TestLatents.Largest([0.6, 0.1], restored), $"tolerance {tolerance}");
        }

        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7);
        double[] again = HeunSampler.Sample(Rounded, HeunInversion.Invert(Rounded, [0.6, 0.1], 2, t, refinements: 10), t);
        Assert.IsLessThan(1e-4, TestLatents.Largest([0.6, 0.1], again), "refined where only rounding is left");
    }

    [TestMethod]
    public void HeunsStepsReversedAndTakenReturnTheImage()
    {
        double[] t = EdmTimeSteps.Create(128, 0.002, 80, 7);
        foreach (double[] image in Images())
        {
            double[] latent = HeunInversion.Invert(_mixture.Denoise, image, 2, t);
            Assert.IsLessThan(1e-3, TestLatents.Largest(image, HeunSampler.Sample(_mixture.Denoise, latent, t)), "128 steps");
        }
    }

    [TestMethod]
    public void RefinementsUndoASamplerOfFewSteps()
    {
        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7);
        double[] images = [.. Images().SelectMany(x => x)];
        double RoundTrip(int refinements) => TestLatents.Largest(
            images, HeunSampler.Sample(_mixture.Denoise, HeunInversion.Invert(_mixture.Denoise, images, 2, t, refinements), t));
        Assert.IsGreaterThan(1e-2, RoundTrip(0), "18 steps, reversed only");
        Assert.IsLessThan(1e-3, RoundTrip(3), "3 refinements");
        Assert.IsLessThan(1e-6, RoundTrip(5), "5 refinements");
        Assert.IsLessThan(1e-12, RoundTrip(30), "many do no harm");
    }

    [TestMethod]
    public void LatentsOfAGaussianAreThoseOfTheFormula()
    {
        var gaussian = GaussianForm.OfSize(8);
        double[] image = TestLatents.Of(21, 8);
        double[] expected = Array.ConvertAll(gaussian.Flow(image, 0.002, 80), v => v / 80);
        var options = new AdaptiveOdeOptions { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-6 };
        Assert.IsLessThan(1e-4, TestLatents.Largest(expected, Inversion.Invert(gaussian.Denoise, image, options)), "adaptive");
        double[] t = EdmTimeSteps.Create(256, 0.002, 80, 7);
        Assert.IsLessThan(1e-3, TestLatents.Largest(expected, HeunInversion.Invert(gaussian.Denoise, image, 8, t)), "Heun");
    }

    [TestMethod]
    public void ABatchIsInvertedAsItsImages()
    {
        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7)[..^1];
        double[] batch = HeunInversion.Invert(_mixture.Denoise, [.. Images().SelectMany(x => x)], 2, t, 2);
        for (int i = 0; i < Images().Length; i++)
        {
            double[] alone = HeunInversion.Invert(_mixture.Denoise, Images()[i], 2, t, 2);
            TestLatents.AssertSameBits(alone, batch[(2 * i)..(2 * i + 2)], $"image {i}");
        }
    }

    [TestMethod]
    public void ReportsItsStepsUpwards()
    {
        double[] t = EdmTimeSteps.Create(5, 0.01, 10, 7);
        var steps = new List<SamplerStep>();
        HeunInversion.Invert(_mixture.Denoise, [0.5, 0.1], 2, t, onStep: steps.Add);
        CollectionAssert.AreEqual(new[] { t[4], t[3], t[2], t[1] }, steps.ConvertAll(s => s.Sigma), "levels at which steps start");
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3 }, steps.ConvertAll(s => s.Index), "indices");
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        OneClearLine.Of(() => HeunInversion.Invert(_mixture.Denoise, [1, 2], 2, [1, 2]), "do not decrease");
        OneClearLine.Of(() => HeunInversion.Invert(_mixture.Denoise, [1, 2], 2, [2, 1], -1), "--refinements");
        OneClearLine.Of(() => HeunInversion.Invert(_mixture.Denoise, [double.NaN, 2], 2, [2, 1]), "NaN");
        OneClearLine.Of(() => HeunInversion.Invert((_, _) => [0, double.NaN], [1, 2], 2, [2, 1]), "NaN", "sigma 1");
        OneClearLine.Of(() => Inversion.Invert(_mixture.Denoise, [], new AdaptiveOdeOptions()), "0 values");
    }

    private static double[][] Images() => [[0.6, 0.1], [-0.45, 0.3], [-0.3, -0.85], [0.55, 0.3]];
}
