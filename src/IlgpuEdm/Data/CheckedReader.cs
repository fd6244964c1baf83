using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Reads a file, unpacked where it is gzip, and says clearly where it ends early or is damaged.</summary>
internal sealed class CheckedReader(string path) : IDisposable
{
    private readonly Stream stream = FileContent.OpenUnpacked(path);

    /// <summary>Refuses, before memory is taken, more than the rest of the file can hold, packed as well as deflate can pack.</summary>
    public void RequireRoom(long size, long count, string what)
    {
        var most = stream is BufferedStream { UnderlyingStream: CheckedGzipStream packed }
            ? packed.MostLength
            : stream.Length - stream.Position;
        if ((Int128)size * count > most)
        {
            throw new EdmException($"{path}: ends within {what} {(most / size) + 1} of {count}; it is truncated, get it again");
        }
    }

    public byte[] Read(int length, string what)
    {
        var bytes = new byte[length];
        if (Fill(bytes) < length)
        {
            throw new EdmException($"{path}: ends within {what}; it is truncated");
        }
        return bytes;
    }

    public void Fill(Span<byte> bytes, string what, long index, long count)
    {
        if (Fill(bytes) < bytes.Length)
        {
            throw new EdmException($"{path}: ends within {what} {index + 1} of {count}; it is truncated, get it again");
        }
    }

    /// <summary>Reading on to the end also lets gzip check its sum over everything.</summary>
    public void ExpectEnd(string after)
    {
        if (Fill(new byte[1]) != 0)
        {
            throw new EdmException($"{path}: more bytes follow {after}; it is damaged");
        }
    }

    public void Dispose() => stream.Dispose();

    private int Fill(Span<byte> bytes)
    {
        try
        {
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new EdmException($"{path}: its gzip data are truncated or damaged ({OneLine.Of(error)}); get it again", error);
        }
    }
}
