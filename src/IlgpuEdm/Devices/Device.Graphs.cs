using ILGPU;
using ILGPU.Runtime.Cuda;
using IlgpuEdm.Devices.Graphs;

namespace IlgpuEdm.Devices;

/// <content>Stretches of launches that come again step after step, and are recorded and replayed.</content>
public sealed partial class Device
{
    private LaunchRecording? _recording;

    /// <summary>What replays stretches; null launches each kernel by itself.</summary>
    internal IGraphMaker? Graphs { get; set; }

    /// <summary>Stretches that were replayed as a whole.</summary>
    internal long Replays { get; set; }

    /// <summary>How often the host waited for the device.</summary>
    internal long Waits { get; private set; }

    /// <summary>Something that a log should say once, or null.</summary>
    internal string? Notice { get; set; }

    /// <summary>Records what follows, or replays it, until the result is disposed.</summary>
    /// <param name="recording">What was recorded of the same stretch before; nobody else's.</param>
    /// <returns>For a <c>using</c> declaration within that of all memory that the stretch takes.</returns>
    internal RecordedStretch Record(LaunchRecording recording)
    {
        if (Graphs == null || Profile.Enabled || _recording != null || recording.IsGivenUp)
        {
            return default;
        }

        Pool.Settle();
        recording.Start();
        _recording = recording;
        return new RecordedStretch(this);
    }

    internal void EndRecording()
    {
        var recording = _recording!;
        _recording = null;
        recording.End();
    }

    internal void Synchronize(bool recorded)
    {
        if (recorded)
        {
            _recording?.Wait();
        }

        Stream.Synchronize();
        Waits++;
    }

    /// <summary>Copies staged numbers to the device, without waiting for it where the driver can do so.</summary>
    internal unsafe void EnqueueUpload<T>(StagedBytes source, ArrayView<T> target)
        where T : unmanaged
    {
        fixed (byte* from = source.Bytes)
        {
            if (Accelerator is not CudaAccelerator)
            {
                UploadNow(new ReadOnlySpan<T>(from, (int)target.Length), target);
                return;
            }

            CudaGraphs.Copy(Stream, (nint)from, target);
        }
    }

    // The default stream of CUDA cannot be captured.
    internal void UseGraphs(GraphMode mode)
    {
        if (mode is GraphMode.Auto or GraphMode.On && Accelerator is CudaAccelerator cuda)
        {
            var stream = (CudaStream)cuda.CreateStream();
            Stream = stream;
            Graphs = new CudaGraphs(new CudaGraphDriver(stream));
        }
        else if (mode is GraphMode.On or GraphMode.Software)
        {
            Graphs = SoftwareGraphs.Instance;
        }
    }

    private void DisposeStream()
    {
        if (Stream != Accelerator.DefaultStream)
        {
            Stream.Dispose();
        }
    }
}

/// <summary>A stretch that is recorded or replayed, or neither.</summary>
internal readonly struct RecordedStretch(Device? device) : IDisposable
{
    /// <summary>Ends the stretch.</summary>
    public void Dispose() => device?.EndRecording();
}
