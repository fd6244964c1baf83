using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Two devices that share each batch, against one that does all in micro-batches.</summary>
public abstract class SeveralDevicesTests
{
    protected const string Cpu = "cpu", OpenCL = "opencl";
    private const int BatchSize = 8, MicroBatch = 2, Size = 8;

    private static readonly AugmentOptions _augment = AugmentOptions.Edm(0.2);

    private static readonly ModelOptions _options = new()
    {
        Network = new SongUNetOptions
        {
            Height = Size,
            Width = Size,
            ImageChannels = 1,
            LabelDim = 3,
            LabelDropout = 0.3,
            AugmentDim = _augment.LabelDim,
            ModelChannels = 16,
            ChannelMult = [1, 2],
            BlocksPerLevel = 1,
            AttentionResolutions = [4],
            Dropout = 0.1,
        },
        Augment = _augment,
        Optimizer = new OptimizerOptions { LearningRate = 1e-3, RampUpImages = 40, EmaHalfLifeImages = 50, EmaProfiles = [0.1] },
    };

    protected abstract Device First { get; }

    protected abstract Device Second { get; }

    [TestInitialize]
    public void DevicesAreThere() => Assert.AreNotSame(First, Second, "two devices");

    [TestMethod]
    public void GradientsOfAStepAreThoseOfOneDevice()
    {
        using TrainingModel one = One(), two = Two();
        var expected = Step(one, 0);
        var actual = Step(two, 0);
        CollectionAssert.AreEqual(expected.SigmaPerImage, actual.SigmaPerImage, "noise levels");
        AssertClose(expected.LossPerImage, actual.LossPerImage, 1e-5, "loss of image");
        double[] a = Gradients(one), b = Gradients(two);
        Assert.IsGreaterThan(0, Norm(a), "the gradient's norm");
        Assert.IsLessThan(1e-5 * Norm(a), Norm([.. a.Zip(b, (x, y) => x - y)]), "norm of the difference");
    }

    [TestMethod]
    public void LossesOf20StepsAreThoseOfOneDevice()
    {
        using TrainingModel one = One(), two = Two();
        double[] expected = Losses(one, 0, 20);
        Assert.AreNotEqual(expected[0], expected[^1], "the loss changes");
        AssertClose(expected, Losses(two, 0, 20), 1e-4, "loss of step");
    }

    [TestMethod]
    public void TheSameStepsEndInTheSameBits()
    {
        using TrainingModel first = Two(), second = Two();
        CollectionAssert.AreEqual(Losses(first, 0, 4), Losses(second, 0, 4), "losses");
        AssertSameBits(first, second);
    }

    [TestMethod]
    public void AStateResumesBitForBit()
    {
        using var whole = Two();
        Losses(whole, 0, 3);
        using var folder = new TemporaryFolder();
        var file = new SafetensorsWriter();
        whole.AddState(file);
        file.WriteTo(folder.File("state.safetensors"));
        using var resumed = Two();
        resumed.LoadState(SafetensorsFile.Read(folder.File("state.safetensors")));
        CollectionAssert.AreEqual(Losses(whole, 3, 6), Losses(resumed, 3, 6), "losses after the resume");
        AssertSameBits(whole, resumed);
    }

    [TestMethod]
    public void ALossThatIsNotFiniteOnOneDeviceChangesNoWeights()
    {
        using var model = Two();
        Losses(model, 0, 2);
        var before = model.Weights.Values.ToArray();
        var batch = SomeBatch(2);
        batch.Images[^1] = float.NaN;
        Assert.IsFalse(double.IsFinite(model.Step(batch, MicroBatch).LossPerImage[^1]), "loss of the last image, the second device's");
        CollectionAssert.AreEqual(before, model.Weights.Values.ToArray(), "weights");
    }

    [TestMethod]
    public void ADeviceWithoutMemoryEndsTheStepAndNoMore()
    {
        using TrainingModel model = Two(), other = Two();
        var limit = Second.Pool.Limit;
        try
        {
            // A request that fails frees what earlier tests left in the pool.
            Second.Pool.Limit = 0;
            Assert.ThrowsExactly<EdmException>(() => Second.Pool.Rent(1 << 28), "a gigabyte");
            var e = Assert.ThrowsExactly<EdmException>(() => model.Step(SomeBatch(0), BatchSize / 2), "without memory");
            StringAssert.Contains(e.Message, "out of memory", "what is wrong");
        }
        finally
        {
            Second.Pool.Limit = limit;
        }

        CollectionAssert.AreEqual(Losses(other, 0, 2), Losses(model, 0, 2), "losses of the steps after it");
    }

    [TestMethod]
    public void AMicroBatchIsNoMoreThanADevicesShare()
    {
        using TrainingModel share = Two(), more = Two();
        CollectionAssert.AreEqual(
            share.Step(SomeBatch(0), BatchSize / 2).LossPerImage, more.Step(SomeBatch(0), BatchSize).LossPerImage, "losses");
        CollectionAssert.AreEqual(Gradients(share), Gradients(more), "gradients");
    }

    [TestMethod]
    public void ABatchThatCannotBeDealtEvenlyIsRefused()
    {
        using var model = Two();
        Assert.ThrowsExactly<ArgumentException>(() => model.Step(SomeBatch(0), 3), "micro-batches of 3 for shares of 4");
        var odd = new Batch { FirstImage = 0, Size = 3, Images = new float[3 * Size * Size], Labels = [0, 1, 2] };
        Assert.ThrowsExactly<ArgumentException>(() => model.Step(odd, 1), "3 images for two devices");
    }

    [TestMethod]
    public void AfterTheSecondStepNoDeviceAllocatesAnything()
    {
        using var model = Two();
        Losses(model, 0, 2);
        (long, long) allocations = (First.Pool.DeviceAllocations, Second.Pool.DeviceAllocations);
        Losses(model, 2, 4);
        Assert.AreEqual(allocations, (First.Pool.DeviceAllocations, Second.Pool.DeviceAllocations), "allocations of both devices");
    }

    private TrainingModel One() => new(First, _options, 5);

    private TrainingModel Two() => new([First, Second], _options, 5);

    private static StepResult Step(TrainingModel model, int step) => model.Step(SomeBatch(step), MicroBatch);

    private static double[] Losses(TrainingModel model, int firstStep, int endStep) =>
        [.. Enumerable.Range(firstStep, endStep - firstStep).Select(step => Step(model, step).LossPerImage.Average())];

    private static Batch SomeBatch(int step) => new()
    {
        FirstImage = step * BatchSize,
        Size = BatchSize,
        Images = [.. Enumerable.Range(0, BatchSize * Size * Size).Select(i => MathF.Sin(0.1f * (i + 37 * step)))],
        Labels = [0, 1, 2, -1, 1, 2, 0, 1],
    };

    private static double[] Gradients(TrainingModel model) => Array.ConvertAll(model.Weights.Gradients!.ToArray(), v => (double)v);

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(v => v * v));

    private static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.AreEqual(expected.Length, actual.Length, what);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(1, actual[i] / expected[i], tolerance, $"{what} {i}: {actual[i]} against {expected[i]}");
        }
    }

    private static void AssertSameBits(TrainingModel one, TrainingModel two)
    {
        CollectionAssert.AreEqual(one.Weights.Values.ToArray(), two.Weights.Values.ToArray(), "weights");
        CollectionAssert.AreEqual(one.Average.Values.ToArray(), two.Average.Values.ToArray(), "average");
        CollectionAssert.AreEqual(one.Profiles[0].Average.Values.ToArray(), two.Profiles[0].Average.Values.ToArray(), "profile");
    }
}

[TestClass]
public sealed class SeveralDevicesTestsCpu : SeveralDevicesTests
{
    protected override Device First => TestDevices.Get(Cpu);

    protected override Device Second => TestDevices.Get(Cpu, 1);
}

[TestClass]
[TestCategory("Slow")]
public sealed class SeveralDevicesTestsOpenCL : SeveralDevicesTests
{
    protected override Device First => TestDevices.Get(OpenCL);

    protected override Device Second => TestDevices.Get(OpenCL, 1);
}

[TestClass]
public sealed class SeveralDevicesTestsMixed : SeveralDevicesTests
{
    protected override Device First => TestDevices.Get(Cpu);

    protected override Device Second => TestDevices.Get(OpenCL);
}

[TestClass]
public sealed class SeveralDevicesTestsCuda : SeveralDevicesTests
{
    protected override Device First => TestDevices.Get("cuda:0");

    protected override Device Second => TestDevices.Get("cuda:1");
}
