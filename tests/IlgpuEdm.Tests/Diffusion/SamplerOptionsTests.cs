using System.Text.Json;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Sampling by options: what each comes to, how often it calls the denoiser, what is refused.</summary>
[TestClass]
public class SamplerOptionsTests
{
    private static readonly double[] _latents = [0.7, -1.3, 0.1];

    public static IEnumerable<object[]> Solvers => SamplerOptions.Solvers.Select(name => new object[] { name });

    public static IEnumerable<object[]> Wrong =>
    [
        ["--solver", new SamplerOptions { Solver = "rk4" }],
        ["--discretization", new SamplerOptions { Discretization = "cosine" }],
        ["--schedule", new SamplerOptions { Schedule = "cosine" }],
        ["--scaling", new SamplerOptions { Scaling = "ve" }],
        ["--steps", new SamplerOptions { Steps = 0 }],
        ["--steps", new SamplerOptions { Steps = -1, Solver = "naive" }],
        ["--steps", new SamplerOptions { Steps = 5000, Discretization = "iddpm" }],
        ["--sigma-min", new SamplerOptions { SigmaMin = 0 }],
        ["--sigma-min", new SamplerOptions { SigmaMin = double.NaN }],
        ["--sigma-min", new SamplerOptions { SigmaMin = 5, Schedule = "vp" }],
        ["--sigma-max", new SamplerOptions { SigmaMax = 0.001 }],
        ["--sigma-max", new SamplerOptions { SigmaMin = 90 }],
        ["--sigma-max", new SamplerOptions { SigmaMax = double.PositiveInfinity }],
        ["--rho", new SamplerOptions { Rho = 0 }],
        ["--rho", new SamplerOptions { Rho = 3, Discretization = "vp" }],
        ["--rho", new SamplerOptions { Rho = 3, Solver = "naive" }],
        ["--alpha", new SamplerOptions { Alpha = 0 }],
        ["--alpha", new SamplerOptions { Alpha = 1.1 }],
        ["--alpha", new SamplerOptions { Alpha = double.NaN }],
        ["--alpha", new SamplerOptions { Alpha = 0.5, Solver = "midpoint" }],
        ["--churn", new SamplerOptions { SChurn = -1 }],
        ["--churn", new SamplerOptions { SChurn = double.NaN }],
        ["--churn", new SamplerOptions { SChurn = 10, Solver = "dpmpp-2m" }],
        ["--churn", new SamplerOptions { SChurn = 10, Solver = "sde" }],
        ["--churn", new SamplerOptions { SChurn = 10, Solver = "naive" }],
        ["--s-min", new SamplerOptions { SChurn = 1, SMin = -1 }],
        ["--s-min", new SamplerOptions { SMin = 0.05 }],
        ["--s-max", new SamplerOptions { SChurn = 1, SMin = 2, SMax = 1 }],
        ["--s-max", new SamplerOptions { SChurn = 1, SMax = double.NaN }],
        ["--s-max", new SamplerOptions { SMax = 50 }],
        ["--s-noise", new SamplerOptions { SChurn = 1, SNoise = -0.1 }],
        ["--s-noise", new SamplerOptions { SNoise = 1.003 }],
        ["--schedule", new SamplerOptions { Schedule = "vp", Solver = "dpmpp-2m-sde" }],
        ["--scaling", new SamplerOptions { Scaling = "vp", Solver = "sde" }],
        ["--discretization", new SamplerOptions { Discretization = "vp", Solver = "naive" }],
        ["--eta", new SamplerOptions { Eta = -1, Solver = "dpmpp-2m-sde" }],
        ["--eta", new SamplerOptions { Eta = 0 }],
        ["--sde-weight", new SamplerOptions { SdeWeight = double.NaN, Solver = "sde" }],
        ["--sde-weight", new SamplerOptions { SdeWeight = 0.5 }],
    ];

    [TestMethod]
    public void TheDefaultsAreHeunsMethodBitForBit() => CollectionAssert.AreEqual(
        HeunSampler.Sample(ClosedForms.Mixture, _latents, EdmTimeSteps.Create(18, 0.002, 80, 7)),
        Sampler.Sample(ClosedForms.Mixture, _latents, new SamplerOptions()));

    [TestMethod]
    public void AlgorithmTwoWithoutChurnIsHeunsMethodBitForBit()
    {
        double[] t = EdmTimeSteps.Create(18, 0.002, 80, 7);
        CollectionAssert.AreEqual(
            HeunSampler.Sample(ClosedForms.Mixture, _latents, t),
            StochasticSampler.Sample(ClosedForms.Mixture, _latents, t, Churn.None, Noise));
    }

    [TestMethod]
    [DataRow(0.5, "midpoint")]
    [DataRow(2.0 / 3, "ralston")]
    [DataRow(1.0, "heun")]
    public void AlphaNamesTheSecondOrderMethods(double alpha, string solver) => CollectionAssert.AreEqual(
        Sampler.Sample(ClosedForms.Mixture, _latents, new SamplerOptions { Solver = solver }),
        Sampler.Sample(ClosedForms.Mixture, _latents, new SamplerOptions { Alpha = alpha }));

    [TestMethod]
    [DynamicData(nameof(Solvers))]
    public void EverySolverEndsNearTheData(string solver)
    {
        double[] x = Sampler.Sample(ClosedForms.Mixture, _latents, new SamplerOptions { Solver = solver, Steps = 60 }, noise: Noise);
        foreach (double value in x)
        {
            Assert.IsLessThan(2.6, Math.Abs(value), "four standard deviations of the outer mode");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Solvers))]
    public void EvaluationsAreCounted(string solver)
    {
        foreach (int steps in new[] { 1, 2, 18 })
        {
            var options = new SamplerOptions { Solver = solver, Steps = steps };
            int calls = 0;
            int reports = 0;
            double[] x = Sampler.Sample((x, sigma) => { calls++; return ClosedForms.Mixture(x, sigma); }, _latents, options,
                noise: Noise, onStep: step => Assert.AreEqual(reports++, step.Index, "steps are reported in order"));
            Assert.AreEqual(Sampler.Evaluations(options), calls, $"{steps} steps");
            Assert.AreEqual(solver == "naive" ? calls : steps, reports, "one report a step");
            Assert.IsTrue(Array.TrueForAll(x, double.IsFinite), "numbers");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Solvers))]
    public void OneStepIsOneDenoising(string solver)
    {
        if (solver != "naive")
        {
            var options = new SamplerOptions { Solver = solver, Steps = 1 };
            double[] x = Sampler.Sample((noisy, _) => Array.ConvertAll(noisy, v => v / 160), [1.0, -0.5], options, noise: Noise);
            Assert.AreEqual(0.5, x[0], 1e-12, "D(80 z)");
            Assert.AreEqual(-0.25, x[1], 1e-12, "D(80 z)");
        }
    }

    [TestMethod]
    public void TheNaiveLoopKeeps98PercentUntilSigmaMin()
    {
        var options = new SamplerOptions { Solver = "naive", SigmaMin = 1, SigmaMax = 1.05 };
        var steps = new List<SamplerStep>();
        double[] x = Sampler.Sample((noisy, _) => Array.ConvertAll(noisy, _ => 0.5), [2.0], options, onStep: steps.Add);
        Assert.HasCount(3, steps, "1.05, 1.029, 1.00842; the next would be below 1");
        Assert.AreEqual(0.98 * 2.1 + 0.02 * 0.5, steps[1].X[0], 1e-12, "98 % kept, 2 % mixed in");
        Assert.AreEqual(1.05 * 0.98 * 0.98, steps[2].Sigma, 1e-12, "noise 2 % lower each time");
        Assert.AreEqual(0.5, x[0], "what the last call denoised");
        Assert.AreEqual(525, Sampler.Evaluations(new SamplerOptions { Solver = "naive" }), "from 80 to 0.002");
    }

    [TestMethod]
    [DynamicData(nameof(Solvers))]
    public void NoNumbersFromTheDenoiserEndTheSampling(string solver)
    {
        EdmException error = Assert.ThrowsExactly<EdmException>(() => Sampler.Sample(
            (x, sigma) => Array.ConvertAll(x, _ => sigma < 1 ? double.NaN : 0), _latents, new SamplerOptions { Solver = solver },
            noise: Noise));
        Assert.Contains("no numbers at noise level", error.Message);
        Assert.DoesNotContain("\n", error.Message, "one line");
    }

    [TestMethod]
    [DynamicData(nameof(Wrong))]
    public void WrongOptionsAreNamed(string option, SamplerOptions options)
    {
        EdmException error = Assert.ThrowsExactly<EdmException>(
            () => Sampler.Sample(ClosedForms.Mixture, _latents, options, noise: Noise));
        Assert.StartsWith(option + " ", error.Message, "the option that is wrong comes first");
        Assert.DoesNotContain("\n", error.Message, "one line");
    }

    [TestMethod]
    public void LevelsKeepToTheDenoisersRangeAndRounding()
    {
        double[] u = IddpmTable.Create();
        var range = new SigmaRange(u[^2], u[0], sigma => u[IddpmTable.Nearest(u, sigma)]);
        double[] few = Sampler.NoiseLevels(new SamplerOptions(), range);
        Assert.HasCount(19, few);
        Assert.AreEqual(u[^2], few[^2], "0.002 is raised to the lowest level");
        CollectionAssert.IsSubsetOf(few, u, "only levels of the table");
        double[] many = Sampler.NoiseLevels(new SamplerOptions { Steps = 500 }, range);
        Assert.IsLessThan(501, many.Length, "levels that rounding makes equal are visited once");
        CollectionAssert.AllItemsAreUnique(many);
        foreach (string solver in SamplerOptions.Solvers.Except(["naive"]))
        {
            var seen = new List<double>();
            Sampler.Sample((x, sigma) => { seen.Add(sigma); return ClosedForms.Mixture(x, sigma); }, _latents,
                new SamplerOptions { Solver = solver, SChurn = solver is "heun" or "euler" ? 10 : 0 }, range, Noise);
            if (solver is not ("midpoint" or "ralston"))
            {
                CollectionAssert.IsSubsetOf(seen.Distinct().ToArray(), u, $"{solver} asks for levels of the table only");
            }
        }
    }

    [TestMethod]
    public void NoiseThatIsMissingIsAskedFor()
    {
        SamplerOptions[] noisy = [new() { SChurn = 5 }, new() { Solver = "sde" }, new() { Solver = "dpmpp-2m-sde" }];
        foreach (SamplerOptions options in noisy)
        {
            Assert.ThrowsExactly<ArgumentException>(() => Sampler.Sample(ClosedForms.Mixture, _latents, options), $"{options}");
        }
    }

    [TestMethod]
    public void ARangeBesideTheDenoisersIsRefused()
    {
        var options = new SamplerOptions { SigmaMin = 10, SigmaMax = 20 };
        EdmException error = Assert.ThrowsExactly<EdmException>(
            () => Sampler.Sample(ClosedForms.Mixture, _latents, options, new SigmaRange(0.01, 5)));
        Assert.Contains("--sigma-min", error.Message);
    }

    [TestMethod]
    public void OptionsGoThroughJson()
    {
        var options = new SamplerOptions { Solver = "euler", SChurn = 3, SigmaMax = 50 };
        Assert.AreEqual(options, JsonSerializer.Deserialize<SamplerOptions>(JsonSerializer.Serialize(options)), "S_max is infinite");
    }

    private static double[] Noise(int draw, int length) => ImageNoise.FromSeeds([1], length)(draw, length);
}
