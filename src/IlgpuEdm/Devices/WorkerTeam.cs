using System.Runtime.ExceptionServices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Devices;

/// <summary>Something that a <see cref="WorkerTeam"/> runs: one call a work item.</summary>
internal abstract class TeamWork
{
    /// <summary>Runs the work item that <see cref="WorkItem"/> names.</summary>
    public abstract void RunItem();
}

/// <summary>
/// The threads that run fat kernels on a CPU: the launching thread and one more for every other core. They take work items one by one, so
/// that all are busy to the end of a launch, and spin for a moment between launches, so that a launch costs a microsecond or two where
/// ILGPU's own CPU accelerator needs some 50.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    /// <summary>The most work items of a launch.</summary>
    public const int MaxItems = (1 << FieldBits) - 1;

    // About 100 microseconds; after that a thread sleeps until it is woken.
    private const int SpinsBeforeSleep = 2000;
    private const int FieldBits = 20;

    private readonly Helper[] _helpers;
    private readonly SemaphoreSlim _finished = new(0);
    private TeamWork? _work;
    private ExceptionDispatchInfo? _failure;

    // Launch number, its work items, and the next of them in one word: who takes an item of a launch knows that it is that launch's.
    private ulong _ticket;
    private int _left;
    private int _waiting;
    private volatile bool _closed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads, the launching one included; at least 1.</param>
    public WorkerTeam(int threads)
    {
        _helpers = new Helper[threads - 1];
        for (var i = 0; i < _helpers.Length; i++)
        {
            var helper = new Helper();
            helper.Thread = new Thread(() => Help(helper)) { IsBackground = true, Name = $"kernel worker {i + 1}" };
            _helpers[i] = helper;
            helper.Thread.Start();
        }
    }

    /// <summary>Runs all work items and returns when they are done. For one launching thread at a time.</summary>
    /// <param name="work">The work.</param>
    /// <param name="items">Work items, 1 to <see cref="MaxItems"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more, or none.</exception>
    public void Run(TeamWork work, int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(items);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items, MaxItems);
        _work = work;
        if (items == 1 || _helpers.Length == 0)
        {
            for (var i = 0; i < items; i++)
            {
                RunItem(i, items);
            }
        }
        else
        {
            _left = items;
            var launch = Launch(Volatile.Read(ref _ticket)) + 1;
            Interlocked.Exchange(ref _ticket, (launch << (2 * FieldBits)) | ((ulong)items << FieldBits));
            Wake();
            TakeItems();
            Await();
        }

        WorkItem.Set(0, 0);
        _work = null;
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }
    }

    private static ulong Launch(ulong ticket) => ticket >> (2 * FieldBits);

    private void TakeItems()
    {
        while (true)
        {
            var ticket = Interlocked.Increment(ref _ticket) - 1;
            var items = (int)(ticket >> FieldBits) & MaxItems;
            var item = (int)ticket & MaxItems;
            if (item >= items)
            {
                return;
            }

            RunItem(item, items);
            if (Interlocked.Decrement(ref _left) == 0 && Interlocked.Exchange(ref _waiting, 0) == 1)
            {
                _finished.Release();
            }
        }
    }

    private void RunItem(int item, int items)
    {
        try
        {
            WorkItem.Set(item, items);
            _work!.RunItem();
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Await()
    {
        for (var i = 0; Volatile.Read(ref _left) > 0; i++)
        {
            if (i < SpinsBeforeSleep)
            {
                Thread.SpinWait(8);
                continue;
            }

            Interlocked.Exchange(ref _waiting, 1);
            if (Volatile.Read(ref _left) > 0 || Interlocked.Exchange(ref _waiting, 0) == 0)
            {
                _finished.Wait();
            }
        }
    }

    private void Wake()
    {
        foreach (var helper in _helpers)
        {
            if (Interlocked.Exchange(ref helper.Asleep, 0) == 1)
            {
                helper.Signal.Release();
            }
        }
    }

    private void Help(Helper helper)
    {
        ulong seen = 0;
        while (true)
        {
            for (var i = 0; Launch(Volatile.Read(ref _ticket)) == seen && !_closed; i++)
            {
                if (i < SpinsBeforeSleep)
                {
                    Thread.SpinWait(8);
                    continue;
                }

                Interlocked.Exchange(ref helper.Asleep, 1);
                var nothing = Launch(Volatile.Read(ref _ticket)) == seen && !_closed;
                if (nothing || Interlocked.Exchange(ref helper.Asleep, 0) == 0)
                {
                    helper.Signal.Wait();
                }
            }

            if (_closed)
            {
                return;
            }

            seen = Launch(Volatile.Read(ref _ticket));
            TakeItems();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
        Wake();
        foreach (var helper in _helpers)
        {
            helper.Thread!.Join();
            helper.Signal.Dispose();
        }

        _finished.Dispose();
    }

    private sealed class Helper
    {
        public readonly SemaphoreSlim Signal = new(0);
        public Thread? Thread;
        public int Asleep;
    }
}
