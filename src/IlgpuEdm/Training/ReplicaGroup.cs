using IlgpuEdm.Autodiff;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Training;

/// <summary>
/// A replica of a network on each device. A batch is dealt out in the order of the devices, and their gradients are added on the first
/// device in that order, so that the sum does not depend on who is ready first. The first device works on the caller's thread, each other
/// on its own.
/// </summary>
internal sealed class ReplicaGroup : IDisposable
{
    private readonly Replica[] _all;
    private readonly DeviceThread[] _threads;
    private readonly HostBlock[] _gradients;
    private readonly HostBlock? _weights;
    private readonly Tensor? _received;

    /// <summary>Makes the replicas, of which the first has its first weights.</summary>
    /// <param name="devices">The devices, at least one.</param>
    /// <param name="options">Network, preconditioner and loss; validated.</param>
    /// <param name="seed">Determines first weights and all draws.</param>
    /// <exception cref="EdmException">An option is wrong, or a device's memory too small.</exception>
    public ReplicaGroup(IReadOnlyList<Device> devices, ModelOptions options, ulong seed)
    {
        _all = [.. devices.Select(device => new Replica(device, options, seed))];
        First.Weights.Initialise(seed);
        var length = First.Parameters.BlockLength;
        _gradients = [.. devices.Skip(1).Select(_ => new HostBlock(devices, length))];
        if (Count > 1)
        {
            _weights = new HostBlock(devices, length);
            _received = new Tensor(First.Device, length);
        }

        _threads = [.. devices.Skip(1).Select(device => new DeviceThread(device))];
    }

    /// <summary>The replica whose weights are trained.</summary>
    public Replica First => _all[0];

    /// <summary>Devices.</summary>
    public int Count => _all.Length;

    /// <summary>Brings the gradients of a whole batch together on the first device.</summary>
    /// <param name="batch">The batch; all devices get as many images.</param>
    /// <param name="microBatch">Images that go through a device's network at once.</param>
    /// <param name="sigma">Noise level of each image.</param>
    /// <param name="loss">Receives the loss of each image.</param>
    /// <param name="checkpointing">As in <see cref="Networks.NetworkPass"/>.</param>
    public void Differentiate(Batch batch, int microBatch, double[] sigma, double[] loss, bool checkpointing)
    {
        if (Count == 1)
        {
            First.Differentiate(batch, (0, batch.Size), microBatch, sigma, loss, checkpointing);
            return;
        }

        var share = batch.Size / Count;
        var others = Others((replica, i) =>
        {
            replica.Differentiate(batch, (i * share, (i + 1) * share), microBatch, sigma, loss, checkpointing);
            replica.Device.Download(replica.Weights.Gradients!.View, _gradients[i - 1].Values);
        });
        try
        {
            First.Differentiate(batch, (0, share), microBatch, sigma, loss, checkpointing);
        }
        finally
        {
            // Whatever failed: none may still be at work on a batch and a device that their owner goes on to use.
            WaitFor(others);
        }

        foreach (var (other, gradients) in others.Zip(_gradients))
        {
            other.GetAwaiter().GetResult();
            _received!.Upload(gradients.Values);
            Elementwise.Combine(_received, null, First.Weights.Gradients!, 1f, 0f, accumulate: true);
        }
    }

    /// <summary>Copies the first device's weights to all others.</summary>
    public void ShareWeights()
    {
        if (_weights == null)
        {
            return;
        }

        using var stage = First.Device.Profile.Stage("other devices");
        First.Device.Download(First.Weights.Values.View, _weights.Values);
        var others = Others((replica, _) => replica.Weights.Values.Upload(_weights.Values));
        WaitFor(others);
        Array.ForEach(others, other => other.GetAwaiter().GetResult());
    }

    // An exception of a device's work comes out of its task.
    private Task[] Others(Action<Replica, int> work) =>
        [.. _threads.Select((thread, i) => thread.Run(() => work(_all[i + 1], i + 1)))];

    private void WaitFor(Task[] others)
    {
        using var stage = First.Device.Profile.Stage("other devices");
        foreach (var other in others)
        {
            // Unlike Wait, it does not throw where the other failed.
            Task.WaitAny([other]);
        }
    }

    /// <summary>Ends the threads and gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var thread in _threads)
        {
            thread.Dispose();
        }

        foreach (var block in _gradients)
        {
            block.Dispose();
        }

        _weights?.Dispose();
        _received?.Release();
        foreach (var replica in _all)
        {
            replica.Dispose();
        }
    }
}
