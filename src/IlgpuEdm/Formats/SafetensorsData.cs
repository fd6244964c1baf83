namespace IlgpuEdm.Formats;

/// <summary>
/// The data part of a safetensors file that has been checked. Tensors are read when they are asked for, so that a file of many holds one at
/// a time in memory.
/// </summary>
internal sealed class SafetensorsData
{
    private readonly string _path;
    private readonly long _start;
    private readonly long _length;
    private readonly DateTime _written;

    /// <summary>The data of an open file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stream">The file, open.</param>
    /// <param name="start">Where its data starts.</param>
    public SafetensorsData(string path, FileStream stream, long start) =>
        (_path, _start, _length, _written) = (path, start, stream.Length, Written(stream));

    /// <summary>Reads a tensor.</summary>
    /// <param name="entry">The tensor.</param>
    /// <param name="target">Receives its bytes; as long as it.</param>
    /// <exception cref="EdmException">The file has changed since it was checked, or can no longer be read.</exception>
    public void Read(SafetensorsEntry entry, Memory<byte> target) => FileBytes.Open(_path, stream =>
    {
        if (stream.Length != _length || Written(stream) != _written)
        {
            throw new EdmException($"{_path}: it changed while it was being read; try again");
        }

        stream.Position = _start + entry.Begin;
        stream.ReadExactly(target.Span);
        return true;
    });

    private static DateTime Written(FileStream stream) => File.GetLastWriteTimeUtc(stream.SafeFileHandle);
}
