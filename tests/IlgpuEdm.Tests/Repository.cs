namespace IlgpuEdm.Tests;

/// <summary>The repository that the tests belong to.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>Its folder: the nearest above the test assembly that has a solution in it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Root => Found.Value;

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IlgpuEdm.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("There is no IlgpuEdm.sln above the folder of the test assembly.");
    }
}
