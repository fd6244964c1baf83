using IlgpuEdm.Data;

namespace IlgpuEdm.Tests.Data;

/// <summary>Decoded images in blocks, in memory and in cache files.</summary>
[TestClass]
public sealed class PixelStoreTests
{
    [TestMethod]
    [DataRow(long.MaxValue, false)]
    [DataRow(150L, true)]
    [DataRow(0L, true)]
    public void ImagesComeBackAcrossBlocks(long memoryBudget, bool usesFile)
    {
        using var store = new PixelStore(imageBytes: 10, count: 47, blockBytes: 64, memoryBudget);
        Parallel.For(0, 47, i => store.Write(i, TestData.Pixels(i, 10)));
        var pixels = new byte[10];
        for (var i = 0; i < 47; i++)
        {
            store.Read(i, pixels);
            CollectionAssert.AreEqual(TestData.Pixels(i, 10), pixels, $"image {i}");
        }
        Assert.AreEqual(usesFile, store.UsesFile, "where the images lie");
    }

    [TestMethod]
    public void TheCacheFileIsGoneAtTheEnd()
    {
        var before = CacheFiles();
        using (var store = new PixelStore(imageBytes: 10, count: 5, blockBytes: 64, memoryBudget: 0))
        {
            store.Write(0, new byte[10]);
        }
        Assert.AreEqual(0, CacheFiles().Except(before).Count(), "cache files that stay");
    }

    [TestMethod]
    public void WrongNumbersAndLengthsAreRefused()
    {
        using var store = new PixelStore(imageBytes: 10, count: 5);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => store.Read(5, new byte[10]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => store.Read(-1, new byte[10]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => store.Write(0, new byte[9]));
    }

    [TestMethod]
    public void AStoreThatIsClosedIsNotReopened()
    {
        var store = new PixelStore(imageBytes: 10, count: 5);
        store.Write(0, new byte[10]);
        store.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => store.Read(0, new byte[10]));
    }

    private static string[] CacheFiles() => Directory.GetFiles(Path.GetTempPath(), "ilgpu-edm-cache-*");
}
