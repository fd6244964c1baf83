using System.Buffers;
using ILGPU;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Kernels.IdealDenoiser;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The images of a data set on a device, in chunks: all of them where they fit the budget, else one, which is filled anew whenever it is
/// asked for.
/// </summary>
internal sealed class IdealImages : IDisposable
{
    private const int ChunkFloats = 1 << 24;
    private static readonly float[] _unitScale = [.. Enumerable.Range(0, 256).Select(v => PixelScale.ToUnit((byte)v))];

    private readonly Device _device;
    private readonly IImageDataset _data;
    private readonly long[]? _numbers;
    private readonly List<PooledBuffer> _chunks = [];

    public IdealImages(Device device, IImageDataset data, IdealDenoiserOptions options, CancellationToken stop)
    {
        (_device, _data) = (device, data);
        _numbers = Choose(data, options, stop);
        Count = _numbers?.Length ?? Math.Min(data.Count, options.MaxImages ?? long.MaxValue);
        if (Count == 0)
        {
            throw new EdmException($"{data.Source}: there are no images{OfClass(options)} to denoise with");
        }

        var size = (long)data.Height * data.Width * data.Channels;
        var stride = (size + IdealShape.Alignment - 1) / IdealShape.Alignment * IdealShape.Alignment;
        if (stride > MemoryPool.MaxLength / IdealShape.SliceRows)
        {
            throw new EdmException($"{data.Source}: images of {size} numbers are too large for the ideal denoiser; use smaller ones");
        }

        (Size, Stride) = ((int)size, (int)stride);
        ChunkRows = options.ChunkRows > 0 ? options.ChunkRows : Rows(Stride);
        ChunkCount = checked((int)((Count + ChunkRows - 1) / ChunkRows));
        IsResident = Bytes() <= options.MemoryBudget;
        try
        {
            for (var chunk = 0; chunk < (IsResident ? ChunkCount : 1); chunk++)
            {
                stop.ThrowIfCancellationRequested();
                _chunks.Add(device.Pool.Rent((long)RowsOf(chunk) * Stride));
                if (IsResident)
                {
                    Fill(chunk, _chunks[chunk].View);
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Images.</summary>
    public long Count { get; }

    /// <summary>Numbers of an image.</summary>
    public int Size { get; }

    /// <summary>Floats from an image to the next; zeros fill them up.</summary>
    public int Stride { get; }

    public int ChunkRows { get; }

    public int ChunkCount { get; }

    /// <summary>Whether all images stay on the device.</summary>
    public bool IsResident { get; }

    /// <summary>Images of a chunk; the last may be short.</summary>
    public int RowsOf(int chunk) => (int)Math.Min(ChunkRows, Count - ((long)chunk * ChunkRows));

    /// <summary>A chunk, <c>[rows, stride]</c>; until the next is asked for.</summary>
    public ArrayView<float> Chunk(int chunk)
    {
        if (IsResident)
        {
            return _chunks[chunk].View;
        }

        Fill(chunk, _chunks[0].View);
        return _chunks[0].View;
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks)
        {
            chunk.Dispose();
        }

        _chunks.Clear();
    }

    private static long[]? Choose(IImageDataset data, IdealDenoiserOptions options, CancellationToken stop)
    {
        if (options.MaxImages < 1)
        {
            throw new EdmException($"{options.MaxImages} images are too few for the ideal denoiser; it takes at least 1");
        }

        if (options.Class is not { } wanted)
        {
            return null;
        }

        if (data.LabelDim == 0 || data.HasLabelVectors)
        {
            throw new EdmException($"{data.Source}: the images have no classes, so those{OfClass(options)} cannot be told; name no class");
        }

        if (wanted < 0 || wanted >= data.LabelDim)
        {
            throw new EdmException($"{data.Source}: there is no class {wanted}; name one from 0 to {data.LabelDim - 1}");
        }

        List<long> numbers = [];
        for (long i = 0; i < data.Count && numbers.Count < (options.MaxImages ?? long.MaxValue); i++)
        {
            stop.ThrowIfCancellationRequested();
            if (data.Label(i) == wanted)
            {
                numbers.Add(i);
            }
        }

        return [.. numbers];
    }

    private static string OfClass(IdealDenoiserOptions options) => options.Class is { } c ? $" of class {c}" : "";

    // As many slices as a launch may have, or as some 64 MB hold.
    private static int Rows(int stride) =>
        Math.Clamp(ChunkFloats / stride / IdealShape.SliceRows, 1, IdealShape.MaxSlices) * IdealShape.SliceRows;

    private long Bytes()
    {
        long bytes = 0;
        for (var chunk = 0; chunk < ChunkCount; chunk++)
        {
            bytes += MemoryPool.RentedBytes((long)RowsOf(chunk) * Stride);
        }

        return bytes;
    }

    private void Fill(int chunk, ArrayView<float> target)
    {
        var first = (long)chunk * ChunkRows;
        _device.Write(target.SubView(0, (long)RowsOf(chunk) * Stride), (start, values) => Read(first, start, values));
    }

    // A stretch starts and ends anywhere within images.
    private void Read(long first, int start, Span<float> values)
    {
        var pixels = ArrayPool<byte>.Shared.Rent(Size);
        for (var done = 0; done < values.Length;)
        {
            var (row, column) = Math.DivRem(start + done, Stride);
            var piece = values.Slice(done, Math.Min(Stride - column, values.Length - done));
            piece.Clear();
            if (column < Size)
            {
                _data.ReadImage(_numbers?[first + row] ?? (first + row), pixels.AsSpan(0, Size));
                for (var i = 0; i < Math.Min(piece.Length, Size - column); i++)
                {
                    piece[i] = _unitScale[pixels[column + i]];
                }
            }

            done += piece.Length;
        }

        ArrayPool<byte>.Shared.Return(pixels);
    }
}
