namespace IlgpuEdm.Devices.Graphs;

/// <summary>Makes graphs of recorded work.</summary>
internal interface IGraphMaker
{
    /// <summary>Makes a graph of some work in its order, without doing the work.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="works">Launches, and uploads that have their place in the staging memory.</param>
    /// <exception cref="GraphException">The driver refuses.</exception>
    ILaunchGraph Make(Device device, IReadOnlyList<DeviceWork> works);
}

/// <summary>Work that is launched as a whole.</summary>
internal interface ILaunchGraph : IDisposable
{
    /// <summary>Launches all of it on the device's stream, or none.</summary>
    /// <exception cref="GraphException">The driver refuses, and nothing was launched.</exception>
    void Launch();
}

/// <summary>A graph could not be made or launched; plain launches do the same.</summary>
internal sealed class GraphException(string message, Exception? inner = null) : Exception(message, inner);
