using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;

namespace IlgpuEdm.Tests.Training;

/// <summary>Graphs of which some cannot be made or launched.</summary>
internal sealed class FailingGraphs(int madeBefore, int launchedBefore) : IGraphMaker
{
    private int _made;
    private int _launchable = launchedBefore;

    public ILaunchGraph Make(Device device, IReadOnlyList<DeviceWork> works) => _made++ < madeBefore
        ? new Graph(this, SoftwareGraphs.Instance.Make(device, works))
        : throw new GraphException("a graph cannot be made");

    private sealed class Graph(FailingGraphs maker, ILaunchGraph graph) : ILaunchGraph
    {
        public void Launch()
        {
            if (maker._launchable-- <= 0)
            {
                throw new GraphException("a graph cannot be launched");
            }

            graph.Launch();
        }

        public void Dispose() => graph.Dispose();
    }
}
