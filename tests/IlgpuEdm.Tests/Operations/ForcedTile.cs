using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Operations;

/// <summary>While it lives, a device computes its convolutions and linear layers by one variant of the cooperative kernels.</summary>
internal sealed class ForcedTile : IDisposable
{
    private readonly Device _device;

    public ForcedTile(Device device, ProductTile tile)
    {
        _device = device;
        device.Tile = tile;
    }

    public void Dispose() => _device.Tile = ProductTile.Auto;
}
