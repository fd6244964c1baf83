using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Watch;

/// <summary>By what it is seen that a run's files have changed.</summary>
/// <param name="Newest">When one of them was last written, UTC.</param>
/// <param name="Files">How many there are.</param>
/// <param name="Bytes">Their length in all: two writes may bear the same time.</param>
internal readonly record struct FolderMarks(DateTime Newest, int Files, long Bytes)
{
    private static readonly string[] Watched = [RunFiles.Statistics, RunFiles.Options, RunFiles.Grids];

    /// <summary>How long the files have not changed.</summary>
    public TimeSpan Quiet => DateTime.UtcNow - Newest;

    /// <summary>The marks at this moment.</summary>
    /// <param name="folder">The run's folder; where it has gone, reading it says so in a clear line.</param>
    public static FolderMarks Of(string folder)
    {
        try
        {
            var run = new DirectoryInfo(folder);
            FileInfo[] files = [.. Watched.SelectMany(pattern => run.EnumerateFiles(pattern))];
            return new FolderMarks(
                files.Select(file => file.LastWriteTimeUtc).DefaultIfEmpty().Max(), files.Length, files.Sum(file => file.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
