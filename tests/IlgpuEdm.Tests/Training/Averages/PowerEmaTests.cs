using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class PowerEmaTests
{
    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.01)]
    [DataRow(0.05)]
    [DataRow(0.1)]
    [DataRow(0.2)]
    [DataRow(0.288)]
    public void Deviation_undoes_gamma(double deviation) =>
        Assert.AreEqual(1, PowerEma.Deviation(PowerEma.Gamma(deviation)) / deviation, 1e-13, "the deviation again");

    [TestMethod]
    [DataRow(0.05, 16.97)]
    [DataRow(0.10, 6.94)]
    public void Gamma_is_that_of_the_paper(double deviation, double gamma) =>
        Assert.AreEqual(gamma, PowerEma.Gamma(deviation), 0.005, "gamma");

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.29)]
    [DataRow(double.NaN)]
    public void A_deviation_out_of_range_is_refused(double deviation) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PowerEma.Gamma(deviation), "no such profile");

    [TestMethod]
    [DataRow(0.02)]
    [DataRow(0.1)]
    [DataRow(0.25)]
    public void Deviation_is_that_of_the_profile(double deviation)
    {
        double gamma = PowerEma.Gamma(deviation);
        double mean = Integral(t => t * Density(t, 1, gamma), 1);
        double square = Integral(t => t * t * Density(t, 1, gamma), 1);
        Assert.AreEqual(deviation, Math.Sqrt(square - mean * mean), 1e-6, "the standard deviation of t / T");
    }

    // Each step's weights count with the integral of the density over the step's images.
    [TestMethod]
    [DataRow(0.02, 1)]
    [DataRow(0.05, 8)]
    [DataRow(0.2, 3)]
    public void Steps_make_the_weighted_mean_of_the_whole_sequence(double deviation, int batch)
    {
        const int steps = 200;
        double gamma = PowerEma.Gamma(deviation), average = double.NaN, direct = 0;
        for (int i = 0; i < steps; i++)
        {
            double value = Math.Sin(i * 0.7) + i;
            double rate = PowerEma.Rate((long)i * batch, batch, gamma);
            average = i == 0 ? value : average + rate * (value - average);
            direct += value * (Math.Pow((i + 1.0) / steps, gamma + 1) - Math.Pow((double)i / steps, gamma + 1));
        }

        Assert.AreEqual(1.0, PowerEma.Rate(0, batch, gamma), "the first step takes the weights as they are");
        Assert.AreEqual(1, average / direct, 1e-12, "the mean");
    }

    [TestMethod]
    public void The_rate_stays_exact_late_in_the_training() =>
        Assert.AreEqual(1, PowerEma.Rate(2_000_000_000, 1, 7) / (8 / 2_000_000_001.0), 1e-6, "8 of 2 billion");

    [TestMethod]
    [DataRow(0.05, 1000, 0.05, 1000)]
    [DataRow(0.05, 700, 0.1, 1000)]
    [DataRow(0.05, 1000, 0.1, 700)]
    [DataRow(0.2, 900, 0.03, 950)]
    public void Correlation_is_the_integral_of_the_product(double first, int firstImages, double second, int secondImages)
    {
        var a = new PowerProfile(first, firstImages);
        var b = new PowerProfile(second, secondImages);
        double numeric = Integral(
            t => Density(t, a.Images, a.Gamma) * Density(t, b.Images, b.Gamma), Math.Min(firstImages, secondImages));
        Assert.AreEqual(1, PowerEma.Correlation(a, b) / numeric, 1e-6, "closed form against the integral");
        Assert.AreEqual(PowerEma.Correlation(a, b), PowerEma.Correlation(b, a), "either order");
    }

    private static double Density(double t, double end, double gamma) => (gamma + 1) * Math.Pow(t / end, gamma) / end;

    // The midpoint rule.
    private static double Integral(Func<double, double> of, double end)
    {
        const int pieces = 200_000;
        return Enumerable.Range(0, pieces).Sum(i => of((i + 0.5) * end / pieces)) * end / pieces;
    }
}
