using System.Diagnostics;
using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels;
using IlgpuEdm.Kernels.Limits;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Training;

/// <summary>What a device can do at most, as the floor under the time of a step; one line of JSON.</summary>
/// <param name="Verb"><c>limits</c>.</param>
/// <param name="Device">The device.</param>
/// <param name="Items">
/// Work items that run beside each other: on the CPU its cores; of the cooperative schedule the groups that the multiprocessors hold.
/// </param>
/// <param name="GflopsOneItem">Multiply-adds of one work item in registers, 10^9 operations a second; a multiply-add counts two.</param>
/// <param name="GflopsAllItems">The same of all work items together.</param>
/// <param name="Memory">Memory traffic by the size of what is worked on.</param>
/// <param name="LaunchOneItemUs">Launching a kernel of one item and waiting for it, in microseconds.</param>
/// <param name="LaunchAllItemsUs">The same with all items.</param>
/// <param name="QueuedLaunchUs">A launch of all items among many that are waited for together.</param>
/// <param name="WaitUs">Waiting where there is nothing to wait for.</param>
public sealed record MachineLimits(string Verb, string Device, int Items, double GflopsOneItem, double GflopsAllItems,
    IReadOnlyList<MemoryLimit> Memory, double LaunchOneItemUs, double LaunchAllItemsUs, double QueuedLaunchUs, double WaitUs)
{
    private const int Rounds = 1 << 14;
    private const int GroupRounds = 1 << 12;
    private const int Trials = 7;
    private const int Launches = 200;
    private const double SecondsOfATrial = 0.02;
    private const long MostBytes = 1L << 28;

    // One item's run, and its copy: within a first-level cache, a second-level cache, a share of a third-level cache, and beyond.
    private static readonly int[] _kilobytes = [16, 256, 4096, 65536];

    /// <summary>Measures a device; takes a few seconds, in which nothing else should run.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="EdmException">The device's memory is too small.</exception>
    public static MachineLimits Measure(Device device) => Measure(device, SecondsOfATrial, MostBytes);

    /// <summary>As above, with trials of that many seconds at least, on that many bytes at most.</summary>
    internal static MachineLimits Measure(Device device, double secondsOfATrial, long mostBytes)
    {
        var items = device.IsCooperative ? GroupsAtOnce(device) : device.MaxWorkItems;
        var most = (int)Math.Max(1, mostBytes / 2048 / items);
        return new MachineLimits(
            "limits", $"{device.Name} ({device.Spec})", items, Gigaflops(device, 1, secondsOfATrial),
            Gigaflops(device, items, secondsOfATrial),
            [.. _kilobytes.Select(k => Math.Min(k, most)).Distinct().Select(k => Bandwidth(device, items, k, secondsOfATrial))],
            Microseconds(device, 1, wait: true), Microseconds(device, items, wait: true), Microseconds(device, items, wait: false),
            Math.Round(Best(() => Repeat(Launches, device.Synchronize)) / Launches * 1e6, 3));
    }

    private static int GroupsAtOnce(Device device) => device.Accelerator.NumMultiprocessors
        * Math.Max(1, device.Accelerator.MaxNumThreadsPerMultiprocessor / CooperativeAttribute.GroupSize);

    private static LaunchSize Size(Device device, int items) => device.IsCooperative ? LaunchSize.OfGroups(items) : items;

    private static double Gigaflops(Device device, int items, double seconds)
    {
        var (width, flops, rounds) = device.IsCooperative
            ? (LimitPass.Width, LimitPass.Flops, GroupRounds) : (Peak.Width, LimitKernels.Flops, Rounds);
        using var x = Zeros(device, (long)items * width);
        return Rate(device, seconds, (double)items * rounds * flops, repeats => device.Launch(
            device.IsCooperative ? LimitPass.MultiplyAdd : LimitKernels.MultiplyAdd, Size(device, items), default,
            x.View, rounds, repeats));
    }

    private static MemoryLimit Bandwidth(Device device, int items, int kilobytes, double seconds)
    {
        var count = kilobytes * 1024 / sizeof(float);
        using var x = Zeros(device, (long)items * count);
        using var y = Zeros(device, (long)items * Math.Max(count, CooperativeAttribute.GroupSize));
        return new MemoryLimit(kilobytes, Copy(1), Copy(items), Read(1), Read(items));

        double Copy(int used) => Rate(device, seconds, 8.0 * count * used, repeats => device.Launch(
            device.IsCooperative ? LimitPass.Copy : LimitKernels.Copy, Size(device, used), default, x.View, y.View, count, repeats));
        double Read(int used) => Rate(device, seconds, 4.0 * count * used, repeats => device.Launch(
            device.IsCooperative ? LimitPass.Read : LimitKernels.Read, Size(device, used), default, x.View, y.View, count, repeats));
    }

    // In 10^9 a second: as many repeats as fill a trial's time, the best of several trials.
    private static double Rate(Device device, double seconds, double work, Action<int> launch)
    {
        // The first launch compiles.
        var repeats = 1;
        Once();
        while (Seconds(Once) < seconds && repeats < 1 << 20)
        {
            repeats *= 2;
        }

        return Math.Round(work * repeats / Best(Once) / 1e9, 1);

        void Once()
        {
            launch(repeats);
            device.Synchronize();
        }
    }

    private static double Microseconds(Device device, int items, bool wait)
    {
        using var x = Zeros(device, items);
        using var y = Zeros(device, items);
        Many();
        return Math.Round(Best(Many) / Launches * 1e6, 2);

        void Many()
        {
            for (var i = 0; i < Launches; i++)
            {
                device.Launch(LimitKernels.Nothing, Size(device, items), default, x.View, y.View, items);
                if (wait)
                {
                    device.Synchronize();
                }
            }

            device.Synchronize();
        }
    }

    private static PooledBuffer Zeros(Device device, long length)
    {
        var buffer = device.Pool.Rent(length);
        device.Write(buffer.View, (_, values) => values.Clear());
        return buffer;
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private static double Best(Action action) => Enumerable.Range(0, Trials).Min(_ => Seconds(action));

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

/// <summary>Memory traffic, 10^9 bytes a second.</summary>
/// <param name="Kilobytes">What a work item reads, in KB (1024 bytes); a copy writes as much again.</param>
/// <param name="CopyOneItem">Bytes read and written by one item that copies.</param>
/// <param name="CopyAllItems">The same of all items together.</param>
/// <param name="ReadOneItem">Bytes read by one item that only reads.</param>
/// <param name="ReadAllItems">The same of all items together.</param>
public sealed record MemoryLimit(int Kilobytes, double CopyOneItem, double CopyAllItems, double ReadOneItem, double ReadAllItems);
