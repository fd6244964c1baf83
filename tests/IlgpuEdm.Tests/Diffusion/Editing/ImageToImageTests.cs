using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Image-to-image between its two ends: the image itself and a new sample.</summary>
[TestClass]
public class ImageToImageTests
{
    private static readonly double[] _timeSteps = EdmTimeSteps.Create(40, 0.002, 80, 7);
    private static readonly MixtureForm _mixture = MixtureForm.Plane;

    [TestMethod]
    public void TheImageComesBackAsTheStartingLevelFalls()
    {
        double[] image = [0.6, 0.15];
        double last = double.PositiveInfinity;
        foreach (double sigmaStart in new[] { 0.3, 0.03, 0.003, 0.0003 })
        {
            double[] t = ImageToImage.TimeSteps(_timeSteps, sigmaStart);
            double distance = TestLatents.Distance(image, ImageToImage.Sample(_mixture.Denoise, image, EditingNoise.Of([1], 2), t));
            Assert.IsLessThan(4 * sigmaStart, distance, $"from {sigmaStart}");
            Assert.IsLessThan(last, distance, "the lower the closer");
            last = distance;
        }
    }

    [TestMethod]
    public void FromTheHighestLevelTheImageIsForgotten()
    {
        double[] t = ImageToImage.TimeSteps(_timeSteps, 80);
        NoiseSource noise = EditingNoise.Of([2], 2);
        double[] sample = HeunSampler.Sample(_mixture.Denoise, noise(0, 2), t);
        double[] after = ImageToImage.Sample(_mixture.Denoise, [0.5, 0.1], noise, t);
        Assert.IsLessThan(0.02, TestLatents.Distance(sample, after), "the noise's sample");
    }

    [TestMethod]
    public void AGaussiansImagesKeepTheShareThatTheNoiseLeft()
    {
        // Noise of sigma on x, carried down to 0, is (x + sigma z) sqrt(s^2 / (s^2 + sigma^2)) for N(0, s^2).
        var gaussian = new GaussianForm([0], [0.25], [1]);
        double[] image = Enumerable.Repeat(1.0, 4000).ToArray();
        ulong[] seeds = [.. Enumerable.Range(0, 4000).Select(i => (ulong)i)];
        double[] result = ImageToImage.Sample(
            gaussian.Denoise, image, EditingNoise.Of(seeds, 1), ImageToImage.TimeSteps(EdmTimeSteps.Create(128, 0.002, 80, 7), 0.5));
        Assert.AreEqual(Math.Sqrt(0.5), result.Average(), 0.02, "mean");
        Assert.AreEqual(0.125, result.Average(v => (v - Math.Sqrt(0.5)) * (v - Math.Sqrt(0.5))), 0.01, "variance");
    }

    [TestMethod]
    public void TimeStepsBeginAtTheLevelAskedFor()
    {
        double[] t = [10, 5, 1, 0];
        CollectionAssert.AreEqual(new[] { 7.0, 5, 1, 0 }, ImageToImage.TimeSteps(t, 7), "between two");
        CollectionAssert.AreEqual(new[] { 5.0, 1, 0 }, ImageToImage.TimeSteps(t, 5), "at one");
        CollectionAssert.AreEqual(new[] { 0.5, 0 }, ImageToImage.TimeSteps(t, 0.5), "below the last");
    }

    [TestMethod]
    public void AnImageIsTheSameToTheBitAloneAndInABatch()
    {
        double[] images = TestLatents.Of(8, 6);
        double[] t = ImageToImage.TimeSteps(_timeSteps, 0.8);
        double[] batch = ImageToImage.Sample(_mixture.Denoise, images, EditingNoise.Of([1, 2, 3], 2), t);
        for (int i = 0; i < 3; i++)
        {
            Range range = (2 * i)..(2 * i + 2);
            double[] alone = ImageToImage.Sample(_mixture.Denoise, images[range], EditingNoise.Of([(ulong)i + 1], 2), t);
            TestLatents.AssertSameBits(alone, batch[range], $"image {i}");
        }
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        NoiseSource noise = EditingNoise.Of([1], 2);
        OneClearLine.Of(() => ImageToImage.TimeSteps(_timeSteps, 81), "--sigma-start is 81");
        OneClearLine.Of(() => ImageToImage.TimeSteps(_timeSteps, 0), "--sigma-start");
        OneClearLine.Of(() => ImageToImage.TimeSteps(_timeSteps, double.NaN), "--sigma-start", "NaN");
        OneClearLine.Of(() => ImageToImage.TimeSteps([1, 2], 1), "do not decrease");
        OneClearLine.Of(() => ImageToImage.Sample(_mixture.Denoise, [1, double.NaN], noise, [1, 0]), "NaN");
        OneClearLine.Of(() => ImageToImage.Sample((_, _) => [double.NaN, 0], [1, 2], noise, [1, 0]), "NaN", "sigma 1");
        OneClearLine.Of(() => ImageToImage.Sample(_mixture.Denoise, [1, 2, 3], noise, [1, 0]), "3 values");
    }
}
