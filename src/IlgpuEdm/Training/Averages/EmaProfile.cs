using System.Globalization;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>A power-function average of the weights on the device, updated after each step; see <see cref="PowerEma"/>.</summary>
public sealed class EmaProfile : IDisposable
{
    private readonly double _gamma;

    /// <summary>Makes an average that starts at the weights.</summary>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="list">The network's parameters.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="deviation">The profile's standard deviation, relative to the images seen.</param>
    /// <exception cref="EdmException">The device's memory is too small.</exception>
    public EmaProfile(Device device, ParameterList list, ParameterBlock weights, double deviation)
    {
        _gamma = PowerEma.Gamma(deviation);
        Deviation = deviation;
        Average = new ParameterBlock(device, list);
        Average.CopyFrom(weights);
    }

    /// <summary>The profile's standard deviation, relative to the images seen.</summary>
    public double Deviation { get; }

    /// <summary>The averaged weights.</summary>
    public ParameterBlock Average { get; }

    /// <summary>Put before the names of its tensors in training states.</summary>
    internal string StatePrefix => string.Create(CultureInfo.InvariantCulture, $"ema_{Deviation}.");

    /// <summary>Moves the average towards the weights; the first step of a training sets it to them.</summary>
    /// <param name="weights">The weights after the step.</param>
    /// <param name="images">Images seen before the step.</param>
    /// <param name="batch">Images of the step.</param>
    public void Update(ParameterBlock weights, long images, int batch)
    {
        if (images == 0)
        {
            Average.CopyFrom(weights);
        }
        else
        {
            Elementwise.Approach(weights.Values, Average.Values, (float)PowerEma.Rate(images, batch, _gamma));
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Average.Dispose();
}
