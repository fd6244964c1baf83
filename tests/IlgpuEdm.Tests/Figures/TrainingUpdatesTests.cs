using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Figures;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Figures;

/// <summary>The sizes of updates by noise level.</summary>
public abstract class TrainingUpdatesTests : DeviceTestBase
{
    [TestMethod]
    public void EdmsWeightsMakeUpdatesAlike()
    {
        using var data = new ProceduralShapes(height: 8, width: 8, count: 100);
        using NetworkDenoiser denoiser = Tiny(8, DatasetStatistics.Measure(data).RootMeanSquare);
        var measured = new UpdateMeasurement(Device, data, denoiser);
        Assert.IsGreaterThan(100, measured.Before.Variation, "without weights");
        Assert.IsLessThan(1.5, measured.After.Variation, "with weights");
        Assert.IsGreaterThan(100 * measured.After.WeightVariation, measured.Before.WeightVariation, "of the output layer's weights");

        // The network puts out zeros at first, so a value's gradient is -2 times what it should put out: at low noise, the noise.
        Assert.AreEqual(2 * NoiseSize(measured.ImageCount, 64), measured.After.Magnitudes[0], 0.01);
    }

    [TestMethod]
    public void AGivenNetworkIsMeasuredWithItsOwnWeights()
    {
        using var data = new ProceduralShapes(height: 8, width: 8, count: 100);
        using NetworkDenoiser denoiser = Tiny(8);
        UpdateMeasurement first = new(Device, data, denoiser), again = new(Device, data, denoiser);
        Assert.AreEqual(0.25, first.SigmaData);
        CollectionAssert.AreEqual(first.After.WeightGradients.ToArray(), again.After.WeightGradients.ToArray(), "again");

        // Weights only scale a level's gradient.
        foreach ((int i, double sigma) in first.Levels.Index())
        {
            double weight = new EdmWeight { SigmaData = 0.25 }.Of(sigma);
            AssertNear(weight, first.After.Magnitudes[i] / first.Before.Magnitudes[i]);
            AssertNear(weight, first.After.WeightGradients[i] / first.Before.WeightGradients[i]);
        }

        static void AssertNear(double expected, double actual) => Assert.AreEqual(expected, actual, 1e-3 * expected);
    }

    [TestMethod]
    public void ANetworkForOtherImagesIsRefused()
    {
        using var data = new ProceduralShapes(height: 8, width: 8, count: 10);
        using NetworkDenoiser denoiser = Tiny(16);
        OneClearLine.Of(() => _ = new UpdateMeasurement(Device, data, denoiser), "8x8", "16x16");
    }

    [TestMethod]
    public void AMeasurementCanBeStopped()
    {
        using var data = new ProceduralShapes(height: 8, width: 8, count: 10);
        Assert.ThrowsExactly<OperationCanceledException>(
            () => _ = new UpdateMeasurement(Device, data, stop: new CancellationToken(canceled: true)));
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void TheFigureIsDrawnFromImagesOfAFolder()
    {
        using IImageDataset data = Datasets.Open(Path.Combine(GoldenFolder.Path, "..", "..", "datasets", "samples", "shapes"));
        var figure = new TrainingUpdatesFigure(Device, data);
        Assert.IsGreaterThan(100, figure.Updates.Before.Variation);
        Assert.IsLessThan(1.5, figure.Updates.After.Variation);
        Assert.AreEqual(DatasetStatistics.Measure(data).RootMeanSquare, figure.Updates.SigmaData);
        Assert.HasCount(7, figure.Draw());
    }

    private static double NoiseSize(int images, int size) => Enumerable.Range(0, images).Average(image =>
    {
        double[] noise = new double[size];
        HostRandom.FillNormal(0, RandomPurpose.TrainingNoise, (ulong)image, noise);
        return Math.Sqrt(noise.Average(n => n * n));
    });

    private NetworkDenoiser Tiny(int side, double sigmaData = 0.25) => NetworkDenoiser.Untrained(
        Device,
        new SongUNetOptions
        {
            Height = side,
            Width = side,
            ImageChannels = 1,
            OutputChannels = 1,
            ModelChannels = 32,
            ChannelMult = [1],
            BlocksPerLevel = 1,
            AttentionResolutions = [],
        },
        new EdmPreconditioner { SigmaData = sigmaData }, seed: 1);
}

[TestClass]
public sealed class TrainingUpdatesTestsCpu : TrainingUpdatesTests
{
    protected override string Spec => Cpu;
}

[TestClass]
[TestCategory("Slow")]
public sealed class TrainingUpdatesTestsOpenCL : TrainingUpdatesTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class TrainingUpdatesTestsCuda : TrainingUpdatesTests
{
    protected override string Spec => Cuda;
}
