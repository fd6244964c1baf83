using IlgpuEdm.Data;

namespace IlgpuEdm.Tests.Data;

/// <summary>The built-in data set.</summary>
[TestClass]
public sealed class ProceduralShapesTests
{
    [TestMethod]
    public void ItIsLikeFashionMnistInShape()
    {
        using var data = new ProceduralShapes();
        Assert.AreEqual((10_000L, 28, 28, 1, 4), (data.Count, data.Height, data.Width, data.Channels, data.LabelDim), "shape");
        var counts = Enumerable.Range(0, 10_000).CountBy(i => data.Label(i)).ToDictionary();
        Assert.HasCount(4, counts, "classes");
        foreach (var (label, count) in counts)
        {
            Assert.AreEqual(2500, count, 200.0, $"images of class {label}");
        }
    }

    [TestMethod]
    public void ImagesVaryHaveSoftEdgesAndABlackBorderSomewhere()
    {
        using var data = new ProceduralShapes();
        var different = new HashSet<string>();
        for (var i = 0; i < 500; i++)
        {
            var image = data.Image(i);
            different.Add(Convert.ToHexString(image));
            Assert.AreEqual(0, image.Min(), $"background of image {i}");
            Assert.IsTrue(image.Max() >= 127, $"brightness of image {i}");
            Assert.IsTrue(image.Distinct().Count() > 2, $"edges of image {i}");
        }
        Assert.HasCount(500, different, "different images");
    }

    [TestMethod]
    public void TheSameNumberGivesTheSameImage()
    {
        using var first = new ProceduralShapes(20, 30, 3);
        using var second = new ProceduralShapes(20, 30, 3);
        using var other = new ProceduralShapes(20, 30, 3, seed: 1);
        CollectionAssert.AreEqual(first.Image(77), second.Image(77), "the same image twice");
        CollectionAssert.AreNotEqual(first.Image(77), other.Image(77), "another seed");
        Assert.AreEqual(first.Fingerprint, second.Fingerprint, "fingerprints");
    }

    [TestMethod]
    public void WrongArgumentsAreRefused()
    {
        using var data = new ProceduralShapes(count: 5);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => data.Label(5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => data.ReadImage(0, new byte[783]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ProceduralShapes(channels: 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ProceduralShapes(height: 4));
    }
}
