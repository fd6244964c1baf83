using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Toy;

/// <summary>From training to samples and likelihood, where the truth is a formula.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class TrainedPlaneTests
{
    private const int Seeds = 20;
    private static readonly double[] _sigmas = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5];
    private static TrainedPlane? _trained;

    private static TrainedPlane Trained => _trained ??= new TrainedPlane(TestDevices.Get("cpu"));

    public TestContext TestContext { get; set; } = null!;

    [ClassCleanup]
    public static void Cleanup() => _trained?.Dispose();

    [TestMethod]
    public void SamplesOfTheTrainedNetworkPassTheEnergyTest()
    {
        double[] p = TrainedPlane.P(Trained.Network, Seeds);
        Report($"P of the trained network: {Join(p)}");
        Assert.IsGreaterThan(0.05, Median(p), $"median of P over {Seeds} seeds, all: {Join(p)}");
    }

    [TestMethod]
    public void SamplesAfterATenthOfTheTrainingAreRejected()
    {
        double[] p = TrainedPlane.P(Trained.Tenth, Seeds);
        Report($"P after a tenth: {Join(p)}");
        Assert.IsLessThan(0.01, Median(p), $"median of P over {Seeds} seeds, all: {Join(p)}");
    }

    [TestMethod]
    public void TheDenoiserIsNearTheIdealOneAtEveryNoiseLevel()
    {
        foreach (double sigma in _sigmas)
        {
            double error = PlaneTraining.Error(Trained.Network.Denoise, sigma), before = PlaneTraining.Error(Trained.Tenth.Denoise, sigma);
            Report($"sigma {sigma}: root mean square error of D {error:f4}, after a tenth {before:f4}");
            Assert.IsLessThan(0.03, error, $"root mean square error of D at sigma {sigma}");
            Assert.IsLessThan(before, error, $"error at sigma {sigma} against that after a tenth of the training");
        }
    }

    [TestMethod]
    public void LikelihoodThroughTheOdeAgreesWithTheMixturesDensity()
    {
        const int points = 24;
        double[] x = PlaneTraining.Truth(50, points);
        var options = new LikelihoodOptions
        {
            FullTrace = true,
            Ode = new AdaptiveOdeOptions { RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-3 },
        };
        LikelihoodResult[] results = Likelihood.OfEach(
            _ => (y, sigma, v) => Trained.Network.DenoiseWithVjp(y, sigma, v), x, 2, options, new ulong[points]);
        double[] truth = [.. x.Chunk(2).Select(point => GaussianMixture.Plane.LogDensity(point, options.Ode.SigmaMin))];
        double[] errors = [.. results.Zip(truth, (result, expected) => result.Nats - expected)];
        double mean = errors.Average(), size = errors.Average(Math.Abs);
        string found = string.Create(CultureInfo.InvariantCulture,
            $"ln p minus the true one at {points} points: mean {mean:f3}, mean size {size:f3} nats; true mean of ln p {truth.Average():f3}");
        Report(found);
        Assert.IsLessThan(0.15, Math.Abs(mean), found);
        Assert.IsLessThan(0.4, size, found);
    }

    /// <summary>Draws docs/images/toy.png, where EDM_TOY_PICTURE names it; else it only checks that it could.</summary>
    [TestMethod]
    public void DrawsThePicture()
    {
        byte[] png = PlanePicture.Draw(
            ("true points", PlaneTraining.Truth(0, TrainedPlane.SampleSize)),
            ("a tenth of the training", TrainedPlane.Sample(Trained.Tenth, 0)),
            ("all of it", TrainedPlane.Sample(Trained.Network, 0)));
        Assert.IsLessThan(100_000, png.Length, "bytes of the picture");
        if (Environment.GetEnvironmentVariable("EDM_TOY_PICTURE") is { Length: > 0 } path)
        {
            File.WriteAllBytes(path, png);
        }
    }

    private void Report(FormattableString line) => TestContext.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private void Report(string line) => TestContext.WriteLine(line);

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static string Join(double[] p) => string.Join(' ', p.Select(v => v.ToString("f4", CultureInfo.InvariantCulture)));
}
