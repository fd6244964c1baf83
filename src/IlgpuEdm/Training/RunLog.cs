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

    /// <summary>Appends text as a whole or not at all: where the disk is full, what did get in is cut off again.</summary>
    public static void AppendWhole(string path, string text)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        long length = file.Seek(0, SeekOrigin.End);
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
