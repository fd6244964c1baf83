using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace IlgpuEdm.Devices.Graphs;

/// <summary>Graphs of CUDA: work is put on the stream while the stream is captured, and the driver makes it into one launch.</summary>
/// <param name="driver">The driver, with the stream.</param>
internal sealed class CudaGraphs(ICudaGraphDriver driver) : IGraphMaker
{
    public ILaunchGraph Make(Device device, IReadOnlyList<DeviceWork> works)
    {
        var graph = Capture(device, works);
        try
        {
            Require(driver.Instantiate(out var launchable, graph), "instantiate a graph");
            return new Graph(driver, launchable);
        }
        finally
        {
            _ = driver.Destroy(graph);
        }
    }

    /// <summary>Copies page-locked numbers on a stream.</summary>
    public static void Copy<T>(AcceleratorStream stream, nint from, ArrayView<T> to)
        where T : unmanaged =>
        CudaException.ThrowIfFailed(
            CudaAPI.CurrentAPI.MemcpyAsync(to.LoadEffectiveAddressAsPtr(), from, new IntPtr(to.LengthInBytes), stream));

    // Whatever happens meanwhile, a capture that was begun must end, or the stream is of no use.
    private nint Capture(Device device, IReadOnlyList<DeviceWork> works)
    {
        Require(driver.BeginCapture(), "begin a capture");
        Exception? failure = null;
        try
        {
            foreach (var work in works)
            {
                work.Enqueue(device);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        var ended = driver.EndCapture(out var graph);
        if (failure == null)
        {
            Require(ended, "end a capture");
            return graph;
        }

        if (graph != 0)
        {
            _ = driver.Destroy(graph);
        }

        throw new GraphException($"the driver cannot capture a launch ({failure.Message})", failure);
    }

    private static void Require(CudaError error, string what)
    {
        if (error != CudaError.CUDA_SUCCESS)
        {
            throw new GraphException($"the driver cannot {what} ({error})");
        }
    }

    private sealed class Graph(ICudaGraphDriver driver, nint launchable) : ILaunchGraph
    {
        public void Launch() => Require(driver.Launch(launchable), "launch a graph");

        public void Dispose() => _ = driver.DestroyLaunchable(launchable);
    }
}
