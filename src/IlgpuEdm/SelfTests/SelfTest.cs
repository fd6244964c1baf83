using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;

namespace IlgpuEdm.SelfTests;

/// <summary>
/// Runs every operation, forward and backward, on a device and compares it with its host reference: random data, sizes that fill no
/// tile, and memory that holds NaN wherever the operation has not written.
/// </summary>
public static class SelfTest
{
    private static readonly (string Name, Action<SelfTestRun> Run)[] _operations =
    [
        ("convolution 3x3", run => SelfTestConvolution.Convolve(run, 3, 5, 7, 5, 33, 3, epilogue: false)),
        ("convolution 3x3", run => SelfTestConvolution.Convolve(run, 2, 9, 11, 40, 20, 3, epilogue: true)),
        ("convolution 1x1", run => SelfTestConvolution.Convolve(run, 2, 5, 6, 20, 72, 1, epilogue: true)),
        ("convolution 3x3", run => SelfTestConvolution.Convolve(run, 2, 9, 8, 64, 136, 3, epilogue: true)),
        ("convolution 3x3", run => SelfTestConvolution.Convolve(run, 3, 8, 9, 24, 64, 3, epilogue: true)),
        ("convolution 1x1", run => SelfTestConvolution.Convolve(run, 1, 6, 7, 72, 256, 1, epilogue: false)),
        ("group norm", run => SelfTestNorm.Normalize(run, 3, 5, 7, 20, 5, silu: false)),
        ("group norm and SiLU", run => SelfTestNorm.Normalize(run, 2, 17, 9, 48, 12, silu: true)),
        ("adaptive group norm", run => SelfTestNorm.NormalizeAdaptive(run, 3, 7, 5, 40, 10)),
        ("attention", run => SelfTestAttention.Attend(run, 2, 5, 7, 20, 1)),
        ("attention", run => SelfTestAttention.Attend(run, 2, 6, 7, 40, 2)),
        ("attention", run => SelfTestAttention.Attend(run, 1, 5, 9, 128, 2)),
        ("attention", run => SelfTestAttention.Attend(run, 1, 7, 9, 128, 1)),
        ("attention", run => SelfTestAttention.Attend(run, 1, 6, 11, 256, 1)),
        ("linear", run => SelfTestAttention.Linear(run, 5, 12, 39)),
        ("linear", run => SelfTestAttention.Linear(run, 33, 72, 9)),
        ("SiLU", run => SelfTestElementwise.Silu(run, 3, 1501)),
        ("sum", run => SelfTestElementwise.Add(run, 3, 1501)),
        ("scaled sum", run => SelfTestElementwise.AddScaled(run, 3, 1501)),
        ("weighted images", run => SelfTestElementwise.CombineImages(run, 5, 331, two: true)),
        ("weighted images", run => SelfTestElementwise.CombineImages(run, 5, 331, two: false)),
        ("joined channels", run => SelfTestImages.Concatenate(run, 2, 5, 7, 20, 33)),
        ("upsampling", run => SelfTestImages.Upsample(run, 2, 5, 7, 19)),
        ("downsampling", run => SelfTestImages.Downsample(run, 2, 6, 10, 19)),
        ("upsampling with a filter", run => SelfTestResampling.Filter(run, 2, 5, 7, 19, [1, 3, 3, 1], up: true)),
        ("downsampling with a filter", run => SelfTestResampling.Filter(run, 2, 3, 5, 19, [1, 3, 3, 1], up: false)),
        ("convolution up", run => SelfTestResampling.Convolve(run, new(2, 4, 6, 5, 20, 3), [1, 3, 3, 1], up: true)),
        ("convolution down", run => SelfTestResampling.Convolve(run, new(2, 6, 4, 5, 20, 3), [1, 3, 3, 1], up: false)),
        ("dropout", run => SelfTestRandom.Drop(run, 3, 1033, 0.13f)),
        ("normal draws", run => SelfTestRandom.Normal(run, 3, 2051)),
        ("positional embedding", run => SelfTestRandom.PositionalEmbedding(run, 38)),
        ("Fourier embedding", run => SelfTestRandom.FourierEmbedding(run, 37)),
        ("mean over pixels", run => SelfTestClassification.MeanPixels(run, 2, 5, 7, 19)),
        ("cross-entropy", run => SelfTestClassification.CrossEntropy(run, 5, 11, 3f)),
        ("any convolution", run => SelfTestInference.Convolve(run, new(3, 11, 9, 3, 3, 2, 0, 0), 3, 21, rectify: true)),
        ("any convolution", run => SelfTestInference.Convolve(run, new(2, 7, 9, 1, 7, 1, 0, 3), 12, 40, rectify: true)),
        ("any convolution", run => SelfTestInference.Convolve(run, new(2, 9, 11, 5, 2, 3, 2, 1), 20, 136, rectify: false)),
        ("any convolution", run => SelfTestInference.Convolve(run, new(1, 8, 9, 7, 1, 1, 3, 0), 36, 64, rectify: true)),
        ("pool", run => SelfTestInference.Pool(run, new(2, 9, 7, 3, 3, 2, 0, 0), 36, maximum: true)),
        ("pool", run => SelfTestInference.Pool(run, new(2, 5, 7, 3, 3, 1, 1, 1), 19, maximum: false)),
        ("bilinear resizing", run => SelfTestInference.Resize(run, 2, 5, 7, 1, 11, 6, 3)),
        ("bilinear resizing", run => SelfTestInference.Resize(run, 2, 9, 4, 3, 7, 13, 3)),
        ("ideal denoiser", run => SelfTestIdealDenoiser.Denoise(run, 3, 8, 9, 3, 300, 1.5)),
        ("ideal denoiser", run => SelfTestIdealDenoiser.Denoise(run, 21, 9, 11, 1, 530, 2.5)),
        ("loss", run => SelfTestTraining.WeightedSquaredError(run, 3, 501)),
        ("Adam", run => SelfTestTraining.Adam(run, 33_333, 3, infinite: false)),
        ("Adam", run => SelfTestTraining.Adam(run, 501, 3, infinite: true)),
        ("moving average", run => SelfTestElementwise.Approach(run, 33_333)),
    ];

    /// <summary>The ways to compute that a device has: each schedule with each precision.</summary>
    /// <param name="device">The device.</param>
    public static IReadOnlyList<SelfTestMode> Modes(Device device) =>
    [
        .. from schedule in new[] { KernelSchedule.Fat, KernelSchedule.Cooperative }
           where schedule == KernelSchedule.Fat || device.CanCooperate
           from precision in new[] { Precision.Fp32, Precision.Tf32, Precision.Bf16 }
           where precision != Precision.Tf32 || (device.HasTensorCores && schedule == KernelSchedule.Cooperative)
           select new SelfTestMode(schedule, precision),
    ];

    /// <summary>Runs all operations in a mode; the device's own is set again after it.</summary>
    /// <param name="device">The device to test.</param>
    /// <param name="mode">Schedule and precision.</param>
    /// <param name="report">Is given each result as soon as it is there; null for nobody.</param>
    /// <returns>The results in order. An operation that cannot run at all gives one failed result, and the test goes on.</returns>
    public static IReadOnlyList<SelfTestResult> Run(Device device, SelfTestMode mode, Action<SelfTestResult>? report = null)
    {
        var (schedule, precision) = (device.Schedule, device.Precision);
        try
        {
            (device.Schedule, device.Precision) = (mode.Schedule, mode.Precision);
            return Run(device, report);
        }
        finally
        {
            (device.Schedule, device.Precision) = (schedule, precision);
        }
    }

    /// <summary>Runs all operations as the device computes.</summary>
    /// <param name="device">The device to test.</param>
    /// <param name="report">Is given each result as soon as it is there; null for nobody.</param>
    /// <returns>The results in order. An operation that cannot run at all gives one failed result, and the test goes on.</returns>
    public static IReadOnlyList<SelfTestResult> Run(Device device, Action<SelfTestResult>? report = null)
    {
        var results = new List<SelfTestResult>();
        foreach (var (name, operation) in _operations)
        {
            IReadOnlyList<SelfTestResult> found;
            try
            {
                found = Check(device, operation);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                var what = $"{name} does not run: {e.Message.ReplaceLineEndings(" ")}";
                found = [new SelfTestResult(what, double.PositiveInfinity, 0, false)];
            }

            foreach (var result in found)
            {
                results.Add(result);
                report?.Invoke(result);
            }
        }

        return results;
    }

    /// <summary>
    /// Runs an operation twice: adding to gradients that are there already, and, with all free memory spoilt, writing them anew. Each
    /// result counts with its larger error.
    /// </summary>
    internal static IReadOnlyList<SelfTestResult> Check(Device device, Action<SelfTestRun> operation)
    {
        using var adding = new SelfTestRun(device, accumulate: true);
        operation(adding);
        adding.Dispose();
        SpoilFreeMemory(device);
        using var writing = new SelfTestRun(device, accumulate: false);
        operation(writing);
        return [.. adding.Results.Zip(writing.Results, (a, b) => a.Error > b.Error ? a : b)];
    }

    /// <summary>Fills the memory that nobody holds with NaN.</summary>
    internal static void SpoilFreeMemory(Device device)
    {
        foreach (var buffer in device.Pool.FreeBuffers)
        {
            Elementwise.Fill(new Tensor(device, [(int)buffer.Size], buffer.Whole), float.NaN);
        }
    }
}
