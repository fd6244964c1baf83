using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;

namespace IlgpuEdm.Autodiff;

/// <content>
/// The elements as floats, whatever the storage, for kernels that know float32 alone: those of the fat schedule, and small ones. Elements
/// that are stored narrower are widened into scratch, and rounded when what was written goes back.
/// </content>
public sealed partial class Tensor
{
    /// <summary>The elements, to be read.</summary>
    /// <returns>The elements; to be disposed after the launch that reads them.</returns>
    public FloatElements Read() => new(this, writing: false, keep: true);

    /// <summary>The elements, to be written.</summary>
    /// <param name="keep">Whether what is there is added to.</param>
    /// <returns>The elements; to be disposed after the launch that writes them.</returns>
    public FloatElements Write(bool keep = false) => new(this, writing: true, keep);
}

/// <summary>
/// A tensor's elements as floats for the time of an operation; for <c>using</c> declarations, which give scratch back in order.
/// </summary>
public readonly ref struct FloatElements
{
    private readonly Tensor _tensor;
    private readonly Scratch _scratch;
    private readonly bool _writing;

    internal FloatElements(Tensor tensor, bool writing, bool keep)
    {
        _tensor = tensor;
        _writing = writing;
        if (tensor.Storage == TensorStorage.Float32)
        {
            View = tensor.View;
            return;
        }

        _scratch = tensor.Device.Pool.RentScratch(tensor.Length);
        View = _scratch.View;
        if (keep)
        {
            Convert(tensor.Device, tensor.View, View, tensor.Length, widen: true);
        }
    }

    /// <summary>The elements.</summary>
    public ArrayView<float> View { get; }

    /// <summary>Rounds what was written, and gives the scratch back.</summary>
    public void Dispose()
    {
        // Nothing was asked for by who has no tensor.
        if (_tensor is null || _tensor.Storage == TensorStorage.Float32)
        {
            return;
        }

        if (_writing)
        {
            Convert(_tensor.Device, View, _tensor.View, _tensor.Length, widen: false);
        }

        _scratch.Dispose();
    }

    /// <summary>From one storage to the other.</summary>
    internal static void Convert(Device device, ArrayView<float> from, ArrayView<float> to, int count, bool widen)
    {
        var work = new KernelWork(0, 6.0 * count);
        if (device.IsCooperative)
        {
            device.Launch(
                widen ? StorageKernels.WidenCooperative : StorageKernels.NarrowCooperative, Device.Groups((count + 3) / 4), work,
                from, to, count);
            return;
        }

        var items = device.WorkItems(ElementwiseKernels.Tasks(count));
        device.Launch(widen ? StorageKernels.Widen : StorageKernels.Narrow, items, work, from, to, count);
    }
}
