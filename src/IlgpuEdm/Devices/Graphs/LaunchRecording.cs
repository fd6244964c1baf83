using ILGPU;

namespace IlgpuEdm.Devices.Graphs;

/// <summary>
/// What a stretch of host code tells a device to do, from one time to the next. Twice the same, it is made into graphs; from then on the
/// host code runs as before, but what it tells the device is only compared with the recording, and a graph is launched once all that it
/// does has been asked for. Where something differs, what was asked for and not yet launched is launched plainly, from the recording, which
/// is the same to the last bit; the rest of the stretch is launched plainly too, and recorded anew. So the device does the same work in the
/// same order in any case. For one thread at a time.
/// </summary>
internal sealed class LaunchRecording(Device device) : IDisposable
{
    /// <summary>How many more stretches may differ than were replayed before recording is given up.</summary>
    internal const int MostDifferences = 16;

    private readonly List<DeviceWork> _works = [];
    private readonly List<(ILaunchGraph Graph, int End)> _graphs = [];
    private StagingMemory? _staging;
    private int _position;
    private int _launched;
    private int _graph;
    private int _differences;
    private bool _isReplay;
    private bool _differs;
    private long _stagedAt = -1;

    /// <summary>Work of a graph at most: while the device is at one, the host asks for the next.</summary>
    public int GraphLength { get; init; } = 64;

    /// <summary>Whether it is of no use any more.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Begins a stretch.</summary>
    public void Start()
    {
        if (_stagedAt == device.Waits)
        {
            // The device may not have read yet what the last replay uploads.
            device.Synchronize();
        }

        (_position, _launched, _graph) = (0, 0, 0);
        _differs = false;
        _isReplay = _staging != null;
    }

    /// <summary>A launch.</summary>
    public void Launch<TLauncher, TArguments>(
        TLauncher launcher, LaunchSize size, in TArguments arguments, Spread<TLauncher, TArguments> spread)
        where TLauncher : Delegate
        where TArguments : struct
    {
        if (Expected is not LaunchWork<TLauncher, TArguments> work || !work.Is(launcher, size, arguments))
        {
            work = new LaunchWork<TLauncher, TArguments>(launcher, size, arguments, spread);
            Differ(work);
        }

        if (_isReplay)
        {
            Advance();
            return;
        }

        work.Run(device);
        Done();
    }

    /// <summary>An upload.</summary>
    public void Upload<T>(ReadOnlySpan<T> source, ArrayView<T> target)
        where T : unmanaged
    {
        if (Expected is not UploadWork<T> work || !work.Is(target))
        {
            work = new UploadWork<T>(target);
            Differ(work);
        }

        if (_isReplay)
        {
            work.Stage(source);
            _stagedAt = device.Waits;
            Advance();
            return;
        }

        device.UploadNow(source, target);
        Done();
    }

    /// <summary>The host is about to wait for the device, or to touch its memory.</summary>
    public void Wait()
    {
        if (Expected is not WaitWork)
        {
            Differ(WaitWork.Instance);
        }

        Done();
    }

    /// <summary>Ends the stretch.</summary>
    public void End()
    {
        LaunchPending();
        if (_differs || _position < _works.Count)
        {
            Truncate();
            CountDifference();
        }
        else if (_isReplay)
        {
            _differences = Math.Max(0, _differences - 1);
            device.Replays++;
        }
        else
        {
            Make();
        }
    }

    private DeviceWork? Expected => !_differs && _position < _works.Count ? _works[_position] : null;

    private void Done()
    {
        _position++;
        _launched = _position;
    }

    private void Advance()
    {
        _position++;
        if (_graph == _graphs.Count || _position < _graphs[_graph].End)
        {
            return;
        }

        try
        {
            _graphs[_graph].Graph.Launch();
            _launched = _position;
            _graph++;
        }
        catch (GraphException e)
        {
            LaunchPending();
            _isReplay = false;
            GiveUp(e);
        }
    }

    private void Differ(DeviceWork work)
    {
        LaunchPending();
        Truncate();
        _differs = true;
        _isReplay = false;
        _works.Add(work);
    }

    private void LaunchPending()
    {
        for (; _launched < _position; _launched++)
        {
            _works[_launched].Run(device);
        }
    }

    // What is left stays comparable; graphs are made anew of whatever follows it.
    private void Truncate()
    {
        _works.RemoveRange(_position, _works.Count - _position);
        FreeGraphs();
    }

    private void CountDifference()
    {
        _differences++;
        if (_differences >= MostDifferences)
        {
            Forget();
        }
    }

    private void Make()
    {
        try
        {
            _staging = new StagingMemory(device, [.. _works.OfType<UploadWork>()]);
            foreach (var (first, end) in Cuts())
            {
                _graphs.Add((device.Graphs!.Make(device, _works.GetRange(first, end - first)), end));
            }
        }
        catch (GraphException e)
        {
            GiveUp(e);
        }
    }

    // A graph ends where the host waits, or is long enough.
    private IEnumerable<(int First, int End)> Cuts()
    {
        var first = 0;
        for (var i = 0; i <= _works.Count; i++)
        {
            var waits = i < _works.Count && _works[i] is WaitWork;
            if (i > first && (i == _works.Count || waits || i - first == GraphLength))
            {
                yield return (first, i);
                first = i;
            }

            if (waits)
            {
                first = i + 1;
            }
        }
    }

    private void GiveUp(GraphException cause)
    {
        device.Notice ??= $"launches on {device.Name} are not recorded: {cause.Message}";
        Forget();
    }

    private void Forget()
    {
        IsGivenUp = true;
        FreeGraphs();
        _works.Clear();
        (_position, _launched) = (0, 0);
        _differs = true;
    }

    private void FreeGraphs()
    {
        if (_staging == null && _graphs.Count == 0)
        {
            return;
        }

        // The device may be at them.
        device.Synchronize(recorded: false);
        foreach (var (graph, _) in _graphs)
        {
            graph.Dispose();
        }

        _graphs.Clear();
        _staging?.Dispose();
        _staging = null;
        _graph = 0;
    }

    /// <summary>Frees the graphs.</summary>
    public void Dispose() => FreeGraphs();
}
