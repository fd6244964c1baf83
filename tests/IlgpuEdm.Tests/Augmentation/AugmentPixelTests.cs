using IlgpuEdm.Diffusion.Augmentation;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>Flips, quarter turns, translations by whole pixels and colours.</summary>
public abstract class AugmentPixelTests : AugmentTestBase
{
    private static readonly int[] Square = [1, 5, 5, 3];
    private static readonly int[] Oblong = [1, 4, 6, 3];

    [TestMethod]
    public void FlipsExchangeSidesAndTwiceIsNothing()
    {
        float[] image = AugmentCases.Noise(1, 4 * 6 * 3);
        float[] mirrored = Apply(image, Oblong, new AugmentParameters { XFlip = true });
        CollectionAssert.AreEqual(Moved(image, 4, 6, (y, x) => (y, 5 - x)), mirrored, "left and right");
        CollectionAssert.AreEqual(image, Apply(mirrored, Oblong, new AugmentParameters { XFlip = true }), "left and right twice");

        float[] turned = Apply(image, Oblong, new AugmentParameters { YFlip = true });
        CollectionAssert.AreEqual(Moved(image, 4, 6, (y, x) => (3 - y, x)), turned, "top and bottom");
        CollectionAssert.AreEqual(image, Apply(turned, Oblong, new AugmentParameters { YFlip = true }), "top and bottom twice");
    }

    [TestMethod]
    public void AQuarterTurnIsCounterclockwiseAndFourAreNothing()
    {
        float[] image = AugmentCases.Noise(2, 5 * 5 * 3), turned = image;
        for (int turns = 1; turns <= 4; turns++)
        {
            turned = Apply(turned, Square, new AugmentParameters { QuarterTurns = 1 });
            float[] atOnce = Apply(image, Square, new AugmentParameters { QuarterTurns = turns % 4 });
            CollectionAssert.AreEqual(atOnce, turned, $"{turns} turns, one by one and at once");
        }

        CollectionAssert.AreEqual(image, turned, "four turns");
        float[] once = Apply(image, Square, new AugmentParameters { QuarterTurns = 1 });
        CollectionAssert.AreEqual(Moved(image, 5, 5, (y, x) => (x, 4 - y)), once, "the upper right corner comes to the upper left");
    }

    [TestMethod]
    public void AnOblongImageTakesHalfTurnsOnly()
    {
        float[] image = AugmentCases.Noise(3, 4 * 6 * 3);
        float[] half = Moved(image, 4, 6, (y, x) => (3 - y, 5 - x));
        CollectionAssert.AreEqual(image, Apply(image, Oblong, new AugmentParameters { QuarterTurns = 1 }), "1");
        CollectionAssert.AreEqual(half, Apply(image, Oblong, new AugmentParameters { QuarterTurns = 2 }), "2");
        CollectionAssert.AreEqual(half, Apply(image, Oblong, new AugmentParameters { QuarterTurns = 3 }), "3");
    }

    [TestMethod]
    public void TranslationByPixelsReflectsAtTheBorder()
    {
        float[] image = AugmentCases.Noise(4, 16 * 24 * 3);
        float[] moved = Apply(image, [1, 16, 24, 3], new AugmentParameters { TranslateIntX = 1, TranslateIntY = -0.5 });
        float[] expected = Moved(image, 16, 24, (y, x) => (Math.Abs(y - 1), Math.Abs(x - 3)));
        CollectionAssert.AreEqual(expected, moved, "3 to the right and 1 down");

        moved = Apply(image, [1, 16, 24, 3], new AugmentParameters { TranslateIntX = -1, TranslateIntY = 1 });
        expected = Moved(image, 16, 24, (y, x) => (15 - Math.Abs(13 - y), 23 - Math.Abs(20 - x)));
        CollectionAssert.AreEqual(expected, moved, "3 to the left and 2 up");
    }

    [TestMethod]
    public void BrightnessAddsAndContrastMultiplies()
    {
        float[] grey = AugmentCases.Noise(5, 64);
        float[] changed = Apply(grey, [1, 8, 8, 1], new AugmentParameters { Brightness = 1.5, Contrast = -2 });
        AssertClose(Array.ConvertAll(grey, v => (v + 0.3f) / 2), changed, 1e-6, "grey");

        float[] colour = AugmentCases.Noise(6, 192);
        changed = Apply(colour, [1, 8, 8, 3], new AugmentParameters { Brightness = 1.5, Contrast = -2 });
        AssertClose(Array.ConvertAll(colour, v => (v + 0.3f) / 2), changed, 1e-6, "colour");
    }

    [TestMethod]
    public void HueAndSaturationLeaveGreyAsItIs()
    {
        float[] grey = AugmentCases.Noise(7, 64);
        AssertClose(grey, Apply(grey, [1, 8, 8, 1], new AugmentParameters { Hue = 2, Saturation = 1 }), 1e-6, "one channel");

        float[] equal = [.. grey.SelectMany(v => new[] { v, v, v })];
        AssertClose(equal, Apply(equal, [1, 8, 8, 3], new AugmentParameters { Hue = 2, Saturation = 1 }), 1e-6, "three equal channels");
    }

    [TestMethod]
    public void ALumaFlipNegatesTheMeanAndKeepsTheRest()
    {
        float[] grey = AugmentCases.Noise(8, 64);
        AssertClose(
            Array.ConvertAll(grey, v => -v), Apply(grey, [1, 8, 8, 1], new AugmentParameters { LumaFlip = true }), 1e-6, "one channel");

        float[] colour = [0.5f, 0.2f, -0.1f];
        AssertClose(
            [0.1f, -0.2f, -0.5f], Apply(colour, [1, 1, 1, 3], new AugmentParameters { LumaFlip = true }), 1e-6, "three channels, mean 0.2");
    }

    [TestMethod]
    public void AThirdOfAWholeTurnOfHueMovesTheChannelsByOne()
    {
        float[] turned = Apply([0.5f, 0.2f, -0.1f], [1, 1, 1, 3], new AugmentParameters { Hue = 2 * Math.PI / 3 });
        AssertClose([-0.1f, 0.5f, 0.2f], turned, 1e-6, "red becomes green");
    }

    [TestMethod]
    public void SaturationMovesColoursFromTheMean()
    {
        float[] changed = Apply([0.5f, 0.2f, -0.1f], [1, 1, 1, 3], new AugmentParameters { Saturation = 1 });
        AssertClose([0.8f, 0.2f, -0.4f], changed, 1e-6, "twice as far from the mean 0.2");
    }

    private static float[] Moved(float[] image, int height, int width, Func<int, int, (int Y, int X)> source) =>
        AugmentCases.Image(height, width, 3, (y, x, c) =>
        {
            var (fromY, fromX) = source(y, x);
            return image[(fromY * width + fromX) * 3 + c];
        });
}

[TestClass]
public sealed class AugmentPixelTestsCpu : AugmentPixelTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class AugmentPixelTestsOpenCL : AugmentPixelTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class AugmentPixelTestsOpenCLCooperative : AugmentPixelTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class AugmentPixelTestsCuda : AugmentPixelTests
{
    protected override string Spec => Cuda;
}
