using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion.Augmentation;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>Scaling, rotation, stretching and translation, on images that are not square.</summary>
public abstract class AugmentWarpTests : AugmentTestBase
{
    private const int Height = 24, Width = 32;
    private static readonly int[] Shape = [1, Height, Width, 2];

    [TestMethod]
    public void TranslationByWholePixelsMovesThemExactly()
    {
        float[] image = AugmentCases.Noise(1, Height * Width * 2);

        // The steps of translation are an eighth of the size: 4 and 3 pixels.
        float[] moved = Apply(image, Shape, new AugmentParameters { TranslateFracX = 1, TranslateFracY = -2 });
        float[] expected = AugmentCases.Image(
            Height, Width, 2,
            (y, x, c) => image[((Height - 1 - Math.Abs(Height - 1 - y - 6)) * Width + Math.Abs(x - 4)) * 2 + c]);
        AssertClose(expected, moved, 1e-5, "4 to the right and 6 up");
    }

    [TestMethod]
    public void AScaleEnlargesAboutTheCentre() =>
        AssertWarped(new AugmentParameters { Scale = 2 }, (x, y) => (x / Math.Pow(2, 0.4), y / Math.Pow(2, 0.4)));

    [TestMethod]
    public void ARotationTurnsCounterclockwise()
    {
        (double sin, double cos) = Math.SinCos(0.7);
        AssertWarped(new AugmentParameters { RotateFrac = 0.7 }, (x, y) => (cos * x - sin * y, sin * x + cos * y));
    }

    [TestMethod]
    public void AStretchAlongXShrinksAlongY()
    {
        double factor = Math.Pow(2, 0.2 * 1.5);
        AssertWarped(new AugmentParameters { Aniso = 1.5 }, (x, y) => (x / factor, y * factor));
    }

    [TestMethod]
    public void AStretchAcrossIsOneAlongXWithTheOppositeSign()
    {
        float[] image = AugmentCases.Noise(2, Height * Width * 2);
        float[] across = Apply(image, Shape, new AugmentParameters { Aniso = 1.5, AnisoAngle = Math.PI / 2 });
        AssertClose(Apply(image, Shape, new AugmentParameters { Aniso = -1.5 }), across, 1e-5, "a stretch along y");
    }

    [TestMethod]
    public void TranslationComesFirstThenStretchRotationAndScale()
    {
        (double sin, double cos) = Math.SinCos(0.3);
        double scale = Math.Pow(2, 0.1), stretch = Math.Pow(2, 0.2);
        AssertWarped(
            new AugmentParameters { Scale = 0.5, RotateFrac = 0.3, Aniso = 1, TranslateFracX = 0.4, TranslateFracY = -0.5 },
            (x, y) =>
            {
                double u = (x - 0.4 * Width / 8) / stretch, v = (y + 0.5 * Height / 8) * stretch;
                return ((cos * u - sin * v) / scale, (sin * u + cos * v) / scale);
            });
    }

    [TestMethod]
    public void AnyMarginThatIsWideEnoughGivesTheSameImage()
    {
        float[] image = AugmentCases.Noise(3, Height * Width * 2);
        var map = AffineMap.InverseOf(
            new AugmentOptions(), new AugmentParameters { RotateFrac = 0.5, Scale = 0.5, TranslateFracX = 0.3 }, Height, Width);
        var margin = AugmentMargin.Of([map], Height, Width);
        float[] tight = Warp(image, map, margin);
        foreach (var more in new[] { 1, 2, 3 })
        {
            var wider = new AugmentMargin(margin.Left + more, margin.Top + 2, margin.Right + 1, margin.Bottom + more);
            AssertClose(tight, Warp(image, map, wider), 1e-5, $"a margin wider by {more}");
        }
    }

    [TestMethod]
    public void HowManyImagesFitIntoScratchDoesNotMatter()
    {
        const int Count = 5;
        float[] images = AugmentCases.Noise(5, Count * Height * Width * 2);
        WarpedImage[] list =
        [
            .. from i in new[] { 0, 2, 3, 4 }
               let map = AffineMap.Rotate(0.4 * i + 0.1)
               select new WarpedImage(i, map, AugmentMargin.Of([map], Height, Width)),
        ];
        using var tape = new Tape(Device, recording: false);
        Tensor atOnce = tape.From(images, Count, Height, Width, 2), inParts = tape.From(images, Count, Height, Width, 2);
        AugmentWarp.Run(atOnce, list);
        AugmentWarp.Run(inParts, list, scratchLimit: 100_000);
        CollectionAssert.AreEqual(atOnce.ToArray(), inParts.ToArray());
        CollectionAssert.AreEqual(
            images[(Height * Width * 2)..(2 * Height * Width * 2)],
            atOnce.ToArray()[(Height * Width * 2)..(2 * Height * Width * 2)], "an image that is not listed");
    }

    [TestMethod]
    public void TheMarginEndsWhereTheReflectionWouldRepeat()
    {
        var map = AffineMap.Scale(5, 5);
        Assert.AreEqual(new AugmentMargin(Width - 1, Height - 1, Width - 1, Height - 1), AugmentMargin.Of([map], Height, Width));
        float[] ones = AugmentCases.Image(Height, Width, 2, (_, _, _) => 1);
        float[] shrunk = Warp(ones, map, AugmentMargin.Of([map], Height, Width));
        Assert.AreEqual(0, shrunk[0], 1e-6, "a corner that comes from beyond the margin");
        Assert.AreEqual(1, shrunk[(Height / 2 * Width + Width / 2) * 2], 1e-5, "the centre");
    }

    [TestMethod]
    [DataRow(2, 2)]
    [DataRow(2, 9)]
    [DataRow(3, 2)]
    public void TinyImagesAreFinite(int height, int width)
    {
        float[] image = AugmentCases.Noise(4, height * width);
        var all = new AugmentParameters { Scale = -3, RotateFrac = 1, Aniso = 2, TranslateFracX = 2, TranslateFracY = -3 };
        Assert.IsTrue(Apply(image, [1, height, width, 1], all).All(v => float.IsFinite(v) && Math.Abs(v) < 3));
    }

    // A smooth pattern, so that what stands between pixels is known; source gives where a point comes from, from the centre.
    private void AssertWarped(AugmentParameters parameters, Func<double, double, (double X, double Y)> source)
    {
        static double Pattern(double x, double y, int c) => Math.Cos(0.2 * x + 0.1 * y + c) + 0.02 * y;
        double cx = (Width - 1) / 2.0, cy = (Height - 1) / 2.0;
        float[] image = AugmentCases.Image(Height, Width, 2, (y, x, c) => Pattern(x - cx, y - cy, c));
        float[] warped = Apply(image, Shape, parameters);
        var compared = 0;
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (fromX, fromY) = source(x - cx, y - cy);

                // Nearer to the border the reflection shows.
                if (Math.Abs(fromX) < cx - 7 && Math.Abs(fromY) < cy - 6)
                {
                    compared++;
                    for (var c = 0; c < 2; c++)
                    {
                        float pixel = warped[(y * Width + x) * 2 + c];
                        Assert.AreEqual(Pattern(fromX, fromY, c), pixel, 0.02, $"row {y}, pixel {x}, channel {c}");
                    }
                }
            }
        }

        Assert.IsGreaterThan(80, compared, "pixels that were compared");
    }

    private float[] Warp(float[] image, AffineMap map, AugmentMargin margin)
    {
        using var tape = new Tape(Device, recording: false);
        var x = tape.From(image, Shape);
        AugmentWarp.Run(x, [new WarpedImage(0, map, margin)]);
        return x.ToArray();
    }
}

[TestClass]
public sealed class AugmentWarpTestsCpu : AugmentWarpTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class AugmentWarpTestsOpenCL : AugmentWarpTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class AugmentWarpTestsOpenCLCooperative : AugmentWarpTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class AugmentWarpTestsCuda : AugmentWarpTests
{
    protected override string Spec => Cuda;
}
