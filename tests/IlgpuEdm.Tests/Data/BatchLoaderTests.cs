using IlgpuEdm.Data;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>Batches prepared ahead.</summary>
[TestClass]
public sealed class BatchLoaderTests
{
    [TestMethod]
    public void BatchesHoldTheImagesOfTheOrder()
    {
        using var data = new ProceduralShapes(9, 12, 3, count: 50);
        using var loader = new BatchLoader(data, 8, seed: 3, firstImage: 0, xflip: false);
        var order = new ImageOrder(50, 3);
        for (var b = 0; b < 10; b++)
        {
            var batch = loader.Next();
            Assert.AreEqual((b * 8L, 8), (batch.FirstImage, batch.Size), "numbers");
            for (var i = 0; i < 8; i++)
            {
                var index = order[(b * 8) + i];
                Assert.AreEqual(data.Label(index), batch.Labels[i], $"label of image {i} of batch {b}");
                CollectionAssert.AreEqual(
                    Array.ConvertAll(data.Image(index), PixelScale.ToUnit), Image(batch, i), $"image {i} of batch {b}");
            }
        }
    }

    [TestMethod]
    public void MemoryThatComesBackServesLaterBatches()
    {
        using var data = new ProceduralShapes(9, 12, 3, count: 50);
        using var loader = new BatchLoader(data, 8, seed: 3, firstImage: 0, xflip: false);
        using var other = new BatchLoader(data, 8, seed: 3, firstImage: 0, xflip: false);
        var arrays = new HashSet<float[]>();
        for (var b = 0; b < 30; b++)
        {
            var batch = loader.Next();
            CollectionAssert.AreEqual(other.Next().Images, batch.Images, $"batch {b}");
            arrays.Add(batch.Images);
            loader.Recycle(batch);
        }

        Assert.IsLessThanOrEqualTo(6, arrays.Count, "arrays: the batches ahead, that in use and those under way");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(8)]
    [DataRow(13)]
    [DataRow(399)]
    public void AnyFirstImageGoesOnIdentically(int firstImage)
    {
        using var data = new ProceduralShapes(count: 100);
        using var whole = new BatchLoader(data, 1, seed: 5, firstImage: 0, xflip: true);
        for (var i = 0; i < firstImage; i++)
        {
            whole.Next();
        }
        using var resumed = new BatchLoader(data, 7, seed: 5, firstImage, xflip: true);
        for (var b = 0; b < 3; b++)
        {
            var batch = resumed.Next();
            for (var i = 0; i < 7; i++)
            {
                var single = whole.Next();
                Assert.AreEqual(batch.FirstImage + i, single.FirstImage, "number");
                Assert.AreEqual(single.Labels[0], batch.Labels[i], $"label of image {single.FirstImage}");
                CollectionAssert.AreEqual(single.Images, Image(batch, i), $"image {single.FirstImage}");
            }
        }
    }

    [TestMethod]
    public void MirroringIsFairAndKeyedByTheNumber()
    {
        using var data = new ProceduralShapes(8, 10, 3, count: 30);
        using var plain = new BatchLoader(data, 600, seed: 1, firstImage: 0, xflip: false);
        using var mirrored = new BatchLoader(data, 600, seed: 1, firstImage: 0, xflip: true);
        var (a, b) = (plain.Next(), mirrored.Next());
        var flips = 0;
        var bothWays = new HashSet<(long, bool)>();
        var order = new ImageOrder(30, 1);
        for (var i = 0; i < 600; i++)
        {
            var original = Image(a, i);
            var image = Image(b, i);
            var flipped = !original.AsSpan().SequenceEqual(image);
            if (flipped)
            {
                CollectionAssert.AreEqual(Mirror(original, 10, 3), image, $"image {i} is neither as it was nor mirrored");
            }
            flips += flipped ? 1 : 0;
            bothWays.Add((order[i], flipped));
        }
        Assert.AreEqual(300, flips, 75.0, "mirrored images of 600");
        Assert.IsTrue(bothWays.Count > 55, "an image is mirrored in some epochs and not in others");
    }

    [TestMethod]
    [Timeout(20_000)]
    public void ErrorsOfTheThreadSurface()
    {
        using var data = new FailingDataset(failAfter: 9);
        using var loader = new BatchLoader(data, 4, seed: 0, firstImage: 0, xflip: false);
        loader.Next();
        loader.Next();
        Assert.Contains("broken disk", Assert.ThrowsExactly<EdmException>(() => loader.Next()).Message, "first call");
        Assert.Contains("broken disk", Assert.ThrowsExactly<EdmException>(() => loader.Next()).Message, "second call");
    }

    [TestMethod]
    [Timeout(20_000)]
    public void ClosingNeverHangs()
    {
        using var data = new ProceduralShapes(count: 100);
        for (var i = 0; i < 50; i++)
        {
            var loader = new BatchLoader(data, 4, seed: 0, firstImage: 0, xflip: false);
            for (var n = 0; n < i % 6; n++)
            {
                loader.Next();
            }
            loader.Dispose();
            loader.Dispose();
            Assert.ThrowsExactly<ObjectDisposedException>(() => loader.Next());
        }
    }

    [TestMethod]
    [Timeout(20_000)]
    public void ClosingAfterAnErrorNeverHangs()
    {
        using var data = new FailingDataset(failAfter: 0);
        var loader = new BatchLoader(data, 4, seed: 0, firstImage: 0, xflip: false);
        loader.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => loader.Next());
    }

    private static float[] Image(Batch batch, int i)
    {
        var length = batch.Images.Length / batch.Size;
        return batch.Images[(i * length)..((i + 1) * length)];
    }

    private static float[] Mirror(float[] image, int width, int channels)
    {
        var rows = image.Chunk(width * channels).Select(row => row.Chunk(channels).Reverse().SelectMany(p => p));
        return [.. rows.SelectMany(r => r)];
    }

    private sealed class FailingDataset(int failAfter) : IImageDataset
    {
        private int reads;

        public string Name => "failing";

        public string Source => "nowhere";

        public long Count => 20;

        public int Height => 2;

        public int Width => 2;

        public int Channels => 1;

        public int LabelDim => 0;

        public string Fingerprint => "";

        public int Label(long index) => -1;

        public void ReadImage(long index, Span<byte> pixels)
        {
            if (reads++ >= failAfter)
            {
                throw new EdmException("broken disk");
            }
        }

        public void Dispose()
        {
        }
    }
}
