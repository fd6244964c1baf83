using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace IlgpuEdm.Devices.Graphs;

/// <summary>What the driver can do with graphs on one stream.</summary>
internal interface ICudaGraphDriver
{
    /// <summary>From now on this thread's work on the stream is noted and not done.</summary>
    CudaError BeginCapture();

    /// <summary>Gives what was noted; 0 where it failed. In any case the stream works again.</summary>
    CudaError EndCapture(out nint graph);

    /// <summary>Makes a graph launchable.</summary>
    CudaError Instantiate(out nint launchable, nint graph);

    /// <summary>Launches it on the stream.</summary>
    CudaError Launch(nint launchable);

    /// <summary>Frees a graph.</summary>
    CudaError Destroy(nint graph);

    /// <summary>Frees what is launchable.</summary>
    CudaError DestroyLaunchable(nint launchable);
}

/// <summary>The CUDA driver's graphs, which ILGPU has no calls for. The library is loaded by the first call, not before.</summary>
/// <param name="stream">A stream that is not the default one.</param>
internal sealed partial class CudaGraphDriver(CudaStream stream) : ICudaGraphDriver
{
    private const string Library = DeviceContext.CudaLibrary;
    private const int ThreadLocal = 1;

    public CudaError BeginCapture()
    {
        using var binding = stream.BindScoped();
        try
        {
            return cuStreamBeginCapture_v2(stream.StreamPtr, ThreadLocal);
        }
        catch (EntryPointNotFoundException e)
        {
            throw new GraphException("the driver is too old for graphs", e);
        }
    }

    public CudaError EndCapture(out nint graph)
    {
        using var binding = stream.BindScoped();
        return cuStreamEndCapture(stream.StreamPtr, out graph);
    }

    public CudaError Instantiate(out nint launchable, nint graph)
    {
        using var binding = stream.BindScoped();
        try
        {
            return cuGraphInstantiateWithFlags(out launchable, graph, 0);
        }
        catch (EntryPointNotFoundException e)
        {
            throw new GraphException("the driver is too old for graphs: it takes that of CUDA 11.4", e);
        }
    }

    public CudaError Launch(nint launchable)
    {
        using var binding = stream.BindScoped();
        return cuGraphLaunch(launchable, stream.StreamPtr);
    }

    public CudaError Destroy(nint graph)
    {
        using var binding = stream.BindScoped();
        return cuGraphDestroy(graph);
    }

    public CudaError DestroyLaunchable(nint launchable)
    {
        using var binding = stream.BindScoped();
        return cuGraphExecDestroy(launchable);
    }

    [LibraryImport(Library)]
    private static partial CudaError cuStreamBeginCapture_v2(nint stream, int mode);

    [LibraryImport(Library)]
    private static partial CudaError cuStreamEndCapture(nint stream, out nint graph);

    [LibraryImport(Library)]
    private static partial CudaError cuGraphInstantiateWithFlags(out nint launchable, nint graph, ulong flags);

    [LibraryImport(Library)]
    private static partial CudaError cuGraphLaunch(nint launchable, nint stream);

    [LibraryImport(Library)]
    private static partial CudaError cuGraphDestroy(nint graph);

    [LibraryImport(Library)]
    private static partial CudaError cuGraphExecDestroy(nint launchable);
}
