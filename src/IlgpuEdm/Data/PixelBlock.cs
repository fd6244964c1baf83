using System.IO.MemoryMappedFiles;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>A piece of a <see cref="PixelStore"/>.</summary>
internal abstract class PixelBlock : IDisposable
{
    public abstract void Write(long offset, ReadOnlySpan<byte> bytes);

    public abstract void Read(long offset, Span<byte> bytes);

    public virtual void Dispose()
    {
    }
}

/// <summary>A piece in memory.</summary>
internal sealed class MemoryBlock(long length) : PixelBlock
{
    private readonly byte[] data = GC.AllocateUninitializedArray<byte>(checked((int)length));

    public override void Write(long offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(data.AsSpan((int)offset));

    public override void Read(long offset, Span<byte> bytes) => data.AsSpan((int)offset, bytes.Length).CopyTo(bytes);
}

/// <summary>A piece in a file of its own in the system's folder for temporary files, deleted at the end.</summary>
internal sealed class MappedBlock : PixelBlock
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    public MappedBlock(long length)
    {
        var path = Path.Combine(Path.GetTempPath(), $"ilgpu-edm-cache-{Guid.NewGuid():N}");
        try
        {
            // Space is reserved at once: a full disk would otherwise end the process at some later write.
            var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                PreallocationSize = length,
                Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
            });
            try
            {
                if (!OperatingSystem.IsWindows())
                {
                    // The name goes now, so that even a killed process leaves nothing behind.
                    File.Delete(path);
                }
                file = MemoryMappedFile.CreateFromFile(
                    stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
            view = file.CreateViewAccessor(0, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new EdmException(
                $"{Path.GetTempPath()}: no room for {length >> 20} MB of decoded images ({OneLine.Of(error)}); "
                + "free space, or let TMPDIR name another folder",
                error);
        }
    }

    public override void Write(long offset, ReadOnlySpan<byte> bytes) => view.SafeMemoryMappedViewHandle.WriteSpan((ulong)offset, bytes);

    public override void Read(long offset, Span<byte> bytes) => view.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, bytes);

    public override void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
