using System.Collections.Concurrent;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Training;

/// <summary>A thread that works for one device while others work for theirs: what it is given runs in order.</summary>
internal sealed class DeviceThread : IDisposable
{
    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done)> _queue = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="device">The device.</param>
    public DeviceThread(Device device)
    {
        _thread = new Thread(() => Serve(device)) { IsBackground = true, Name = $"device {device.Spec}" };
        _thread.Start();
    }

    /// <summary>Gives the thread something to do.</summary>
    /// <param name="work">It is the device's only user until it ends.</param>
    /// <returns>Ends with the work, failed where it threw.</returns>
    public Task Run(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((work, done));
        return done.Task;
    }

    private void Serve(Device device)
    {
        device.Accelerator.Bind();
        foreach (var (work, done) in _queue.GetConsumingEnumerable())
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    /// <summary>Ends the thread after what it was given.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }
}
