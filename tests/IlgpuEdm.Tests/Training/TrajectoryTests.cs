using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;
using NetVips;

namespace IlgpuEdm.Tests.Training;

/// <summary>Pictures of how images come out of the noise, drawn of made-up steps.</summary>
[TestClass]
public class TrajectoryTests
{
    private static readonly SongUNetOptions Network = new() { Height = 48, Width = 48, ImageChannels = 1 };

    [TestMethod]
    [DataRow(1, 5, 5, 1, 1)]
    [DataRow(20, 12, 10, 4, 8)]
    public void AnimationAndStripShowTheStepsOfTheFirstImages(int images, int steps, int columns, int side, int rows)
    {
        using var temp = new TemporaryFolder();
        TrajectoryPictures.Write(temp.File("way.webp"), Steps(images, steps));
        using (Image animation = Image.NewFromBuffer(File.ReadAllBytes(temp.File("way.webp")), "[n=-1]"))
        {
            Assert.AreEqual(steps, animation.Get("n-pages"), "frames");
            Assert.AreEqual((side * 96, side * 96), (animation.Width, animation.PageHeight), "size of a frame, each pixel twice as large");
            CollectionAssert.AreEqual(new byte[] { 10, 11 }, Pixels(animation, 0, animation.PageHeight), "D of the first steps of image 0");
            CollectionAssert.AreEqual(new byte[] { 200 }, Pixels(animation, (steps - 1) * animation.PageHeight), "the finished image");
        }

        DecodedImage strip = ImageCodec.Default.Decode(File.ReadAllBytes(temp.File("way-strip.png")), "strip");
        Assert.AreEqual((columns * 96, rows * 2 * 96), (strip.Width, strip.Height), "steps and, twice, images");
        Assert.AreEqual(128, strip.Pixels[0], "the noisy image of the first step is 0");
        Assert.AreEqual(10, strip.Pixels[96 * strip.Width], "under it the denoised one");
        Assert.AreEqual(200, strip.Pixels[strip.Width - 1], "the finished image is last");
    }

    [TestMethod]
    public void ManyStepsAreThinnedOut()
    {
        using var temp = new TemporaryFolder();
        TrajectoryPictures.Write(temp.File("way.webp"), Steps(1, 1000));
        using Image animation = Image.NewFromBuffer(File.ReadAllBytes(temp.File("way.webp")), "[n=-1]");
        Assert.IsTrue((int)animation.Get("n-pages") is > 60 and <= 128, $"{animation.Get("n-pages")} frames");
    }

    [TestMethod]
    public void WhatWasStoppedIsNotComplete()
    {
        var trajectory = new Trajectory(Network, [new ImageSeed(1), new ImageSeed(2)]);
        trajectory.Recorder([new ImageSeed(1)])!(new ImageStep(0, 1, new SamplerStep(0, 1, new double[2304], new double[2304])));
        trajectory.Finish([new ImageSeed(1)], [new byte[2304]]);
        Assert.IsFalse(trajectory.IsComplete, "the second was not drawn");
        Assert.IsNull(trajectory.Recorder([new ImageSeed(3)]), "an image that is not followed");
    }

    [TestMethod]
    [DataRow("way.gif", ".webp")]
    [DataRow("file/way.webp", "is a file")]
    public void ANameThatIsNoneIsOneClearLine(string name, string word)
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp.File("file"), "");
        OneClearLine.Of(() => TrajectoryPictures.Check(Path.Combine(temp.Path, name), "--trajectory"), "--trajectory", word);
    }

    private static Trajectory Steps(int images, int steps)
    {
        ImageSeed[] seeds = [.. Enumerable.Range(0, images).Select(i => new ImageSeed((ulong)i))];
        var trajectory = new Trajectory(Network, seeds);
        for (int k = 0; k < steps; k++)
        {
            double[] denoised = Enumerable.Repeat((10 + (k % 100) - 127.5) / 127.5, images * 2304).ToArray();
            trajectory.Recorder(seeds)!(new ImageStep(0, images, new SamplerStep(k, 80 - k, new double[images * 2304], denoised)));
        }

        trajectory.Finish(seeds, [.. seeds.Select(_ => Enumerable.Repeat((byte)200, 2304).ToArray())]);
        return trajectory;
    }

    private static byte[] Pixels(Image image, params int[] rows) =>
        [.. rows.Select(row => (byte)image.Getpoint(0, row)[0])];
}
