using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>
/// The samplers that add noise keep p(x; sigma): on Gaussian data, the exact variance of what they make is S^2 + sigma_min^2 up to the
/// error of the step.
/// </summary>
[TestClass]
public class SamplerNoiseTests
{
    private const double SigmaMin = 0.1;
    private static readonly double _exact = ClosedForms.S * ClosedForms.S + SigmaMin * SigmaMin;

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    [DataRow(1.0)]
    [DataRow(2.5)]
    public void TheSdeKeepsTheMarginalForEveryWeight(double weight)
    {
        double coarse = Math.Abs(SdeVariance(weight, 200) / _exact - 1);
        double fine = Math.Abs(SdeVariance(weight, 800) / _exact - 1);
        Assert.IsLessThan(0.03, fine, "relative error of the variance in 800 steps");
        Assert.AreEqual(4, coarse / fine, 0.6, "first order: a quarter of the error for four times the steps");
    }

    [TestMethod]
    public void TheMarginalIsKeptOnTheWayToo()
    {
        double[] t = EdmTimeSteps.Create(801, SigmaMin, 80, 7)[..^1];
        for (int end = 100; end <= 800; end += 100)
        {
            double variance = ClosedForms.VarianceOnGaussian(end, (denoise, latents, noise) =>
                SdeSampler.Sample(denoise, latents, t[..(end + 1)], 1, 1, noise));
            double exact = ClosedForms.S * ClosedForms.S + t[end] * t[end];
            Assert.AreEqual(1, variance / exact, 0.03, $"variance at noise level {t[end]}");
        }
    }

    [TestMethod]
    public void NoiseOfTheNewLevelIsLeftAfterAStepOfAnyLength()
    {
        double variance = ClosedForms.VarianceOnGaussian(1, (_, latents, noise) =>
            SdeSampler.Sample((x, _) => new double[x.Length], latents, [80, 0.5], 1.7, 1, noise));
        Assert.AreEqual(0.25, variance, 1e-12, "D = 0, so that x is all noise");
    }

    [TestMethod]
    public void WeightZeroIsTheOde()
    {
        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7);
        double[] ode = EulerSampler.Sample(ClosedForms.Mixture, [0.3, -1.2], t);
        double[] sde = SdeSampler.Sample(ClosedForms.Mixture, [0.3, -1.2], t, 0, 1, NoNoise);
        Assert.AreEqual(ode[0], sde[0], 1e-12, "Euler's method");
        Assert.AreEqual(ode[1], sde[1], 1e-12, "Euler's method");
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1.0)]
    public void DpmSolverKeepsTheMarginal(double eta)
    {
        double Error(int n) => Math.Abs(ClosedForms.VarianceOnGaussian(n, (denoise, latents, noise) =>
            DpmSolverSampler.Sample(denoise, latents, EdmTimeSteps.Create(n + 1, SigmaMin, 80, 7)[..^1], eta, 1, noise)) / _exact - 1);

        Assert.IsLessThan(1e-3, Error(400), "relative error of the variance in 400 steps");
    }

    [TestMethod]
    [DataRow(20.0, 0.0, double.PositiveInfinity)]
    [DataRow(80.0, 0.05, 50.0)]
    [DataRow(200.0, 0.0, 1.0)]
    public void ChurnKeepsTheMarginal(double sChurn, double sMin, double sMax)
    {
        const int steps = 800;
        double[] t = EdmTimeSteps.Create(steps + 1, SigmaMin, 80, 7)[..^1];
        double variance = ClosedForms.VarianceOnGaussian(steps, (denoise, latents, noise) =>
            StochasticSampler.Sample(denoise, latents, t, new Churn(sChurn, sMin, sMax), noise));
        Assert.AreEqual(1, variance / _exact, 0.004, "variance");
    }

    [TestMethod]
    [DataRow("vp", "vp")]
    [DataRow("ve", "none")]
    [DataRow("linear", "vp")]
    public void ChurnKeepsTheMarginalUnderAnySchedule(string scheduleName, string scalingName)
    {
        const int steps = 400;
        double[] sigmas = EdmTimeSteps.Create(steps + 1, SigmaMin, 20, 7)[..^1];
        NoiseSchedule schedule = NoiseSchedule.Create(scheduleName, 0.01, 20);
        SignalScaling scaling = SignalScaling.Create(scalingName, schedule);
        double variance = ClosedForms.VarianceOnGaussian(steps, (denoise, latents, noise) =>
            AblationSampler.Sample(denoise, latents, sigmas, schedule, scaling, 1, new Churn(40), noise));
        double s = scaling.Scale(schedule.Time(SigmaMin));
        Assert.AreEqual(1, variance / (s * s * _exact), 0.01, "variance");
    }

    [TestMethod]
    public void AlgorithmTwoIsTheLinearCaseOfTheAblationSampler()
    {
        double[] t = EdmTimeSteps.Create(12, 0.002, 80, 7);
        var churn = new Churn(10, 0.05, 50, 1.003);
        double[] latents = [0.4, -1.1, 2];
        NoiseSource noise = ImageNoise.FromSeeds([5], 3);
        double[] own = StochasticSampler.Sample(ClosedForms.Mixture, latents, t, churn, noise);
        double[] general = AblationSampler.Sample(
            ClosedForms.Mixture, latents, t, new LinearSchedule(), new NoScaling(), 1, churn, noise);
        for (int i = 0; i < own.Length; i++)
        {
            Assert.AreEqual(own[i], general[i], 1e-11, $"value {i}");
        }
    }

    [TestMethod]
    public void ChurnIsCappedAndKeptToItsInterval()
    {
        var churn = new Churn(40, 0.05, 50);
        Assert.AreEqual(40.0 / 256, churn.Gamma(1, 256), "S_churn / N");
        Assert.AreEqual(Math.Sqrt(2) - 1, churn.Gamma(1, 18), "at most sqrt(2) - 1");
        Assert.AreEqual(0.0, churn.Gamma(0.049, 18), "below S_min");
        Assert.AreEqual(0.0, churn.Gamma(51, 18), "above S_max");
        Assert.IsGreaterThan(0.0, churn.Gamma(0.05, 18), "at S_min");
        Assert.IsGreaterThan(0.0, churn.Gamma(50, 18), "at S_max");
    }

    [TestMethod]
    public void NoiseOfASeedDiffersByDrawAndSeedAndNotByPlace()
    {
        NoiseSource pair = ImageNoise.FromSeeds([7, 8], 4);
        NoiseSource single = ImageNoise.FromSeeds([8], 4);
        double[] first = pair(0, 8);
        CollectionAssert.AreEqual(first[4..], single(0, 4), "seed 8 in second place and alone");
        CollectionAssert.AreNotEqual(first[..4], first[4..], "two seeds");
        CollectionAssert.AreNotEqual(first, pair(1, 8), "two draws");
        Assert.ThrowsExactly<ArgumentException>(() => pair(0, 7), "not the size of the images");
    }

    private static double SdeVariance(double weight, int steps) => ClosedForms.VarianceOnGaussian(steps, (denoise, latents, noise) =>
        SdeSampler.Sample(denoise, latents, EdmTimeSteps.Create(steps + 1, SigmaMin, 80, 7)[..^1], weight, 1, noise));

    private static double[] NoNoise(int draw, int length) => throw new AssertFailedException("no noise is due");
}
