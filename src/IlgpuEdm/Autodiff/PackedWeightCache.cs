using IlgpuEdm.Devices;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Weights in the order in which convolutions read them, kept from one evaluation to the next: sampling packs them once. For weights that
/// do not change while the cache lives; their memory is doubled.
/// </summary>
public sealed class PackedWeightCache : IDisposable
{
    private readonly Dictionary<(Tensor Weight, bool Turned), PooledBuffer> _packed = [];

    /// <summary>The packed weights of a convolution.</summary>
    /// <param name="weight">The weights.</param>
    /// <param name="turned">Whether they are turned, for the input's gradient.</param>
    /// <param name="pack">Makes them where they are not there yet.</param>
    internal PooledBuffer Get(Tensor weight, bool turned, Func<PooledBuffer> pack)
    {
        if (!_packed.TryGetValue((weight, turned), out var buffer))
        {
            _packed[(weight, turned)] = buffer = pack();
        }

        return buffer;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var buffer in _packed.Values)
        {
            buffer.Dispose();
        }

        _packed.Clear();
    }
}
