using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Inpainting of correlated Gaussian pairs, where the unknown value given the known one is a Gaussian of known moments.</summary>
[TestClass]
public class InpaintingTests
{
    // Variances 0.4 and 0.04 along the diagonals: variance 0.22 each, covariance -0.18. Mirrored by [1, tan(pi/8)].
    private static readonly GaussianForm _pair = new([0.1, -0.2], [0.04, 0.4], [1, Math.Tan(Math.PI / 8)]);
    private static readonly InpaintingMask _first = new([true, false], 1, 2, 1);
    private static readonly double[] _timeSteps = EdmTimeSteps.Create(25, 0.002, 20, 7);

    [TestMethod]
    public void TheUnknownValueFollowsTheKnownOne()
    {
        // Given 0.7 in the first place, which is 0.6 above its mean.
        const double Mean = -0.2 - 0.18 / 0.22 * 0.6;
        const double Variance = 0.22 - 0.18 * 0.18 / 0.22;
        var (mean, variance) = Moments(repeats: 19);
        Assert.AreEqual(Mean, mean, 0.03, "conditional mean");
        Assert.AreEqual(Variance, variance, 0.01, "conditional variance");
    }

    [TestMethod]
    public void RepeatsBringThePartsTogether()
    {
        double[] means = [Moments(0).Mean, Moments(1).Mean, Moments(5).Mean];
        Assert.IsLessThan(-0.3, means[0], "without repeats it hears of the known value already");
        Assert.IsLessThan(means[0] - 0.05, means[1], "one repeat");
        Assert.IsLessThan(means[1] - 0.05, means[2], "five");
    }

    [TestMethod]
    public void KnownValuesAreThoseOfTheInputToTheBit()
    {
        var gaussian = GaussianForm.OfSize(12);
        bool[] pixels = [true, false, false, true];
        double[] image = TestLatents.Of(5, 24);
        double[] result = Inpainting.Sample(gaussian.Denoise, image, new InpaintingMask(pixels, 2, 2, 3), TestLatents.Of(6, 24),
            EditingNoise.Of([1, 2], 12), _timeSteps, repeats: 2);
        for (int j = 0; j < 24; j++)
        {
            bool same = BitConverter.DoubleToInt64Bits(image[j]) == BitConverter.DoubleToInt64Bits(result[j]);
            Assert.AreEqual(pixels[j % 12 / 3], same, $"value {j}");
        }
    }

    [TestMethod]
    public void AMaskOfValuesKeepsSingleChannels()
    {
        var mask = new InpaintingMask([true, false, false, true], 1, 2, 2);
        CollectionAssert.AreEqual(new[] { true, false, false, true }, Enumerable.Range(0, 4).Select(mask.IsKnown).ToArray(), "[H, W, C]");
        mask = new InpaintingMask([true, false], 1, 2, 2);
        CollectionAssert.AreEqual(new[] { true, true, false, false }, Enumerable.Range(0, 4).Select(mask.IsKnown).ToArray(), "[H, W]");
    }

    [TestMethod]
    public void WithoutKnownValuesAndRepeatsItIsHeunsSampler()
    {
        double[] latents = TestLatents.Of(7, 4);
        var nothing = new InpaintingMask([false, false], 1, 2, 1);
        double[] result = Inpainting.Sample(_pair.Denoise, new double[4], nothing, latents, EditingNoise.Of([1, 2], 2), _timeSteps);
        Assert.IsLessThan(1e-12, TestLatents.Largest(HeunSampler.Sample(_pair.Denoise, latents, _timeSteps), result), "the sample");
    }

    [TestMethod]
    public void AnImageIsTheSameToTheBitAloneAndInABatch()
    {
        double[] images = TestLatents.Of(8, 6);
        double[] latents = TestLatents.Of(9, 6);
        ulong[] seeds = [11, 22, 33];
        double[] batch = Inpainting.Sample(_pair.Denoise, images, _first, latents, EditingNoise.Of(seeds, 2), _timeSteps, 3);
        for (int i = 0; i < 3; i++)
        {
            Range range = (2 * i)..(2 * i + 2);
            double[] alone = Inpainting.Sample(
                _pair.Denoise, images[range], _first, latents[range], EditingNoise.Of([seeds[i]], 2), _timeSteps, 3);
            TestLatents.AssertSameBits(alone, batch[range], $"image {i}");
        }
    }

    [TestMethod]
    public void CallsAndReportsAreThoseOfItsPasses()
    {
        int calls = 0;
        var steps = new List<SamplerStep>();
        Inpainting.Sample((x, sigma) => { calls++; return _pair.Denoise(x, sigma); }, [1, 2], _first, [0, 0],
            EditingNoise.Of([1], 2), EdmTimeSteps.Create(4, 0.01, 10, 7), 2, steps.Add);
        Assert.AreEqual(2 * 3 * 3 + 1, calls, "two a pass, three passes a step, one for the step to 0");
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), steps.ConvertAll(s => s.Index), "one report a pass");
        foreach (SamplerStep step in steps)
        {
            CollectionAssert.AreEqual(_pair.Denoise(step.X, step.Sigma), step.Denoised, $"D belongs to the state of pass {step.Index}");
        }
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        NoiseSource noise = EditingNoise.Of([1], 2);
        OneClearLine.Of(() => _ = new InpaintingMask(new bool[5], 2, 2, 3), "5 values", "4 (one a pixel)", "12 (one a value)");
        OneClearLine.Of(() => _ = new InpaintingMask([], 0, 2, 3), "height");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, 2, 3], _first, [1, 2, 3], noise, _timeSteps), "no whole number");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, 2], _first, [1], noise, _timeSteps), "1 values");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, double.NaN], _first, [1, 2], noise, _timeSteps), "NaN");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, 2], _first, [1, 2], noise, [1, 2]), "do not decrease");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, 2], _first, [1, 2], noise, _timeSteps, -1), "--repeats");
        OneClearLine.Of(
            () => Inpainting.Sample((_, _) => [0, double.NaN], [1, 2], _first, [1, 2], noise, _timeSteps), "NaN", "sigma 19.99");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, 2, 3, 4], _first, [1, 2, 3, 4], noise, _timeSteps), "seed an image");
        OneClearLine.Of(() => Inpainting.Sample(_pair.Denoise, [1, 2], _first, [1, 2], (_, _) => [1], _timeSteps), "Draw 0");
    }

    // Of 1,500 images: the standard errors are 0.007 and 0.003.
    private static (double Mean, double Variance) Moments(int repeats)
    {
        const int Count = 1500;
        ulong[] seeds = [.. Enumerable.Range(0, Count).Select(i => (ulong)i)];
        var images = new double[2 * Count];
        for (int i = 0; i < Count; i++)
        {
            images[2 * i] = 0.7;
        }

        double[] result = Inpainting.Sample(
            _pair.Denoise, images, _first, TestLatents.Of(77, 2 * Count), EditingNoise.Of(seeds, 2), _timeSteps, repeats);
        double[] drawn = [.. Enumerable.Range(0, Count).Select(i => result[2 * i + 1])];
        double mean = drawn.Average();
        return (mean, drawn.Average(v => (v - mean) * (v - mean)));
    }
}
