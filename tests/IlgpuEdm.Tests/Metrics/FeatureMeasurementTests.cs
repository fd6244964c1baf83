using IlgpuEdm.Data;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Measuring a data set block by block, in features that are made up.</summary>
[TestClass]
public class FeatureMeasurementTests
{
    private const int Images = 150;
    private static readonly FakeFeatures _network = new();

    [TestMethod]
    public void The_blocks_change_no_bit()
    {
        using IImageDataset data = TinyClassifier.Shapes(count: Images);
        var told = new List<int>();
        var inBlocks = FeatureMeasurement.Of(_network, data, Images, seed: 0, keep: true, recognise: false, told.Add);
        var atOnce = new FeatureMeasurement(_network, data.Height, data.Width, data.Channels, 0, data.Source, keep: true);
        atOnce.Add(TinyClassifier.Images(data, Images), []);
        FeatureSet actual = inBlocks.Result("", ""), expected = atOnce.Result("", "");
        CollectionAssert.AreEqual(expected.Statistics.Mean, actual.Statistics.Mean, "mean");
        CollectionAssert.AreEqual(expected.Statistics.Covariance, actual.Statistics.Covariance, "covariance");
        CollectionAssert.AreEqual(
            expected.Features!.SelectMany(f => f).ToArray(), actual.Features!.SelectMany(f => f).ToArray(), "features");
        int[] blocks = [64, 128, 150];
        CollectionAssert.AreEqual(blocks, told, "progress");
    }

    [TestMethod]
    public void A_stop_is_heard_after_a_block()
    {
        using IImageDataset data = TinyClassifier.Shapes(count: Images);
        using var stop = new CancellationTokenSource();
        var done = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => FeatureMeasurement.Of(
            _network, data, Images, seed: 0, keep: false, recognise: false, Tell, stop.Token));
        Assert.AreEqual(64, done, "images measured");

        void Tell(int images)
        {
            done = images;
            stop.Cancel();
        }
    }

    // Sums of every fifth pixel.
    private sealed class FakeFeatures : IFeatureNetwork
    {
        public string Name => "sums";

        public string Hash => "";

        public string Resize => "none";

        public string DistanceName => "distance of sums";

        public string KernelDistanceName => "kernel distance";

        public int Length => 5;

        public void RequireFit(int height, int width, int channels, string source)
        {
        }

        public float[][] Features(IReadOnlyList<byte[]> images, int height, int width, int channels) =>
            [.. images.Select(image => Enumerable.Range(0, Length).Select(f => Sum(image, f)).ToArray())];

        public void Dispose()
        {
        }

        private float Sum(byte[] image, int first)
        {
            var sum = 0f;
            for (var i = first; i < image.Length; i += Length)
            {
                sum += image[i];
            }

            return sum;
        }
    }
}
