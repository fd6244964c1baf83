using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;
using IlgpuEdm.Kernels.Optimizer;
using IlgpuEdm.Kernels.Primitives;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>
/// Adam with the reference's learning-rate ramp, its moving average of the weights and its guard against non-finite gradients, in one pass
/// over all parameters; then one pass for each power-function average.
/// </summary>
public sealed class AdamOptimizer : IDisposable
{
    private readonly Device _device;
    private readonly OptimizerOptions _options;
    private readonly ParameterBlock _weights;
    private readonly Tensor _scalars;
    private readonly Tensor _replaced;
    private readonly float[] _replacedOnHost;
    private readonly LaunchRecording _recording;

    /// <summary>Makes an optimiser with zero moments and the weights as their own average.</summary>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="list">The network's parameters.</param>
    /// <param name="weights">The weights with their gradients.</param>
    /// <param name="options">Rates and decays.</param>
    /// <exception cref="ArgumentException">The weights have no gradients.</exception>
    /// <exception cref="EdmException">An option is out of range, or the device's memory too small.</exception>
    public AdamOptimizer(Device device, ParameterList list, ParameterBlock weights, OptimizerOptions options)
    {
        options.Validate();
        if (weights.Gradients == null)
        {
            throw new ArgumentException("the weights have no gradients", nameof(weights));
        }

        _device = device;
        _options = options;
        _weights = weights;
        FirstMoment = new ParameterBlock(device, list);
        SecondMoment = new ParameterBlock(device, list);
        Average = new ParameterBlock(device, list);
        Average.CopyFrom(weights);
        Profiles = [.. options.EmaProfiles.Select(deviation => new EmaProfile(device, list, weights, deviation))];
        _scalars = new Tensor(device, Adam.ScalarCount);
        _replacedOnHost = new float[AdamKernel.Tasks(list.BlockLength)];
        _replaced = new Tensor(device, _replacedOnHost.Length);
        _recording = new LaunchRecording(device);
    }

    /// <summary>Adam's mean of the gradients.</summary>
    public ParameterBlock FirstMoment { get; }

    /// <summary>Adam's mean of the squared gradients.</summary>
    public ParameterBlock SecondMoment { get; }

    /// <summary>The exponential moving average of the weights.</summary>
    public ParameterBlock Average { get; }

    /// <summary>The power-function averages of the weights, in the order of <see cref="OptimizerOptions.EmaProfiles"/>.</summary>
    public IReadOnlyList<EmaProfile> Profiles { get; }

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>The learning rate after so many images.</summary>
    /// <param name="images">Images seen before the step.</param>
    /// <returns>The rate, ramped up linearly.</returns>
    public double LearningRate(long images) => _options.LearningRate * Math.Min(images / Math.Max(_options.RampUpImages, 1e-8), 1);

    /// <summary>What the average keeps of itself in a step.</summary>
    /// <param name="images">Images seen before the step.</param>
    /// <param name="batch">Images of the step.</param>
    /// <returns><c>0.5^(batch / half-life)</c>, the half-life ramped up.</returns>
    public double EmaBeta(long images, int batch)
    {
        var halfLife = Math.Min(_options.EmaHalfLifeImages, images * _options.EmaRampUpRatio);
        return Math.Pow(0.5, batch / Math.Max(halfLife, 1e-8));
    }

    /// <summary>Updates weights, moments and averages from the gradients.</summary>
    /// <param name="images">Images seen before the step.</param>
    /// <param name="batch">Images of the step.</param>
    /// <returns>How many gradients were not finite and were replaced.</returns>
    public long Step(long images, int batch)
    {
        Steps++;
        using (_device.Record(_recording))
        {
            _scalars.Upload(Adam.Scalars(
                LearningRate(images), _options.Beta1, _options.Beta2, _options.Epsilon, Steps, EmaBeta(images, batch)));
            AdamLaunch.Step(
                _device, _weights.Values.View, _weights.Gradients!.View, FirstMoment.Values.View, SecondMoment.Values.View,
                Average.Values.View, _scalars.View, _replaced.View, _weights.Values.Length);
        }

        foreach (var profile in Profiles)
        {
            profile.Update(_weights, images, batch);
        }

        _device.Download(_replaced.View, _replacedOnHost.AsSpan());
        return (long)_replacedOnHost.Sum(v => (double)v);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _recording.Dispose();
        FirstMoment.Dispose();
        SecondMoment.Dispose();
        Average.Dispose();
        foreach (var profile in Profiles)
        {
            profile.Dispose();
        }

        _scalars.Release();
        _replaced.Release();
    }
}
