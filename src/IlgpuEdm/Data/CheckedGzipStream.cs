using System.Buffers.Binary;
using System.IO.Compression;

namespace IlgpuEdm.Data;

/// <summary>
/// Unpacks a gzip file of one member and compares the length that its last four bytes state: .NET accepts a file whose
/// checksum and length have been cut off.
/// </summary>
internal sealed class CheckedGzipStream : Stream
{
    // Deflate cannot pack better than 1032 to 1.
    private const long MostPacked = 1032;

    private readonly GZipStream inner;
    private readonly uint statedLength;
    private long position;

    public CheckedGzipStream(FileStream file)
    {
        Span<byte> last = stackalloc byte[4];
        file.Position = Math.Max(0, file.Length - last.Length);
        file.ReadAtLeast(last, last.Length, throwOnEndOfStream: false);
        statedLength = BinaryPrimitives.ReadUInt32LittleEndian(last);
        file.Position = 0;
        MostLength = file.Length * MostPacked;
        inner = new GZipStream(file, CompressionMode.Decompress);
    }

    /// <summary>The most bytes that it can unpack to.</summary>
    public long MostLength { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        position += read;
        if (read == 0 && buffer.Length > 0 && (uint)position != statedLength)
        {
            throw new InvalidDataException($"it unpacks to {position} bytes, not to as many as it states");
        }
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
