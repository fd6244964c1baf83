using IlgpuEdm.Diffusion.Augmentation;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>What is drawn for images, under a fixed seed.</summary>
[TestClass]
public sealed class AugmentDrawTests
{
    private const int Count = 20_000;
    private const double Sigmas = 4.5;
    private static readonly AugmentOptions Options = AugmentCases.Everything(0.4) with { XFlip = 1 };
    private static readonly AugmentParameters[] Drawn = new AugmentPipe(Options).Draw(0, Count, seed: 7);

    [TestMethod]
    public void EachIsDrawnAsOftenAsItsProbabilitySays()
    {
        AssertShare(0.2, p => p.XFlip, "flips left to right");
        AssertShare(0.2, p => p.YFlip, "flips top to bottom");
        AssertShare(0.2, p => p.LumaFlip, "luma flips");
        AssertShare(0.4, p => p.TranslateIntX != 0, "translations by pixels");
        AssertShare(0.4, p => p.Scale != 0, "scales");
        AssertShare(0.4, p => p.RotateFrac != 0, "rotations");
        AssertShare(0.4, p => p.Aniso != 0, "stretches");
        AssertShare(0.5, p => p.AnisoAngle != 0, "directions of stretches");
        AssertShare(0.4, p => p.TranslateFracX != 0, "translations");
        AssertShare(0.4, p => p.Brightness != 0, "brightness");
        AssertShare(0.4, p => p.Contrast != 0, "contrast");
        AssertShare(0.4, p => p.Hue != 0, "hue");
        AssertShare(0.4, p => p.Saturation != 0, "saturation");
    }

    [TestMethod]
    [DataRow(0, 0.7)]
    [DataRow(1, 0.1)]
    [DataRow(2, 0.1)]
    [DataRow(3, 0.1)]
    public void QuarterTurnsAreEquallyLikely(int turns, double share) =>
        AssertShare(share, p => p.QuarterTurns == turns, $"{turns} quarter turns");

    [TestMethod]
    public void AMultiplierScalesTheProbability()
    {
        var options = new AugmentOptions { P = 0.5, Scale = 0.5, Hue = 3 };
        AugmentParameters[] drawn = new AugmentPipe(options).Draw(0, Count, seed: 3);
        double share = drawn.Count(p => p.Scale != 0) / (double)Count;
        Assert.AreEqual(0.25, share, Sigmas * Math.Sqrt(0.25 * 0.75 / Count), "P times multiplier");
        Assert.IsTrue(drawn.All(p => p.Hue != 0), "a product of 1 or more is certain");
    }

    [TestMethod]
    public void ThePapersSetMirrorsHalfOfAllImagesWhateverTheProbability()
    {
        AugmentParameters[] drawn = new AugmentPipe(AugmentOptions.Edm(0.01)).Draw(0, Count, seed: 1);
        Assert.AreEqual(0.5, drawn.Count(p => p.XFlip) / (double)Count, Sigmas * 0.5 / Math.Sqrt(Count), "images mirrored");
    }

    [TestMethod]
    public void NormalsAreStandard()
    {
        AssertNormal(p => p.Scale, "scale");
        AssertNormal(p => p.Aniso, "stretch");
        AssertNormal(p => p.TranslateFracX, "translation along x");
        AssertNormal(p => p.TranslateFracY, "translation along y");
        AssertNormal(p => p.Brightness, "brightness");
        AssertNormal(p => p.Contrast, "contrast");
        AssertNormal(p => p.Saturation, "saturation");
    }

    [TestMethod]
    public void AnglesAndTranslationsFillTheirRangesEvenly()
    {
        AssertUniform(p => p.RotateFrac, Math.PI, "rotation");
        AssertUniform(p => p.AnisoAngle, Math.PI, "direction of stretching");
        AssertUniform(p => p.Hue, Math.PI, "hue");
        AssertUniform(p => p.TranslateIntX, 1, "translation by pixels along x");
        AssertUniform(p => p.TranslateIntY, 1, "translation by pixels along y");
    }

    [TestMethod]
    public void AugmentationsAreIndependentOfOneAnother()
    {
        Func<AugmentParameters, double>[] applied =
        [
            p => p.XFlip ? 1 : 0, p => p.YFlip ? 1 : 0, p => p.QuarterTurns > 0 ? 1 : 0, p => p.TranslateIntX != 0 ? 1 : 0,
            p => p.Scale != 0 ? 1 : 0, p => p.RotateFrac != 0 ? 1 : 0, p => p.Aniso != 0 ? 1 : 0, p => p.AnisoAngle != 0 ? 1 : 0,
            p => p.TranslateFracX != 0 ? 1 : 0, p => p.Brightness != 0 ? 1 : 0, p => p.Contrast != 0 ? 1 : 0, p => p.LumaFlip ? 1 : 0,
            p => p.Hue != 0 ? 1 : 0, p => p.Saturation != 0 ? 1 : 0, p => p.Scale, p => p.Aniso, p => p.TranslateFracX,
            p => p.TranslateFracY, p => p.Brightness, p => p.Contrast, p => p.Saturation, p => p.TranslateIntY, p => p.Hue,
        ];
        for (int i = 0; i < applied.Length; i++)
        {
            for (int j = i + 1; j < applied.Length; j++)
            {
                Assert.IsLessThan(0.035, Math.Abs(Correlation(applied[i], applied[j])), $"correlation of {i} and {j}");
            }
        }
    }

    [TestMethod]
    public void AnImagesDrawsDependOnItsNumberAlone()
    {
        var pipe = new AugmentPipe(Options);
        CollectionAssert.AreEqual(Drawn[100..140], pipe.Draw(100, 40, seed: 7), "images 100 to 139, drawn by themselves");
        Assert.AreNotEqual(Drawn[5], pipe.Draw(5, 1, seed: 8)[0], "another seed");
    }

    [TestMethod]
    public void SwitchingOneOffLeavesTheDrawsOfTheOthers()
    {
        AugmentParameters[] without = new AugmentPipe(Options with { Scale = 0, XFlip = 0 }).Draw(0, 50, seed: 7);
        CollectionAssert.AreEqual(Array.ConvertAll(Drawn[..50], p => p with { Scale = 0, XFlip = false }), without);
    }

    [TestMethod]
    public void NothingIsDrawnWithProbabilityZero() =>
        Assert.IsTrue(new AugmentPipe(AugmentCases.Everything(0)).Draw(0, 500, seed: 7).All(p => p with { AnisoAngle = 0 } == default));

    private static double Correlation(Func<AugmentParameters, double> a, Func<AugmentParameters, double> b)
    {
        double meanA = Drawn.Average(a), meanB = Drawn.Average(b);
        double covariance = Drawn.Average(p => (a(p) - meanA) * (b(p) - meanB));
        return covariance / Math.Sqrt(Drawn.Average(p => Square(a(p) - meanA)) * Drawn.Average(p => Square(b(p) - meanB)));
    }

    private static void AssertShare(double expected, Func<AugmentParameters, bool> holds, string what)
    {
        double error = Sigmas * Math.Sqrt(expected * (1 - expected) / Count);
        Assert.AreEqual(expected, Drawn.Count(holds) / (double)Count, error, what);
    }

    private static void AssertNormal(Func<AugmentParameters, double> value, string what)
    {
        double[] values = [.. Drawn.Select(value).Where(v => v != 0)];
        Assert.AreEqual(0, values.Average(), Sigmas / Math.Sqrt(values.Length), $"mean of {what}");
        Assert.AreEqual(1, values.Average(Square), Sigmas * Math.Sqrt(2.0 / values.Length), $"variance of {what}");
        Assert.AreEqual(3, values.Average(v => Square(Square(v))), Sigmas * Math.Sqrt(96.0 / values.Length), $"fourth moment of {what}");
    }

    private static void AssertUniform(Func<AugmentParameters, double> value, double most, string what)
    {
        double[] values = [.. Drawn.Select(p => value(p) / most).Where(v => v != 0)];
        Assert.IsLessThanOrEqualTo(1, values.Max(Math.Abs), $"range of {what}");
        Assert.AreEqual(0, values.Average(), Sigmas * Math.Sqrt(1.0 / 3 / values.Length), $"mean of {what}");
        Assert.AreEqual(1.0 / 3, values.Average(Square), Sigmas * Math.Sqrt(4.0 / 45 / values.Length), $"variance of {what}");
    }

    private static double Square(double x) => x * x;
}
