namespace IlgpuEdm.Formats;

/// <summary>Files that a user names, by path or by URL.</summary>
public static class LocalFile
{
    /// <summary>The path of a file that is named by a path or by a URL such as <c>file:///home/me/net.pkl</c>.</summary>
    /// <param name="name">The path or URL.</param>
    /// <returns>The path.</returns>
    /// <exception cref="EdmException">It is a URL of another machine.</exception>
    public static string Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw new EdmException($"{name}: only files of this machine are read; download it and name the file");
        }

        return name.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(name, UriKind.Absolute, out var url) && url is { IsFile: true, IsUnc: false }
                ? url.LocalPath
                : name;
    }
}
