namespace IlgpuEdm.Tests.Formats;

/// <summary>Where the golden tensors lie, as seen from the folder that the tests run in.</summary>
internal static class GoldenFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var golden = System.IO.Path.Combine(folder.FullName, "tests", "golden");
            if (Directory.Exists(golden))
            {
                return golden;
            }
        }
        throw new DirectoryNotFoundException("There is no tests/golden above the folder of the test assembly.");
    }
}
