using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Networks;

/// <summary>The published networks have exactly the published numbers of parameters; no device is opened to count them.</summary>
[TestClass]
public sealed class ParameterCountTests
{
    [TestMethod]
    [DataRow("ddpmpp", 32, 0, 55_733_891L)]
    [DataRow("ddpmpp", 32, 10, 55_735_299L)]
    [DataRow("ncsnpp", 32, 0, 56_397_827L)]
    [DataRow("ncsnpp", 32, 10, 56_400_643L)]
    [DataRow("ddpmpp-64", 64, 0, 61_805_571L)]
    [DataRow("ncsnpp-64", 64, 0, 62_761_091L)]
    [DataRow("adm", 64, 1000, 295_899_267L)]
    public void PublishedCountsAreExact(string preset, int resolution, int classes, long expected)
    {
        var network = TrainingPresets.Named(preset).ModelFor(resolution, resolution, 3, classes).Network;
        Assert.AreEqual(expected, network.CountParameters(), preset);
    }

    [TestMethod]
    [DataRow("compact")]
    [DataRow("compact-ncsnpp")]
    [DataRow("compact-adm")]
    public void CompactMembersOfEachFamilyFitSmallImages(string preset)
    {
        var count = TrainingPresets.Named(preset).ModelFor(28, 28, 1).Network.CountParameters();
        Assert.IsTrue(count is > 1_000_000 and < 2_000_000, $"{preset} has {count} parameters");
    }
}
