namespace IlgpuEdm.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>Its folder.</summary>
    public static string Root => Found.Value;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IlgpuEdm.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("There is no IlgpuEdm.sln above the folder of the test assembly.");
    }
}
