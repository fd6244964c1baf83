using System.Text.Json;

namespace IlgpuEdm.Training;

/// <summary>A run's <c>sessions.jsonl</c>: with what it was trained, one line a session.</summary>
internal static class SessionFile
{
    /// <summary>Appends a session.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="session">The session.</param>
    /// <exception cref="EdmException">The file cannot be written.</exception>
    public static void Append(string folder, SessionRecord session)
    {
        string path = Path.Combine(folder, RunFiles.Sessions);
        FileErrors.Writing(path, () => RunLog.AppendWhole(path, JsonSerializer.Serialize(session, RunJson.Compact) + "\n"));
    }

    /// <summary>The sessions of a run, in order; lines that cannot be read are left out.</summary>
    /// <param name="folder">The run's folder.</param>
    public static IReadOnlyList<SessionRecord> Read(string folder)
    {
        string path = Path.Combine(folder, RunFiles.Sessions);
        return File.Exists(path) ? [.. SharedFile.ReadAllText(path).Split('\n').Select(TryParse).OfType<SessionRecord>()] : [];
    }

    private static SessionRecord? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SessionRecord>(line, RunJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
