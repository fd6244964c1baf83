using IlgpuEdm.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Metrics;

/// <summary>Scores images that a network in training draws by the Fréchet distance of their features to a reference.</summary>
public sealed class FrechetScore : IImageScore
{
    private const int ShownDigits = 16;
    private readonly Device _device;
    private readonly IFeatureNetwork _network;
    private readonly FeatureStatistics _reference;
    private readonly (int Height, int Width, int Channels) _size;

    /// <summary>Takes a reference.</summary>
    /// <param name="device">
    /// The feature network's device, which this owns: not the one that trains, whose precision and memory are a matter of the run.
    /// </param>
    /// <param name="network">The feature network, which this owns.</param>
    /// <param name="reference">The reference's figures.</param>
    /// <param name="referenceHash">What tells the reference from others.</param>
    /// <param name="size">Height, width and channels of the images that will be scored.</param>
    public FrechetScore(
        Device device, IFeatureNetwork network, FeatureStatistics reference, string referenceHash, (int Height, int Width, int Channels) size)
    {
        (_device, _network, _reference, _size) = (device, network, reference, size);
        Basis = $"features {network.Hash[..Math.Min(ShownDigits, network.Hash.Length)]}, reference {referenceHash}";
    }

    /// <inheritdoc/>
    public string Name => _network.DistanceName;

    /// <inheritdoc/>
    public string Basis { get; }

    /// <inheritdoc/>
    public double Measure(IEnumerable<byte[][]> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var features = new FeatureAccumulator(_network.Length);
        foreach (var block in blocks)
        {
            features.Add(_network.Features(block, _size.Height, _size.Width, _size.Channels));
        }

        return FrechetDistance.Between(features.Statistics(), _reference);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _device.Dispose();
    }
}
