using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IlgpuEdm.Devices;

/// <summary>The work that an operation states for a launch.</summary>
/// <param name="Flops">Floating-point operations, a multiply-add counting two; 0 if not stated.</param>
/// <param name="Bytes">Bytes read and written at least; 0 if not stated.</param>
public readonly record struct KernelWork(double Flops, double Bytes);

/// <summary>What a kernel cost so far.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Launches">How often it was launched.</param>
/// <param name="TotalMilliseconds">Time of all launches.</param>
/// <param name="MeanMilliseconds">Time of a launch.</param>
/// <param name="GigaflopsPerSecond">Rate of operations, where stated.</param>
/// <param name="GigabytesPerSecond">Rate of memory traffic, where stated.</param>
public sealed record KernelStatistics(
    string Name, long Launches, double TotalMilliseconds, double MeanMilliseconds, double? GigaflopsPerSecond, double? GigabytesPerSecond);

/// <summary>What a named part of the host's work cost so far.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Calls">How often it was gone through.</param>
/// <param name="TotalMilliseconds">Its time without the kernels and stages within it.</param>
public sealed record StageStatistics(string Name, long Calls, double TotalMilliseconds);

/// <summary>
/// Times each launch and each named stage of the host's work while enabled; the device then waits after every kernel, so the whole gets
/// slower. No time counts twice: a stage's is without the kernels and stages within it. For one thread.
/// </summary>
public sealed class KernelProfile
{
    private readonly Device _device;
    private readonly Dictionary<string, Entry> _kernels = [];
    private readonly Dictionary<string, Entry> _stages = [];
    private long _counted;

    internal KernelProfile(Device device) => _device = device;

    /// <summary>Whether launches are timed.</summary>
    public bool Enabled { get; set; }

    /// <summary>Launches that were timed.</summary>
    public long Launches => _kernels.Values.Sum(e => e.Launches);

    /// <summary>The time of all kernels and stages, in milliseconds.</summary>
    public double NamedMilliseconds => Milliseconds(_kernels.Values.Sum(e => e.Ticks) + _stages.Values.Sum(e => e.Ticks));

    /// <summary>The kernels that took longest.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Their figures, the longest first.</returns>
    public IReadOnlyList<KernelStatistics> Top(int count) =>
        _kernels.OrderByDescending(e => e.Value.Ticks).Take(count).Select(e =>
        {
            var seconds = (double)e.Value.Ticks / Stopwatch.Frequency;
            return new KernelStatistics(
                e.Key, e.Value.Launches, seconds * 1e3, seconds * 1e3 / e.Value.Launches,
                e.Value.Flops > 0 ? e.Value.Flops / seconds / 1e9 : null, e.Value.Bytes > 0 ? e.Value.Bytes / seconds / 1e9 : null);
        }).ToList();

    /// <summary>The named stages of the host's work, the longest first.</summary>
    public IReadOnlyList<StageStatistics> Stages() =>
        _stages.OrderByDescending(e => e.Value.Ticks)
            .Select(e => new StageStatistics(e.Key, e.Value.Launches, Milliseconds(e.Value.Ticks))).ToList();

    /// <summary>Forgets all figures.</summary>
    public void Clear()
    {
        _kernels.Clear();
        _stages.Clear();
        _counted = 0;
    }

    /// <summary>Gives what follows a name, until the result is disposed.</summary>
    internal Timing Stage(string name)
    {
        if (!Enabled)
        {
            return default;
        }

        var outer = _counted;
        _counted = 0;
        return new Timing(this, name, Stopwatch.GetTimestamp(), outer);
    }

    internal long Start()
    {
        if (!Enabled)
        {
            return 0;
        }

        _device.Synchronize();
        return Stopwatch.GetTimestamp();
    }

    internal void Stop(string name, in KernelWork work, long start)
    {
        if (!Enabled)
        {
            return;
        }

        _device.Synchronize();
        var ticks = Stopwatch.GetTimestamp() - start;
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_kernels, name, out _);
        entry.Ticks += ticks;
        entry.Launches++;
        entry.Flops += work.Flops;
        entry.Bytes += work.Bytes;
        _counted += ticks;
    }

    private void Stop(Timing stage)
    {
        var ticks = Stopwatch.GetTimestamp() - stage.Start;
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_stages, stage.Name, out _);
        entry.Ticks += ticks - _counted;
        entry.Launches++;
        _counted = stage.Outer + ticks;
    }

    private static double Milliseconds(long ticks) => (double)ticks / Stopwatch.Frequency * 1e3;

    /// <summary>A stage under way.</summary>
    /// <param name="Profile">What counts it; null while profiling is off.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Start">When it began.</param>
    /// <param name="Outer">What had been counted within the stage around it.</param>
    internal readonly record struct Timing(KernelProfile? Profile, string Name, long Start, long Outer) : IDisposable
    {
        /// <summary>Ends the stage.</summary>
        public void Dispose() => Profile?.Stop(this);
    }

    private struct Entry
    {
        public long Ticks;
        public long Launches;
        public double Flops;
        public double Bytes;
    }
}
