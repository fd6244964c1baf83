using System.Globalization;
using System.Text;

namespace IlgpuEdm.Training;

/// <summary>A run's <c>log.txt</c>: one line a message, each with its time.</summary>
internal sealed class RunLog(string path)
{
    /// <summary>Appends one line.</summary>
    public void Write(string message)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}Z {message}\n");
        FileErrors.Writing(path, () => AppendWhole(path, line));
    }

    /// <summary>Appends one line if it can: where an error is on its way, it says more than a full disk.</summary>
    public void TryWrite(string message)
    {
        try
        {
            Write(message);
        }
        catch (EdmException)
        {
        }
    }

    /// <summary>
    /// Appends lines as a whole or not at all: where the disk is full, what did get in is cut off again. Half a line, of a process that was
    /// killed while it wrote, stays a line by itself.
    /// </summary>
    /// <param name="path">The file; made where it is missing.</param>
    /// <param name="lines">The lines, each with its end.</param>
    public static void AppendWhole(string path, string lines)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        long length = file.Length;
        file.Seek(Math.Max(length - 1, 0), SeekOrigin.Begin);
        string text = length == 0 || file.ReadByte() == '\n' ? lines : "\n" + lines;
        try
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            file.SetLength(length);
            throw;
        }
    }
}
