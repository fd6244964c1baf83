using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>
/// The samplers on Gaussian data, where everything is known: for N(0, s^2) the ideal denoiser is D(x; sigma) = x s^2 / (s^2 + sigma^2)
/// and the ODE's solution x(sigma) is proportional to sqrt(s^2 + sigma^2).
/// </summary>
[TestClass]
public class SamplerTests
{
    private const double S = 0.5;

    private delegate double[] Sampler(
        Denoiser denoise, double[] latents, IReadOnlyList<double> timeSteps, Action<SamplerStep>? onStep = null);

    [TestMethod]
    public void EulerConvergesWithOrderOne() => Assert.AreEqual(1, MeasuredOrder(EulerSampler.Sample), 0.15, "order of Euler's method");

    [TestMethod]
    public void HeunConvergesWithOrderTwo() => Assert.AreEqual(2, MeasuredOrder(HeunSampler.Sample), 0.15, "order of Heun's method");

    [TestMethod]
    public void HeunInEighteenStepsIsCloseToTheGaussian()
    {
        double[] x = HeunSampler.Sample(Denoise, [1.0, -0.5], EdmTimeSteps.Create(18, 0.002, 80, 7));
        double exact = 80 * S / Math.Sqrt(S * S + 80 * 80);
        Assert.AreEqual(exact, x[0], 0.03, "sample of latent 1");
        Assert.AreEqual(-0.5 * x[0], x[1], 1e-12, "the ODE is linear here");
    }

    [TestMethod]
    public void EulerCallsTheDenoiserOnceAStep() => Assert.AreEqual(18, Calls(EulerSampler.Sample), "N calls");

    [TestMethod]
    public void HeunCallsTheDenoiserTwiceAStepButForTheLast() => Assert.AreEqual(35, Calls(HeunSampler.Sample), "2N - 1 calls");

    [TestMethod]
    public void OneStepReturnsWhatTheDenoiserSees()
    {
        foreach (Sampler sampler in new Sampler[] { EulerSampler.Sample, HeunSampler.Sample })
        {
            double[] x = sampler((noisy, _) => Array.ConvertAll(noisy, v => v / 4), [0.25, -1.0], [80, 0]);
            CollectionAssert.AreEqual(new[] { 5.0, -20.0 }, x, "x_1 = x_0 - t_0 (x_0 - D) / t_0 = D");
        }
    }

    [TestMethod]
    public void ReportsEveryStepWithItsStateAndLeavesTheLatentsAlone()
    {
        double[] t = EdmTimeSteps.Create(5, 0.01, 10, 7);
        foreach (Sampler sampler in new Sampler[] { EulerSampler.Sample, HeunSampler.Sample })
        {
            double[] latents = [1.5, -2.0];
            var steps = new List<SamplerStep>();
            sampler(Denoise, latents, t, steps.Add);
            CollectionAssert.AreEqual(new[] { 0, 1, 2, 3, 4 }, steps.ConvertAll(s => s.Index), "indices");
            CollectionAssert.AreEqual(t[..5], steps.ConvertAll(s => s.Sigma), "noise levels");
            CollectionAssert.AreEqual(new[] { t[0] * 1.5, t[0] * -2.0 }, steps[0].X, "the first state is t_0 times the latents");
            CollectionAssert.AreEqual(Denoise(steps[3].X, t[3]), steps[3].Denoised, "the denoised images belong to the state");
            CollectionAssert.AreEqual(new[] { 1.5, -2.0 }, latents, "latents are not changed");
        }
    }

    [TestMethod]
    public void TimeStepsMustDecrease()
    {
        Assert.ThrowsExactly<ArgumentException>(() => EulerSampler.Sample(Denoise, [1], [1, 2]), "rising");
        Assert.ThrowsExactly<ArgumentException>(() => HeunSampler.Sample(Denoise, [1], [1, double.NaN, 0]), "not a number");
        Assert.ThrowsExactly<ArgumentException>(() => HeunSampler.Sample(Denoise, [1], [1]), "only one");
    }

    private static double[] Denoise(double[] x, double sigma) => Array.ConvertAll(x, v => v * S * S / (S * S + sigma * sigma));

    // From sigma_max to sigma_min, without the last step to 0: there the error is no power of the step count.
    private static double MeasuredOrder(Sampler sampler) => Math.Log2(Error(sampler, 256) / Error(sampler, 512));

    private static double Error(Sampler sampler, int intervals)
    {
        double[] t = EdmTimeSteps.Create(intervals + 1, 0.002, 80, 7)[..^1];
        double exact = t[0] * Math.Sqrt((S * S + t[^1] * t[^1]) / (S * S + t[0] * t[0]));
        return Math.Abs(sampler(Denoise, [1.0], t)[0] - exact);
    }

    private static int Calls(Sampler sampler)
    {
        int calls = 0;
        sampler((x, sigma) => { calls++; return Denoise(x, sigma); }, [1.0], EdmTimeSteps.Create(18, 0.002, 80, 7));
        return calls;
    }
}
