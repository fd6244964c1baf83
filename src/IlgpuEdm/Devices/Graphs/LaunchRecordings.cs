namespace IlgpuEdm.Devices.Graphs;

/// <summary>Recordings of a stretch that goes through so many images at once, of the numbers of images that occur.</summary>
internal sealed class LaunchRecordings(Device device) : IDisposable
{
    // The micro-batch and what the last of a batch has; more come only from who tries sizes out.
    private const int Most = 4;

    private readonly Dictionary<int, LaunchRecording> _recordings = [];

    /// <summary>The recording of a number of images.</summary>
    public LaunchRecording Of(int images)
    {
        if (_recordings.TryGetValue(images, out var recording))
        {
            return recording;
        }

        if (_recordings.Count == Most)
        {
            Dispose();
        }

        return _recordings[images] = new LaunchRecording(device);
    }

    /// <summary>Frees all graphs.</summary>
    public void Dispose()
    {
        foreach (var recording in _recordings.Values)
        {
            recording.Dispose();
        }

        _recordings.Clear();
    }
}
