using IlgpuEdm.Training;

namespace IlgpuEdm.Metrics;

/// <summary>Scores images that a network in training draws by the Fréchet distance of their features to a reference.</summary>
public sealed class FrechetScore : IImageScore
{
    private readonly IFeatureNetwork _network;
    private readonly Func<CancellationToken, FeatureStatistics> _measureReference;
    private readonly (int Height, int Width, int Channels) _size;
    private readonly IDisposable?[] _owned;
    private FeatureStatistics? _reference;

    /// <summary>Takes a network and a reference.</summary>
    /// <param name="network">
    /// The feature network, which this owns. Its device should not be the one that trains, whose precision and memory are the run's.
    /// </param>
    /// <param name="reference">Gives the reference's figures; called once, when the first score is made.</param>
    /// <param name="referenceHash">What tells the reference from others.</param>
    /// <param name="size">Height, width and channels of the images that will be scored.</param>
    /// <param name="owned">What else is to be disposed of after the network, in this order.</param>
    public FrechetScore(
        IFeatureNetwork network, Func<CancellationToken, FeatureStatistics> reference, string referenceHash,
        (int Height, int Width, int Channels) size, params IDisposable?[] owned)
    {
        (_network, _measureReference, _size, _owned) = (network, reference, size, owned);
        Basis = $"features {FeatureOrigin.Short(network.Hash)}, reference {referenceHash}";
    }

    /// <inheritdoc/>
    public string Name => _network.DistanceName;

    /// <inheritdoc/>
    public string Basis { get; }

    /// <inheritdoc/>
    public double Measure(IEnumerable<byte[][]> blocks, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        _reference ??= _measureReference(stop);
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
        foreach (var owned in _owned)
        {
            owned?.Dispose();
        }
    }
}
