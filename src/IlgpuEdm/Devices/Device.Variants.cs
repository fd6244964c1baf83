namespace IlgpuEdm.Devices;

/// <content>Variants of cooperative kernels that can be forced, so that each is tested and measured.</content>
public sealed partial class Device
{
    /// <summary>The tile of convolutions and linear layers; channels that do not fit it are still served one by one.</summary>
    internal ProductTile Tile { get; set; }
}
