namespace IlgpuEdm.Training;

/// <summary>A file held open so that no second process can hold it; the system lets go of it however the process ends.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock, or returns null where another process has it.</summary>
    public static RunLock? TryTake(string path)
    {
        try
        {
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"cannot create '{path}': {FileErrors.Reason(e)}; choose another --out folder", e);
        }
    }

    /// <summary>Takes the lock, waiting for a holder that needs it only for a moment.</summary>
    public static RunLock Take(string path, TimeSpan patience)
    {
        for (DateTime end = DateTime.UtcNow + patience; ;)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            if (DateTime.UtcNow > end)
            {
                throw new EdmException($"another process has held '{path}' for {patience.TotalSeconds:F0} s; end it, then try again");
            }

            Thread.Sleep(20);
        }
    }

    // The file stays: deleting it would let a third process lock a new file of the same name while a second waits on the old one.
    public void Dispose() => file.Dispose();
}
