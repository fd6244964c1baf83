using ILGPU;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Weights in the order in which convolutions read them, kept from one evaluation to the next: sampling packs them once. For weights that
/// do not change while the cache lives; their memory is doubled.
/// </summary>
public sealed class PackedWeightCache : IDisposable
{
    private readonly Dictionary<(Tensor Weight, bool Turned), PooledBuffer> _packed = [];

    /// <summary>The place of a convolution's packed weights.</summary>
    /// <param name="weight">The weights.</param>
    /// <param name="turned">Whether they are turned, for the input's gradient.</param>
    /// <param name="length">Floats of the packed weights.</param>
    /// <param name="packed">The place.</param>
    /// <returns>Whether they are there already.</returns>
    internal bool Find(Tensor weight, bool turned, long length, out ArrayView<float> packed)
    {
        var found = _packed.TryGetValue((weight, turned), out var buffer);
        if (!found)
        {
            _packed[(weight, turned)] = buffer = weight.Device.Pool.Rent(length);
        }

        packed = buffer!.View;
        return found;
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
