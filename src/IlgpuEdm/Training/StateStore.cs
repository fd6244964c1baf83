using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>
/// A run's training states, <c>training-state-000012800.safetensors</c>: everything that a resumed run needs. The newest two
/// are kept, so that one damaged file loses little.
/// </summary>
internal sealed class StateStore(string folder)
{
    private const string Format = "ilgpu-edm-training-state";
    private const string Prefix = "training-state-";
    private const string Suffix = ".safetensors";
    private const int Kept = 2;

    /// <summary>Writes a state and then removes all but the newest two.</summary>
    /// <returns>The file's path.</returns>
    public string Save(TrainingState state, ITrainingModel model)
    {
        string path = Path.Combine(folder, Numbered(Prefix, state.Images, Suffix));
        SafetensorsWriter file = new SafetensorsWriter().Metadata("format", Format).Metadata("version", "1")
            .Metadata("images", state.Images.ToString(CultureInfo.InvariantCulture)).Metadata("trainer", state.ToJson());
        model.AddState(file);
        FileErrors.Writing(path, () => file.WriteTo(path));
        foreach ((_, string old) in List().OrderByDescending(entry => entry.Images).Skip(Kept))
        {
            FileErrors.Writing(old, () => File.Delete(old));
        }

        return path;
    }

    /// <summary>Loads the newest state that can be read.</summary>
    /// <param name="model">Takes the state's tensors.</param>
    /// <param name="warn">Told of each state that cannot be read.</param>
    /// <returns>The state, or null where the folder holds none.</returns>
    /// <exception cref="EdmException">There are states, but none can be read.</exception>
    public TrainingState? LoadNewest(ITrainingModel model, Action<string> warn)
    {
        var unreadable = new List<(string Path, string Reason)>();
        foreach ((_, string path) in List().OrderByDescending(entry => entry.Images))
        {
            try
            {
                TrainingState state = Load(path, model);
                unreadable.ForEach(entry => SetAside(entry.Path, entry.Reason, warn));
                return state;
            }
            catch (EdmException e)
            {
                unreadable.Add((path, e.Message));
            }
        }

        return unreadable.Count == 0 ? null : throw new EdmException(
            $"no training state in '{folder}' can be read ({unreadable[0].Reason}); put one back, or start over with --resume never");
    }

    /// <summary>Removes what a killed process was writing.</summary>
    public void RemoveTemporaries()
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + AtomicFile.TemporarySuffix))
        {
            FileErrors.Writing(path, () => File.Delete(path));
        }
    }

    /// <summary>The states in the folder.</summary>
    public IEnumerable<(long Images, string Path)> List()
    {
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*" + Suffix))
        {
            string number = Path.GetFileName(path)[Prefix.Length..^Suffix.Length];
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long images))
            {
                yield return (images, path);
            }
        }
    }

    /// <summary>A file's name with a count of images in it, wide enough to sort by name.</summary>
    public static string Numbered(string prefix, long images, string suffix) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{images:D9}{suffix}");

    // Left in place it would count as one of the newest two and push out a good one.
    private static void SetAside(string path, string reason, Action<string> warn)
    {
        FileErrors.Writing(path, () => File.Move(path, path + ".damaged", overwrite: true));
        warn($"the training state '{path}' cannot be read and was renamed to '{Path.GetFileName(path)}.damaged': {reason}");
    }

    private static TrainingState Load(string path, ITrainingModel model)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        if (file.Metadata.GetValueOrDefault("format") != Format || file.Metadata.GetValueOrDefault("version") != "1")
        {
            throw new EdmException($"'{path}' is not a training state of this version");
        }

        try
        {
            var state = TrainingState.FromJson(file.Metadata.GetValueOrDefault("trainer", ""));
            model.LoadState(file);
            return state;
        }
        catch (JsonException e)
        {
            throw new EdmException($"'{path}' is damaged: its trainer metadata cannot be read", e);
        }
    }
}
