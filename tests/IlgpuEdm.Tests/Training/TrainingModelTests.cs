using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>A small network of unusual sizes in training: what its numbers may depend on, and what it refuses.</summary>
public abstract class TrainingModelTests : DeviceTestBase
{
    private const int Images = 5, ImageSize = 4 * 6 * 3;

    private static readonly SongUNetOptions _network = new()
    {
        Height = 4,
        Width = 6,
        ImageChannels = 3,
        LabelDim = 3,
        ModelChannels = 20,
        ChannelMult = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [6],
        Dropout = 0.1,
    };

    [TestMethod]
    public void AnImageIsDenoisedTheSameInAnyBatch()
    {
        using var model = Model();
        model.Step(SomeBatch(), Images);
        using var denoiser = model.EmaDenoiser();
        double[] x = Array.ConvertAll(SomeBatch().Images, v => (double)v);
        var together = denoiser.Denoise(x, 0.7);
        for (var i = 0; i < Images; i++)
        {
            var alone = denoiser.Denoise(x[(i * ImageSize)..((i + 1) * ImageSize)], 0.7);
            CollectionAssert.AreEqual(together[(i * ImageSize)..((i + 1) * ImageSize)], alone, $"image {i}, bit for bit");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void GradientsOfMicroBatchesAddUp(int microBatch)
    {
        using TrainingModel whole = Model(), parts = Model();
        var expected = whole.Step(SomeBatch(), Images);
        var actual = parts.Step(SomeBatch(), microBatch);
        CollectionAssert.AreEqual(expected.SigmaPerImage, actual.SigmaPerImage, "noise levels");
        for (var i = 0; i < Images; i++)
        {
            Assert.AreEqual(1, actual.LossPerImage[i] / expected.LossPerImage[i], 1e-5, $"loss of image {i}");
        }

        float[] a = whole.Weights.Gradients!.ToArray(), b = parts.Weights.Gradients!.ToArray();
        Assert.IsLessThan(1e-5f * a.Max(MathF.Abs), a.Zip(b, (v, w) => MathF.Abs(v - w)).Max(), "largest difference of gradients");
    }

    [TestMethod]
    public void ImagesBeyond32BitsAreCountedOn()
    {
        using TrainingModel first = Model(), second = Model();
        var low = first.Step(SomeBatch(2), Images);
        var high = second.Step(SomeBatch((1L << 32) + 2), Images);
        CollectionAssert.AreNotEqual(low.LossPerImage, high.LossPerImage, "2^32 images later the draws are others");
    }

    [TestMethod]
    public void ABatchThatDoesNotFitIsRefused()
    {
        using var model = Model();
        var batch = SomeBatch();
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Step(batch, 0), "an empty micro-batch");
        var large = new Batch { FirstImage = 0, Size = 1, Images = new float[ImageSize + 1], Labels = [0] };
        Assert.ThrowsExactly<ArgumentException>(() => model.Step(large, 1), "an image of another size");
        var unknown = new Batch { FirstImage = 0, Size = 1, Images = new float[ImageSize], Labels = [3] };
        Assert.ThrowsExactly<ArgumentException>(() => model.Step(unknown, 1), "a label that the network has not");
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefusedByName()
    {
        Refused("--sigma-data", LossOptions.Named("edm", 0), new OptimizerOptions());
        Refused("--lr", new LossOptions(), new OptimizerOptions { LearningRate = double.NaN });
        Refused("beta2", new LossOptions(), new OptimizerOptions { Beta2 = 1 });
        Refused("epsilon", new LossOptions(), new OptimizerOptions { Epsilon = 0 });

        void Refused(string option, LossOptions loss, OptimizerOptions optimizer)
        {
            var e = Assert.ThrowsExactly<EdmException>(() => new TrainingModel(Device, new ModelOptions { Network = _network, Loss = loss, Optimizer = optimizer }, 0).Dispose(), option);
            StringAssert.Contains(e.Message, option, "the option");
        }
    }

    [TestMethod]
    public void AugmentationChangesWhatIsLearnedAndDependsOnTheImageAlone()
    {
        var augment = AugmentOptions.Edm(0.5);
        var options = new ModelOptions { Network = _network with { AugmentDim = augment.LabelDim }, Augment = augment };
        using TrainingModel whole = new(Device, options, 7), parts = new(Device, options, 7), plain = Model();
        var together = whole.Step(SomeBatch(), Images);
        CollectionAssert.AreEqual(together.LossPerImage, parts.Step(SomeBatch(), 1).LossPerImage, "losses in micro-batches, bit for bit");
        CollectionAssert.AreNotEqual(plain.Step(SomeBatch(), Images).LossPerImage, together.LossPerImage, "losses without augmentation");
    }

    [TestMethod]
    public void DroppedLabelsAreZerosForTheNetwork()
    {
        using TrainingModel all = new(Device, new ModelOptions { Network = _network with { LabelDropout = 1 } }, 7), unlabelled = Model();
        var batch = SomeBatch();
        var expected = unlabelled.Step(
            new Batch { FirstImage = batch.FirstImage, Size = Images, Images = batch.Images, Labels = Enumerable.Repeat(-1, Images).ToArray() },
            Images);
        CollectionAssert.AreEqual(expected.LossPerImage, all.Step(batch, Images).LossPerImage, "losses without labels, bit for bit");
    }

    [TestMethod]
    public void UncertaintyLearnsTheLogarithmOfTheLoss()
    {
        var options = new ModelOptions
        {
            Network = _network,
            Loss = new LossOptions { LearnedUncertainty = true },
            Optimizer = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 0 },
        };
        using TrainingModel balanced = new(Device, options, 7), plain = Model();
        var first = balanced.Step(SomeBatch(), Images);
        CollectionAssert.AreEqual(plain.Step(SomeBatch(), Images).LossPerImage, first.LossPerImage, "u starts at 0, and is left out of the loss");
        var head = balanced.Weights.Values.ToArray();
        Assert.AreEqual(plain.ParameterCount + 128, balanced.ParameterCount, "the head's weights are trained too");

        // The first step's learning rate is 0.
        var batch = SomeBatch();
        balanced.Step(new Batch { FirstImage = Images, Size = Images, Images = batch.Images, Labels = batch.Labels }, Images);
        CollectionAssert.AreNotEqual(head[^128..], balanced.Weights.Values.ToArray()[^128..], "and move");
    }

    private TrainingModel Model() => new(Device, new ModelOptions { Network = _network }, 7);

    private static Batch SomeBatch(long firstImage = 0) => new()
    {
        FirstImage = firstImage,
        Size = Images,
        Images = [.. Enumerable.Range(0, Images * ImageSize).Select(i => MathF.Sin(i * i))],
        Labels = [0, 1, 2, -1, 1],
    };
}

[TestClass]
public sealed class TrainingModelTestsCpu : TrainingModelTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class TrainingModelTestsOpenCL : TrainingModelTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class TrainingModelTestsCuda : TrainingModelTests
{
    protected override string Spec => Cuda;
}
