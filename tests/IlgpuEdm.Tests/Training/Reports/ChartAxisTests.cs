using IlgpuEdm.Formats;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Tests.Training.Reports;

[TestClass]
public class ChartAxisTests
{
    [TestMethod]
    [DataRow(1.33, 1.5, "0 0.5 1 1.5")]
    [DataRow(0.001, 0.001, "0 2e-4 4e-4 6e-4 8e-4 0.001")]
    [DataRow(240.0, 250.0, "0 50 100 150 200 250")]
    [DataRow(0.0, 1.0, "0 0.2 0.4 0.6 0.8 1")]
    [DataRow(1e30, 1e30, "0 2e29 4e29 6e29 8e29 1e30")]
    [DataRow(5e-324, 1.0, "0 0.2 0.4 0.6 0.8 1")]
    public void From_zero_to_a_round_number(double value, double high, string ticks)
    {
        var axis = ChartAxis.FromZero([value], 6);
        Assert.AreEqual(high, axis.High, high * 1e-9, "the end");
        Assert.AreEqual(ticks, string.Join(' ', axis.Ticks.Select(NumberText.Short)), "ticks");
    }

    [TestMethod]
    public void Tight_ends_at_the_greatest_value()
    {
        var axis = ChartAxis.Tight([35_200, 3_200], 6);
        Assert.AreEqual(35_200, axis.High, "the end");
        Assert.AreEqual("0 10k 20k 30k", string.Join(' ', axis.Ticks.Select(NumberText.Short)), "ticks");
        Assert.AreEqual(0.5, axis.Position(17_600), 1e-12, "the middle");
    }

    [TestMethod]
    [DataRow(0.21, 3.3, "0.2 0.5 1 2 5")]
    [DataRow(0.003, 56.0, "0.01 0.1 1 10 100")]
    [DataRow(1e-30, 1e30, "1e-30 1e-19 1e-8 1k 1e14 1e25")]
    [DataRow(2.0, 2.0, "2 5")]
    public void Logarithmic_has_powers_of_ten_or_their_1_2_5(double least, double greatest, string ticks)
    {
        var axis = ChartAxis.Logarithmic([least, greatest], 6);
        Assert.AreEqual(ticks, string.Join(' ', axis.Ticks.Select(NumberText.Short)), "ticks");
        Assert.AreEqual(0.5, axis.Position(Math.Sqrt(axis.Low * axis.High)), 1e-12, "the middle");
    }
}
