using System.Globalization;
using System.Text;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>
/// How fast each solver's error falls with the number of steps, on closed-form denoisers: the error at sigma_min, before the step to 0
/// (there it is no power of the step count), for EDM's time steps with N of 32 to 512. <c>docs/samplers.md</c> shows the figures; with
/// EDM_UPDATE_DOCS=1 a test writes them there.
/// </summary>
[TestClass]
public class SamplerOrderTests
{
    private const string TableStart = "<!-- measured orders -->\n";
    private const string TableEnd = "<!-- end of measured orders -->\n";
    private static readonly int[] _intervals = [32, 64, 128, 256, 512];
    private static readonly double[] _latents = [-1.7, -0.9, -0.4, 0.3, 0.8, 1.5];

    private static readonly (string Name, int Order, string Evaluations, Solve Solve)[] _solvers =
    [
        ("Euler", 1, "1", (denoise, z, t) => EulerSampler.Sample(denoise, z, t)),
        ("Heun", 2, "2", (denoise, z, t) => HeunSampler.Sample(denoise, z, t)),
        ("Ralston", 2, "2", (denoise, z, t) => SecondOrder(denoise, z, t, 2.0 / 3)),
        ("midpoint", 2, "2", (denoise, z, t) => SecondOrder(denoise, z, t, 1.0 / 2)),
        ("DPM-Solver++(2M)", 2, "1", (denoise, z, t) => DpmSolverSampler.Sample(denoise, z, t)),
    ];

    private delegate double[] Solve(Denoiser denoise, double[] latents, double[] timeSteps);

    private delegate double Flow(double x, double from, double to);

    [TestMethod]
    [DataRow("Euler", 1)]
    [DataRow("Heun", 2)]
    [DataRow("Ralston", 2)]
    [DataRow("midpoint", 2)]
    [DataRow("DPM-Solver++(2M)", 2)]
    public void MeasuredOrderOnAMixtureIsTheMethods(string name, int order)
    {
        Solve solve = _solvers.Single(s => s.Name == name).Solve;
        Assert.AreEqual(order, Slope(Errors(solve, ClosedForms.Mixture, ClosedForms.MixtureFlow)), 0.15);
    }

    // On a Gaussian the error terms of second order of the midpoint method cancel each other.
    [TestMethod]
    [DataRow("Euler", 1)]
    [DataRow("Heun", 2)]
    [DataRow("Ralston", 2)]
    [DataRow("midpoint", 3)]
    [DataRow("DPM-Solver++(2M)", 2)]
    public void MeasuredOrderOnAGaussianIsTheMethods(string name, int order)
    {
        Solve solve = _solvers.Single(s => s.Name == name).Solve;
        Assert.AreEqual(order, Slope(Errors(solve, ClosedForms.Gaussian, ClosedForms.GaussianFlow)), 0.15);
    }

    [TestMethod]
    public void TheDocumentShowsTheMeasuredOrders()
    {
        string path = Path.Combine(Repository.Root, "docs", "samplers.md");
        string page = File.ReadAllText(path);
        int start = page.IndexOf(TableStart, StringComparison.Ordinal) + TableStart.Length;
        int end = page.IndexOf(TableEnd, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("EDM_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, page[..start] + Table() + page[end..]);
        }
        else
        {
            Assert.AreEqual(Table(), page[start..end],
                "docs/samplers.md; to write it anew: EDM_UPDATE_DOCS=1 dotnet test --filter SamplerOrderTests");
        }
    }

    private static string Table()
    {
        var table = new StringBuilder();
        table.Append("| solver | calls a step | order | measured, Gaussian | measured, mixture | error at N = 32 | N = 512 |\n");
        table.Append("| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var solver in _solvers)
        {
            double[] gaussian = Errors(solver.Solve, ClosedForms.Gaussian, ClosedForms.GaussianFlow);
            double[] mixture = Errors(solver.Solve, ClosedForms.Mixture, ClosedForms.MixtureFlow);
            table.Append(CultureInfo.InvariantCulture, $"| {solver.Name} | {solver.Evaluations} | {solver.Order} | {Slope(gaussian):f2} | ")
                .Append(CultureInfo.InvariantCulture, $"{Slope(mixture):f2} | {mixture[0]:0.0e+0} | {mixture[^1]:0.0e+0} |\n");
        }

        return table.ToString();
    }

    private static double[] SecondOrder(Denoiser denoise, double[] latents, double[] t, double alpha) =>
        AblationSampler.Sample(denoise, latents, t, new LinearSchedule(), new NoScaling(), alpha, Churn.None, noise: null);

    // Root mean square over the latents, for each number of steps.
    private static double[] Errors(Solve solve, Denoiser denoise, Flow flow) => Array.ConvertAll(_intervals, n =>
    {
        double[] t = EdmTimeSteps.Create(n + 1, 0.002, 80, 7)[..^1];
        double[] x = solve(denoise, _latents, t);
        return Math.Sqrt(x.Select((v, i) => Math.Pow(v - flow(t[0] * _latents[i], t[0], t[^1]), 2)).Average());
    });

    // The least-squares slope of ln(error) over -ln(N).
    private static double Slope(double[] errors)
    {
        double[] x = Array.ConvertAll(_intervals, n => -Math.Log(n));
        double[] y = Array.ConvertAll(errors, Math.Log);
        double meanX = x.Average();
        double meanY = y.Average();
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
    }
}
