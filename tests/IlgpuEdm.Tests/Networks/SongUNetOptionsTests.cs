using IlgpuEdm.Networks;

namespace IlgpuEdm.Tests.Networks;

/// <summary>Parameter counts that are known, and refusals of networks that cannot be built.</summary>
[TestClass]
public sealed class SongUNetOptionsTests
{
    private static readonly SongUNetOptions _cifar = new() { Height = 32, Width = 32, ImageChannels = 3, AugmentDim = 9 };

    [TestMethod]
    [DataRow(128, 4, 55_733_891L)]
    [DataRow(32, 4, 3_500_963L)]
    [DataRow(16, 2, 555_923L)]
    [DataRow(16, 4, 881_107L)]
    [DataRow(64, 2, 8_797_763L)]
    public void PublishedParameterCountsAreExact(int channels, int blocks, long expected) =>
        Assert.AreEqual(expected, (_cifar with { ModelChannels = channels, BlocksPerLevel = blocks }).CountParameters());

    [TestMethod]
    public void TheCompactNetworkHas1259393Parameters()
    {
        var compact = new SongUNetOptions
        {
            Height = 28,
            Width = 28,
            ImageChannels = 1,
            ModelChannels = 32,
            ChannelMult = [1, 2, 2],
            BlocksPerLevel = 1,
            AttentionResolutions = [7],
        };
        Assert.AreEqual(1_259_393L, compact.CountParameters());
    }

    [TestMethod]
    public void WidthsThatGroupsDoNotDivideAreRefusedByName()
    {
        var e = Assert.ThrowsExactly<EdmException>(() => (_cifar with { ModelChannels = 72 }).Validate());
        StringAssert.Contains(e.Message, "--channels 72", StringComparison.Ordinal);
    }

    [TestMethod]
    public void SizesThatLevelsDoNotDivideAreRefusedByName()
    {
        var e = Assert.ThrowsExactly<EdmException>(() => (_cifar with { Height = 30 }).Validate());
        StringAssert.Contains(e.Message, "32x30", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(2_048)]
    [DataRow(1 << 20)]
    [DataRow(1 << 30)]
    public void MoreThanADeviceCanAddressIsRefused(int channels)
    {
        var e = Assert.ThrowsExactly<EdmException>(() => (_cifar with { ModelChannels = channels }).CountParameters());
        StringAssert.Contains(e.Message, "--channels", StringComparison.Ordinal);
    }

    [TestMethod]
    public void ImagesThatOverflowALayerAreRefused()
    {
        var e = Assert.ThrowsExactly<EdmException>(() => (_cifar with { Height = 1 << 20, Width = 1 << 16 }).Validate());
        StringAssert.Contains(e.Message, "65536x1048576", StringComparison.Ordinal);
    }

    [TestMethod]
    public void MissingListsAreRefused() =>
        Assert.ThrowsExactly<EdmException>(() => (_cifar with { ChannelMult = null! }).Validate(), "as damaged JSON gives them");

    [TestMethod]
    [DataRow(20)]
    [DataRow(40)]
    [DataRow(96)]
    public void WidthsThatAreNoPowersOfTwoAreAccepted(int channels) => (_cifar with { ModelChannels = channels }).Validate();
}
