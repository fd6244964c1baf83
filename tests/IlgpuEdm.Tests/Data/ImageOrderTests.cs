using IlgpuEdm.Data;

namespace IlgpuEdm.Tests.Data;

/// <summary>The order in which training sees images.</summary>
[TestClass]
public sealed class ImageOrderTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(99)]
    [DataRow(100)]
    [DataRow(101)]
    [DataRow(60_000)]
    public void EveryEpochIsAPermutation(int count)
    {
        var order = new ImageOrder(count, 7);
        foreach (var epoch in new[] { 0L, 1L, 1_000_000_007L })
        {
            var seen = new bool[count];
            for (var i = 0; i < count; i++)
            {
                var image = order[(epoch * count) + i];
                Assert.IsFalse(seen[image], $"image {image} comes twice in epoch {epoch}");
                seen[image] = true;
            }
        }
    }

    [TestMethod]
    public void HugeDataSetsNeedNoMemory()
    {
        const long count = 5_000_000_000_000;
        var order = new ImageOrder(count, 1);
        var images = Enumerable.Range(0, 2000).Select(i => order[count + i]).ToList();
        Assert.HasCount(2000, images.Distinct().ToList(), "different images");
        Assert.IsTrue(images.TrueForAll(i => i is >= 0 and < count), "range");
        Assert.AreEqual(count / 2.0, images.Average(), count * 0.03, "mean");
        Assert.IsTrue(new ImageOrder(long.MaxValue, 1)[long.MaxValue] >= 0, "the largest count");
    }

    [TestMethod]
    public void EpochsAndSeedsDiffer()
    {
        var order = new ImageOrder(1000, 3);
        var other = new ImageOrder(1000, 4);
        int Same(Func<int, long> a, Func<int, long> b) => Enumerable.Range(0, 1000).Count(i => a(i) == b(i));
        Assert.IsTrue(Same(i => order[i], i => order[1000 + i]) < 10, "two epochs");
        Assert.IsTrue(Same(i => order[i], i => other[i]) < 10, "two seeds");
        Assert.IsTrue(Same(i => order[i], i => new ImageOrder(1000, 3UL << 32)[i]) < 10, "the seed's upper half");
        Assert.IsTrue(Same(i => order[i], i => i) < 10, "shuffled at all");
    }

    [TestMethod]
    public void EveryImageComesEverywhereEquallyOften()
    {
        const int count = 6;
        const int epochs = 6000;
        var order = new ImageOrder(count, 5);
        var table = new int[count, count];
        var orders = new Dictionary<string, int>();
        for (long epoch = 0; epoch < epochs; epoch++)
        {
            var images = Enumerable.Range(0, count).Select(i => order[(epoch * count) + i]).ToArray();
            for (var i = 0; i < count; i++)
            {
                table[i, images[i]]++;
            }
            var key = string.Join(",", images);
            orders[key] = orders.GetValueOrDefault(key) + 1;
        }
        for (var i = 0; i < count * count; i++)
        {
            // 1000 expected; six standard deviations are 173.
            Assert.AreEqual(1000, table[i / count, i % count], 173.0, $"position {i / count}, image {i % count}");
        }
        Assert.IsTrue(orders.Count > 700, $"{orders.Count} of the 720 orders occur");
    }

    [TestMethod]
    public void TheOrderNeverChanges()
    {
        var order = new ImageOrder(60_000, 0);
        CollectionAssert.AreEqual(
            new long[] { 44797, 54928, 37376, 14561, 11381, 57026, 40239, 2618, 55049 },
            Enumerable.Range(0, 6).Select(i => order[i]).Concat([order[59_999], order[60_000], order[123_456_789]]).ToArray(),
            "a run of an older version could not be resumed");
    }

    [TestMethod]
    public void SenselessArgumentsAreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageOrder(0, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageOrder(5, 0)[-1]);
    }
}
