using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The adaptive solver on distributions with closed forms: errors at SigmaMin, before the last step to 0.</summary>
[TestClass]
public class AdaptiveOdeTests
{
    private static readonly MixtureForm _mixture = MixtureForm.Plane;
    private static readonly AdaptiveOdeOptions _exact = Tolerance(1e-12) with { MaxEvaluations = 100_000 };

    [TestMethod]
    public void SolvesAGaussianToItsFormula()
    {
        var gaussian = GaussianForm.OfSize(12);
        double[] x = Array.ConvertAll(TestLatents.Of(1, 12), z => 80 * z);
        double[] end = AdaptiveOde.Solve(gaussian.Denoise, x, 80, 0.002, Tolerance(1e-8)).X;
        Assert.IsLessThan(1e-7, TestLatents.Largest(gaussian.Flow(x, 80, 0.002), end), "down");
        double[] back = AdaptiveOde.Solve(gaussian.Denoise, end, 0.002, 80, Tolerance(1e-8)).X;
        Assert.IsLessThan(80 * 1e-6, TestLatents.Largest(x, back), "and up again, at a level where x is about 80");
    }

    [TestMethod]
    public void ErrorFollowsTolerance()
    {
        double last = double.PositiveInfinity;
        foreach (double tolerance in new[] { 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8 })
        {
            double error = Enumerable.Range(0, 20).Max(seed => Error((ulong)seed, tolerance));
            Assert.IsLessThan(25 * tolerance, error, $"tolerance {tolerance}");
            Assert.IsLessThan(last / 2, error, "a tighter tolerance errs less");
            last = error;
        }
    }

    [TestMethod]
    public void BeatsHeunAtEqualEvaluations()
    {
        foreach (double tolerance in new[] { 1e-3, 1e-5 })
        {
            double adaptive = 0;
            double heun = 0;
            for (ulong seed = 0; seed < 20; seed++)
            {
                double[] latent = TestLatents.Of(seed, 2);
                double[] exact = AtSigmaMin(latent, _exact).X;
                OdeSolution solution = AtSigmaMin(latent, Tolerance(tolerance));
                adaptive += TestLatents.Distance(exact, solution.X) / 20;
                // N steps to 0 are N - 1 to SigmaMin, two evaluations each; it gets at least as many as the adaptive solver.
                double[] t = EdmTimeSteps.Create((solution.Evaluations + 1) / 2 + 1, 0.002, 80, 7)[..^1];
                heun += TestLatents.Distance(exact, HeunSampler.Sample(_mixture.Denoise, latent, t)) / 20;
            }

            Assert.IsLessThan(heun / 5, adaptive, $"tolerance {tolerance}");
        }
    }

    [TestMethod]
    public void TheLastStepIsTheDenoiserAndCostsNothing()
    {
        int calls = 0;
        double[] latent = TestLatents.Of(3, 2);
        OdeSolution sample = AdaptiveOde.Sample((x, sigma) => { calls++; return _mixture.Denoise(x, sigma); }, latent, Tolerance(1e-4));
        double[] last = AtSigmaMin(latent, Tolerance(1e-4)).X;
        Assert.AreEqual(calls, sample.Evaluations, "evaluations are calls");
        Assert.AreEqual(1 + 6 * (sample.Steps - 1 + sample.RejectedSteps), calls, "six a step, one to begin with");
        TestLatents.AssertSameBits(_mixture.Denoise(last, 0.002), sample.X, "D at SigmaMin");
    }

    [TestMethod]
    public void ReportsEveryStepWithItsState()
    {
        double[] latent = TestLatents.Of(4, 2);
        var steps = new List<SamplerStep>();
        OdeSolution sample = AdaptiveOde.Sample(_mixture.Denoise, latent, Tolerance(1e-4), steps.Add);
        Assert.HasCount(sample.Steps, steps, "one report a step");
        CollectionAssert.AreEqual(Enumerable.Range(0, steps.Count).ToArray(), steps.ConvertAll(s => s.Index), "indices");
        Assert.AreEqual(80, steps[0].Sigma, "the first level");
        Assert.AreEqual(0.002, steps[^1].Sigma, "the last level");
        foreach (SamplerStep step in steps)
        {
            CollectionAssert.AreEqual(_mixture.Denoise(step.X, step.Sigma), step.Denoised, $"D belongs to the state of step {step.Index}");
        }
    }

    [TestMethod]
    public void AnImageIsTheSameToTheBitAloneAndInABatch()
    {
        double[] latents = TestLatents.Of(5, 2 * 7);
        double[] batch = AdaptiveOde.SampleEach(_ => _mixture.Denoise, latents, 2, new AdaptiveOdeOptions());
        for (int i = 0; i < 7; i++)
        {
            double[] alone = AdaptiveOde.Sample(_mixture.Denoise, latents[(2 * i)..(2 * i + 2)], new AdaptiveOdeOptions()).X;
            TestLatents.AssertSameBits(alone, batch[(2 * i)..(2 * i + 2)], $"image {i}");
        }
    }

    [TestMethod]
    public void EqualLevelsLeaveTheImage()
    {
        double[] end = AdaptiveOde.Solve(_mixture.Denoise, [1, 2], 3, 3, new AdaptiveOdeOptions()).X;
        Assert.IsLessThan(1e-14, TestLatents.Largest([1, 2], end), "nothing to solve");
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        var options = new AdaptiveOdeOptions();
        double[] z = [1, 2];
        double[] Broken(double[] x, double sigma) => sigma < 1 ? [0, double.NaN] : _mixture.Denoise(x, sigma);
        OneClearLine.Of(() => AdaptiveOde.Sample(Broken, z, options), "Value 1", "NaN", "sigma");
        OneClearLine.Of(() => AdaptiveOde.Sample((_, _) => [1], z, options), "1 values for 2");
        OneClearLine.Of(() => AdaptiveOde.Sample(_mixture.Denoise, [1, double.NaN], options), "NaN", "image");
        OneClearLine.Of(() => AdaptiveOde.Sample(_mixture.Denoise, [], options), "0 values");
        AdaptiveOdeOptions few = Tolerance(1e-9) with { MaxEvaluations = 50 };
        OneClearLine.Of(() => AdaptiveOde.Sample(_mixture.Denoise, z, few), "--max-evaluations", "50");
        OneClearLine.Of(() => AdaptiveOde.Solve(_mixture.Denoise, z, 0.001, 80, options), "0.001", "0.002 to 80");
        OneClearLine.Of(() => AdaptiveOde.Solve(_mixture.Denoise, z, 80, double.NaN, options), "end at", "NaN");
        OneClearLine.Of(() => AdaptiveOde.Sample(_mixture.Denoise, z, options with { SigmaMin = 0 }), "--sigma-min");
        OneClearLine.Of(() => AdaptiveOde.Sample(_mixture.Denoise, z, options with { SigmaMax = 0.001 }), "--sigma-max");
        OneClearLine.Of(() => AdaptiveOde.Sample(_mixture.Denoise, z, options with { AbsoluteTolerance = 0 }), "--atol");
        OneClearLine.Of(() => AdaptiveOde.SampleEach(_ => _mixture.Denoise, [1, 2, 3], 2, options), "no whole number");
    }

    [TestMethod]
    public void ADenoiserThatJumpsAtRandomDoesNotConverge()
    {
        ulong call = 0;
        double[] Jumping(double[] x, double sigma) => Array.ConvertAll(x, _ => HostRandom.Normal(++call, RandomPurpose.Bench, 0, 0));
        OneClearLine.Of(() => AdaptiveOde.Sample(Jumping, [1, 2], Tolerance(1e-6)), "--rtol", "--atol");
    }

    private static AdaptiveOdeOptions Tolerance(double tolerance) => new() { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance };

    private static OdeSolution AtSigmaMin(double[] latent, AdaptiveOdeOptions options) =>
        AdaptiveOde.Solve(_mixture.Denoise, Array.ConvertAll(latent, z => 80 * z), 80, 0.002, options);

    private static double Error(ulong seed, double tolerance)
    {
        double[] latent = TestLatents.Of(seed, 2);
        return TestLatents.Distance(AtSigmaMin(latent, _exact).X, AtSigmaMin(latent, Tolerance(tolerance)).X);
    }
}
