using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>A <see cref="TrainingModel"/> as the trainer sees it.</summary>
internal sealed class DeviceTrainingModel : ITrainingModel
{
    private readonly IReadOnlyList<Device> devices;
    private readonly TrainingModel model;

    /// <summary>Makes a model with random first weights, or with given ones.</summary>
    public DeviceTrainingModel(
        IReadOnlyList<Device> devices, RunIdentity identity, SafetensorsFile? weights = null, bool checkpointing = false)
    {
        this.devices = devices;
        model = new TrainingModel(devices, identity.Model, identity.Seed) { Checkpointing = checkpointing };
        if (weights != null)
        {
            model.StartFrom(weights);
        }
    }

    public long ParameterCount => model.ParameterCount;

    // The peak is a training step's: drawing a grid keeps no activations. Of several devices the one counts that needs most.
    public long MemoryBytes => devices.Max(device => device.Pool.PeakBytes);

    public StepResult Step(Batch batch, int microBatch) => model.Step(batch, microBatch);

    public IReadOnlyList<string> TakeNotices()
    {
        string[] notices = [.. devices.Select(device => device.Notice).OfType<string>()];
        foreach (var device in notices.Length == 0 ? [] : devices)
        {
            device.Notice = null;
        }

        return notices;
    }

    public void AddState(SafetensorsWriter file) => model.AddState(file);

    public void LoadState(SafetensorsFile file) => model.LoadState(file);

    public void AddEma(SafetensorsWriter file) => model.AddEma(file);

    public void AddEmaProfile(SafetensorsWriter file, double deviation) => model.AddEmaProfile(file, deviation);

    public byte[][] SampleEma(IReadOnlyList<ImageSeed> images, SamplerOptions options, int batch, CancellationToken stop)
    {
        using NetworkDenoiser denoiser = model.EmaDenoiser();
        return ImageSampler.Sample(new GuidedNetwork(denoiser), images, new ImageSamplerOptions { Sampler = options }, batch, stop);
    }

    public void Dispose() => model.Dispose();
}
