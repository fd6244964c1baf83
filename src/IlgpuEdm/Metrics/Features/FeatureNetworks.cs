using IlgpuEdm.Devices;

namespace IlgpuEdm.Metrics;

/// <summary>Opens feature networks, told by the contents of their files.</summary>
public static class FeatureNetworks
{
    /// <summary>Reads a feature network.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="path">A classifier of this program.</param>
    /// <returns>The network; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or no feature network.</exception>
    public static IFeatureNetwork Open(Device device, string path) => ClassifierFeatures.Load(device, path);
}
