using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Images of a network: byte for byte the same alone and among 64 with every solver, and sampling that can be stopped.</summary>
public abstract class ImageSamplerTests : DeviceTestBase
{
    private static readonly ulong[] _seeds = [.. Enumerable.Range(0, 64).Select(i => (ulong)i)];

    private static readonly SongUNetOptions _network = new()
    {
        Height = 8,
        Width = 8,
        ImageChannels = 1,
        ModelChannels = 16,
        ChannelMult = [1],
        BlocksPerLevel = 1,
        AttentionResolutions = [],
    };

    private static readonly SamplerOptions[] _options =
    [
        .. SamplerOptions.Solvers.Select(solver => new SamplerOptions { Solver = solver, Steps = 2, SigmaMin = 1, SigmaMax = 1.05 }),
        new() { Steps = 3, SChurn = 2 },
        new() { Steps = 2, Solver = "euler", SChurn = 2, Schedule = "vp", Scaling = "vp", Discretization = "ve" },
    ];

    [TestMethod]
    public void ImagesAreTheSameBytesAloneAndAmong64()
    {
        using var model = Model();
        using var denoiser = model.EmaDenoiser();
        foreach (var options in _options)
        {
            var together = ImageSampler.Sample(denoiser, _seeds, options, batch: 64);
            foreach (var i in new[] { 0, 37, 63 })
            {
                var alone = ImageSampler.Sample(denoiser, [_seeds[i]], options, batch: 1);
                CollectionAssert.AreEqual(alone[0], together[i], $"seed {_seeds[i]}, {options}");
            }
        }
    }

    [TestMethod]
    public void SamplingStopsAtTheNextStep()
    {
        using var model = Model();
        using var denoiser = model.EmaDenoiser();
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => ImageSampler.Sample(
            denoiser, [0], new SamplerOptions(), batch: 1, stop.Token, step =>
            {
                steps++;
                if (step.Index == 2)
                {
                    stop.Cancel();
                }
            }));
        Assert.AreEqual(3, steps, "steps 0, 1 and 2");
        Assert.ThrowsExactly<OperationCanceledException>(
            () => ImageSampler.Sample(denoiser, [0], new SamplerOptions(), batch: 1, stop.Token), "stopped before it starts");
    }

    private TrainingModel Model() => new(Device, new ModelOptions { Network = _network }, seed: 3);
}

[TestClass]
public sealed class ImageSamplerTestsCpu : ImageSamplerTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ImageSamplerTestsOpenCL : ImageSamplerTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ImageSamplerTestsCuda : ImageSamplerTests
{
    protected override string Spec => Cuda;
}
