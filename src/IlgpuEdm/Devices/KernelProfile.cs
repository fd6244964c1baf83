using System.Diagnostics;

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

/// <summary>Times each launch while enabled; the device then waits after every kernel, so the whole gets slower.</summary>
public sealed class KernelProfile
{
    private readonly Device _device;
    private readonly Dictionary<string, Entry> _entries = [];

    internal KernelProfile(Device device) => _device = device;

    /// <summary>Whether launches are timed.</summary>
    public bool Enabled { get; set; }

    /// <summary>The kernels that took longest.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Their figures, the longest first.</returns>
    public IReadOnlyList<KernelStatistics> Top(int count) =>
        _entries.OrderByDescending(e => e.Value.Ticks).Take(count).Select(e =>
        {
            var seconds = (double)e.Value.Ticks / Stopwatch.Frequency;
            return new KernelStatistics(
                e.Key, e.Value.Launches, seconds * 1e3, seconds * 1e3 / e.Value.Launches,
                e.Value.Flops > 0 ? e.Value.Flops / seconds / 1e9 : null, e.Value.Bytes > 0 ? e.Value.Bytes / seconds / 1e9 : null);
        }).ToList();

    /// <summary>Forgets all figures.</summary>
    public void Clear() => _entries.Clear();

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
        ref var entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_entries, name, out _);
        entry.Ticks += Stopwatch.GetTimestamp() - start;
        entry.Launches++;
        entry.Flops += work.Flops;
        entry.Bytes += work.Bytes;
    }

    private struct Entry
    {
        public long Ticks;
        public long Launches;
        public double Flops;
        public double Bytes;
    }
}
