using IlgpuEdm.Autodiff;
using IlgpuEdm.Data;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Networks;

/// <summary>Training that keeps of each block its output alone, against training that keeps everything.</summary>
public abstract class CheckpointTests : DeviceTestBase
{
    private const int Images = 5, MicroBatch = 3, Height = 4, Width = 6, Channels = 3;

    private static readonly SongUNetOptions _song = new()
    {
        Height = Height,
        Width = Width,
        ImageChannels = Channels,
        LabelDim = 3,
        ModelChannels = 12,
        ChannelMult = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [6],
        Dropout = 0.1,
    };

    [TestMethod]
    public void ASongNetworkLearnsTheSameBits() => AssertSameBits(_song);

    [TestMethod]
    public void AResidualEncoderLearnsTheSameBits() =>
        AssertSameBits(_song with { EncoderType = EncoderType.Residual, ResampleFilter = [1, 3, 3, 1], Dropout = 0 });

    [TestMethod]
    public void ADhariwalNetworkLearnsTheSameBits() => AssertSameBits(new DhariwalUNetOptions
    {
        Height = Height,
        Width = Width,
        ImageChannels = Channels,
        LabelDim = 3,
        ModelChannels = 32,
        ChannelMult = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [6, 3],
        Dropout = 0.1,
    });

    [TestMethod]
    public void APartThatDoesNotMakeItsOutputIsRefused()
    {
        using var tape = new Tape(Device, recording: true);
        var x = tape.From([1f, 2f], 1, 2);
        Assert.ThrowsExactly<ArgumentException>(() => tape.Checkpointed([x], _ => x), "the input as output");
    }

    private void AssertSameBits(UNetOptions network)
    {
        var options = new ModelOptions
        {
            Network = network,
            Optimizer = new OptimizerOptions { LearningRate = 1e-2, RampUpImages = 0 },
        };
        using TrainingModel whole = new(Device, options, 7), parts = new(Device, options, 7) { Checkpointing = true };
        for (var step = 0; step < 3; step++)
        {
            var batch = SomeBatch(step * Images);
            CollectionAssert.AreEqual(
                whole.Step(batch, MicroBatch).LossPerImage, parts.Step(batch, MicroBatch).LossPerImage, $"losses of step {step}");
        }

        CollectionAssert.AreEqual(whole.Weights.Values.ToArray(), parts.Weights.Values.ToArray(), "weights after three steps");
    }

    private static Batch SomeBatch(long firstImage) => new()
    {
        FirstImage = firstImage,
        Size = Images,
        Images = [.. Enumerable.Range(0, Images * Height * Width * Channels).Select(i => MathF.Sin(i * i + firstImage))],
        Labels = [0, 1, 2, -1, 1],
    };
}

[TestClass]
public sealed class CheckpointTestsCpu : CheckpointTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class CheckpointTestsOpenCL : CheckpointTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class CheckpointTestsCuda : CheckpointTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class CheckpointTestsOpenCLCooperative : CheckpointTests
{
    protected override string Spec => OpenCLCooperative;
}
