namespace IlgpuEdm.Devices.Graphs;

/// <summary>
/// Graphs that are a list of work: nothing is saved, but all that goes before a launch of the driver's graphs is the same.
/// </summary>
internal sealed class SoftwareGraphs : IGraphMaker
{
    /// <summary>There is no more than one kind.</summary>
    public static SoftwareGraphs Instance { get; } = new();

    public ILaunchGraph Make(Device device, IReadOnlyList<DeviceWork> works) => new Graph(device, works);

    private sealed class Graph(Device device, IReadOnlyList<DeviceWork> works) : ILaunchGraph
    {
        public void Launch()
        {
            foreach (var work in works)
            {
                work.Run(device);
            }
        }

        public void Dispose()
        {
        }
    }
}
