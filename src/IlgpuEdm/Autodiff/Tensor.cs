using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// A contiguous tensor on a device, of float32 unless an activation is stored narrower. Images and activations are <c>[N, H, W, C]</c>, convolution weights
/// <c>[kernel y, kernel x, in, out]</c>, weights of linear layers <c>[in, out]</c>. Its memory belongs to the tape that made it,
/// or to the parameter block.
/// </summary>
public sealed partial class Tensor
{
    private readonly int[] _shape;
    private PooledBuffer? _buffer;
    private ArrayView<float> _view;

    /// <summary>Makes a tensor with memory of its own from the device's pool; what it holds is undefined.</summary>
    /// <param name="device">Where it lies.</param>
    /// <param name="shape">Its dimensions.</param>
    internal Tensor(Device device, params int[] shape)
        : this(device, TensorStorage.Float32, shape)
    {
    }

    /// <summary>The same, stored as is said.</summary>
    internal Tensor(Device device, TensorStorage storage, params int[] shape)
        : this(device, shape, default)
    {
        Storage = storage;
        _buffer = device.Pool.Rent(storage == TensorStorage.BFloat16 ? (Length + 1L) / 2 : Length);
        _view = _buffer.View;
    }

    /// <summary>Makes a tensor on memory that belongs to somebody else.</summary>
    internal Tensor(Device device, int[] shape, ArrayView<float> view)
    {
        Device = device;
        _shape = shape;
        _view = view;
        var length = 1L;
        foreach (var d in shape)
        {
            length *= d;

            // Checked at each dimension, so that the product of 64 bits cannot overflow either.
            if (length > MemoryPool.MaxLength)
            {
                throw new EdmException(
                    $"a tensor of [{string.Join(", ", shape)}] has too many elements; "
                    + "use a smaller --micro-batch (or --batch when sampling)");
            }
        }

        Length = (int)length;
    }

    /// <summary>Where the tensor lies.</summary>
    public Device Device { get; }

    /// <summary>The dimensions.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>How the elements lie in memory.</summary>
    public TensorStorage Storage { get; }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>Bytes of all elements, for counting a kernel's work.</summary>
    internal double Bytes => (double)Storage.ElementBytes() * Length;

    /// <summary>Whether a gradient is wanted; to be set of an input before operations on it are recorded.</summary>
    public bool RequiresGradient { get; set; }

    /// <summary>
    /// The gradient. A parameter's is always there and added to; an activation's comes into being when backward first writes it.
    /// </summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>The moments of each image's channels, once something has gathered them.</summary>
    internal TensorMoments? Moments { get; set; }

    /// <summary>The memory of the elements, for kernels that know the storage.</summary>
    /// <exception cref="InvalidOperationException">The memory has been given back.</exception>
    internal ArrayView<float> View => _view.IsValid ? _view : throw new InvalidOperationException("this tensor's memory was given back");

    /// <summary>The dimension at a place; from the end if negative.</summary>
    internal int Size(int dimension) => _shape[dimension < 0 ? _shape.Length + dimension : dimension];

    /// <summary>Copies numbers to the tensor.</summary>
    /// <param name="values">As many as it has elements.</param>
    public void Upload(ReadOnlySpan<float> values)
    {
        if (values.Length != Length)
        {
            throw new ArgumentException($"{values.Length} values for a tensor of {Length}", nameof(values));
        }

        if (Storage == TensorStorage.BFloat16)
        {
            var narrow = new ushort[Length];
            Narrow16.Narrow(values, narrow);
            Device.Upload<ushort>(narrow, View.Cast<ushort>());
            return;
        }

        Device.Upload(values, View);
    }

    /// <summary>Copies the elements to the host.</summary>
    /// <returns>The elements in order.</returns>
    public float[] ToArray()
    {
        var values = new float[Length];
        if (Storage == TensorStorage.BFloat16)
        {
            var narrow = new ushort[Length];
            Device.Download<ushort>(View.Cast<ushort>(), narrow);
            Narrow16.Widen(narrow, values);
            return values;
        }

        Device.Download(View, values);
        return values;
    }

    /// <summary>Gives the memory of the elements back; the gradient still flows.</summary>
    internal void Forget()
    {
        if (_buffer != null)
        {
            Device.Pool.Return(_buffer);
            _buffer = null;
            _view = default;
        }
    }

    /// <summary>Gives the memory back, the gradient's too, before the tape does.</summary>
    public void Release()
    {
        // A view of somebody else's memory has nothing to give back.
        if (_view.IsValid && _buffer == null)
        {
            return;
        }

        Forget();
        Gradient?.Release();
        Gradient = null;
        Moments?.Buffer.Dispose();
        Moments = null;
    }
}

/// <summary>Moments of each channel of each image of a tensor, <c>[N, part, 2, C]</c>: mean, and sum of squared deviations.</summary>
/// <param name="Buffer">The numbers.</param>
/// <param name="Parts">Parts of an image.</param>
/// <param name="PartPixels">Pixels of a part; the last has what is left.</param>
internal sealed record TensorMoments(PooledBuffer Buffer, int Parts, int PartPixels);
