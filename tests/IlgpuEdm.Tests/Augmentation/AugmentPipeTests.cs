using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>The pipeline as training uses it: what it leaves alone, and that an image does not depend on its company.</summary>
public abstract class AugmentPipeTests : AugmentTestBase
{
    private const int Batch = 12;
    private const ulong Seed = 5;

    [TestMethod]
    public void ProbabilityZeroLeavesImagesAndLabels()
    {
        int[] shape = [Batch, 8, 10, 3];
        float[] images = AugmentCases.Noise(1, Batch * 240);
        var (result, labels) = Draw(new AugmentPipe(AugmentCases.Everything(0) with { XFlip = 1 }), images, shape, 0, Seed);
        CollectionAssert.AreEqual(images, result, "images");
        Assert.HasCount(Batch * 19, labels);
        Assert.IsTrue(labels.All(label => label == 0), "labels");
    }

    [TestMethod]
    public void AnImageWithLabelsOfZeroIsUntouchedAndOneWithOthersIsNot()
    {
        const int Count = 40;
        float[] images = AugmentCases.Noise(2, Count * 64);
        var pipe = new AugmentPipe(AugmentOptions.Edm(0.12) with { XFlip = 1 });
        var (result, labels) = Draw(pipe, images, [Count, 8, 8, 1], 0, Seed);
        int untouched = 0;
        for (int i = 0; i < Count; i++)
        {
            bool isZero = labels[(9 * i)..(9 * i + 9)].All(label => label == 0);
            bool isSame = images[(64 * i)..(64 * i + 64)].SequenceEqual(result[(64 * i)..(64 * i + 64)]);
            Assert.AreEqual(isZero, isSame, $"image {i}");
            untouched += isZero ? 1 : 0;
        }

        Assert.IsTrue(untouched is > 0 and < Count, $"{untouched} of {Count} images untouched");
    }

    [TestMethod]
    [DataRow(1, 12, 12)]
    [DataRow(3, 12, 12)]
    [DataRow(3, 9, 14)]
    public void AnImageDoesNotDependOnItsBatch(int channels, int height, int width)
    {
        int size = height * width * channels;
        float[] images = AugmentCases.Noise(3, Batch * size);
        var pipe = new AugmentPipe(AugmentCases.Everything(0.7));
        var (whole, wholeLabels) = Draw(pipe, images, [Batch, height, width, channels], 100, Seed);
        foreach (int part in new[] { 1, 5 })
        {
            List<float> parts = [], labels = [];
            for (int first = 0; first < Batch; first += part)
            {
                int count = Math.Min(part, Batch - first);
                float[] some = images[(first * size)..((first + count) * size)];
                var result = Draw(pipe, some, [count, height, width, channels], 100 + first, Seed);
                parts.AddRange(result.Images);
                labels.AddRange(result.Labels);
            }

            CollectionAssert.AreEqual(whole, parts.ToArray(), $"images, {part} at once");
            CollectionAssert.AreEqual(wholeLabels, labels.ToArray(), $"labels, {part} at once");
        }
    }

    [TestMethod]
    public void NothingIsReadThatWasNotWritten()
    {
        int[] shape = [Batch, 12, 12, 3];
        float[] images = AugmentCases.Noise(4, Batch * 432);
        var pipe = new AugmentPipe(AugmentCases.Everything(0.7));
        float[] first = Draw(pipe, images, shape, 0, Seed).Images;
        foreach (var buffer in Device.Pool.FreeBuffers)
        {
            Elementwise.Fill(new Tensor(Device, [(int)buffer.Size], buffer.Whole), float.NaN);
        }

        CollectionAssert.AreEqual(first, Draw(pipe, images, shape, 0, Seed).Images);
    }

    [TestMethod]
    public void NoMemoryIsKept()
    {
        long before = Device.Pool.BytesInUse;
        _ = Draw(new AugmentPipe(AugmentCases.Everything(1)), AugmentCases.Noise(5, 64), [1, 8, 8, 1], 0, Seed);
        Assert.AreEqual(before, Device.Pool.BytesInUse);
    }

    [TestMethod]
    public void ColoursOfTwoChannelsAreRefused() => OneClearLine.Of(
        () => Draw(new AugmentPipe(new AugmentOptions { P = 0.1, Hue = 1 }), new float[128], [1, 8, 8, 2], 0, Seed), "1 or 3", "not 2");

    [TestMethod]
    public void ImagesOfOnePixelCannotBeResampled() => OneClearLine.Of(
        () => Draw(new AugmentPipe(AugmentOptions.Edm(0.1)), new float[2], [1, 1, 1, 2], 0, Seed), "1 x 1", "--augment");
}

[TestClass]
public sealed class AugmentPipeTestsCpu : AugmentPipeTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class AugmentPipeTestsOpenCL : AugmentPipeTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class AugmentPipeTestsOpenCLCooperative : AugmentPipeTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class AugmentPipeTestsCuda : AugmentPipeTests
{
    protected override string Spec => Cuda;
}
