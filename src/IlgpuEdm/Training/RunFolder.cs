using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>
/// The folder of one run, such as <c>runs/00007-fashion-mnist-uncond-ddpmpp-edm-batch64</c>, held by this process until it is
/// disposed of.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private readonly RunLock held;

    private RunFolder(string path, RunLock held, bool resumed)
    {
        Location = path;
        this.held = held;
        Resumed = resumed;
    }

    /// <summary>The folder.</summary>
    public string Location { get; }

    /// <summary>Whether the folder was there before.</summary>
    public bool Resumed { get; }

    /// <summary>The last snapshot that a run wrote.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <returns>Its path; null where there is none.</returns>
    public static string? NewestSnapshot(string folder) =>
        Directory.GetFiles(folder, RunFiles.Snapshots).Max(StringComparer.Ordinal);

    /// <summary>
    /// Finds the newest run with the same identity and takes it, or makes a new one, numbered one above the highest there is.
    /// </summary>
    /// <param name="root">The folder of all runs; made where it is missing.</param>
    /// <param name="options">The run's options, written to its <c>options.json</c>.</param>
    /// <param name="resume">Whether to look for a run to go on with.</param>
    /// <exception cref="EdmException">
    /// Another process trains that run, the folder cannot be written, or the options of a run of that name are damaged.
    /// </exception>
    public static RunFolder Open(string root, RunOptions options, bool resume)
    {
        options.Validate();
        FileErrors.MakeFolder(root, "--out");

        // Two runs that start at the same moment must not take the same number.
        using RunLock numbering = RunLock.Take(Path.Combine(root, ".numbering.lock"), TimeSpan.FromSeconds(20));
        string? found = resume ? Find(root, options.Identity) : null;
        string path = found ?? Path.Combine(root, NextName(root, options.Identity));
        FileErrors.Writing(path, () => Directory.CreateDirectory(path));
        RunLock held = RunLock.TryTake(Path.Combine(path, "run.lock")) ?? throw new EdmException(
            $"'{path}' is being trained by another process; let it end, or start a second run with --resume never");
        try
        {
            string file = Path.Combine(path, RunFiles.Options);
            string text = JsonSerializer.Serialize(options, RunJson.Indented) + "\n";
            FileErrors.Writing(file, () => AtomicFile.WriteAllText(file, text));
        }
        catch
        {
            held.Dispose();
            throw;
        }

        return new RunFolder(path, held, found is not null);
    }

    /// <summary>Whether a folder is a run's.</summary>
    /// <param name="path">A folder.</param>
    public static bool IsRun(string path) => File.Exists(Path.Combine(path, RunFiles.Options));

    /// <summary>Names the newest run to someone who names a folder of runs.</summary>
    /// <param name="path">A folder.</param>
    /// <exception cref="EdmException">The folder is no run and has runs in it.</exception>
    internal static void RefuseFolderOfRuns(string path)
    {
        if (Directory.Exists(path) && !IsRun(path) && Runs(path).Select(run => run.Path).Where(IsRun).Max() is { } newest)
        {
            throw new EdmException($"'{path}' is a folder of runs; name one, such as '{newest}'");
        }
    }

    /// <summary>Reads a run's options.</summary>
    /// <param name="path">The run's folder.</param>
    /// <exception cref="EdmException">The file is missing or damaged.</exception>
    public static RunOptions ReadOptions(string path)
    {
        string file = Path.Combine(path, RunFiles.Options);
        try
        {
            RunOptions? options = JsonSerializer.Deserialize<RunOptions>(SharedFile.ReadAllText(file), RunJson.Indented);
            if (options is not { Format: "ilgpu-edm-run", Version: 1 })
            {
                throw new EdmException("it does not hold the options of a run of this version; was it written by another program?");
            }

            options.Validate();
            return options;
        }
        catch (EdmException e)
        {
            throw new EdmException($"'{file}': {OneLine.Of(e)}", e);
        }
        catch (JsonException e)
        {
            throw new EdmException(
                $"'{file}' is damaged at line {e.LineNumber + 1}: not the options of a run; put it back, or start over with --resume never", e);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            throw new EdmException($"'{file}' is damaged: {OneLine.Of(e)}; put it back, or start over with --resume never", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"cannot read '{file}': {FileErrors.Reason(e)}; name the folder of a run", e);
        }
    }

    /// <summary>The path of a file in the folder.</summary>
    /// <param name="name">The file's name.</param>
    public string FilePath(string name) => Path.Combine(Location, name);

    /// <summary>Lets other processes have the folder.</summary>
    public void Dispose() => held.Dispose();

    private static string? Find(string root, RunIdentity identity)
    {
        foreach ((_, string path) in Runs(root).OrderByDescending(run => run.Number))
        {
            try
            {
                if (IsRun(path) && ReadOptions(path).Identity.Matches(identity))
                {
                    return path;
                }
            }
            catch (EdmException) when (!path.EndsWith("-" + identity.FolderName(), StringComparison.Ordinal))
            {
                // It cannot be the one looked for. One that can be is not passed over in silence: its work would seem lost.
            }
        }

        return null;
    }

    private static string NextName(string root, RunIdentity identity)
    {
        int next = Runs(root).Select(run => run.Number).DefaultIfEmpty(-1).Max() + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{next:D5}-{identity.FolderName()}");
    }

    /// <summary>The numbered folders in a folder of runs.</summary>
    internal static IEnumerable<(int Number, string Path)> Runs(string root)
    {
        foreach (string path in Directory.EnumerateDirectories(root))
        {
            string name = Path.GetFileName(path);
            int digits = name.TakeWhile(char.IsAsciiDigit).Count();
            if (digits >= 5 && (digits == name.Length || name[digits] == '-')
                && int.TryParse(name.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                yield return (number, path);
            }
        }
    }
}
