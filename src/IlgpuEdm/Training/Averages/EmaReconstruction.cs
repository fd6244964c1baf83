using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>
/// Averages of lengths that no one thought of in training, made of those that a run has stored. First <see cref="Plan"/>, from the
/// names of the files alone; then <see cref="Write"/> reads the files one after the other.
/// </summary>
public sealed class EmaReconstruction
{
    private EmaReconstruction(string folder, IReadOnlyList<EmaFile> files, IReadOnlyList<(PowerProfile, EmaMixture)> targets)
    {
        Folder = folder;
        Files = files;
        Targets = targets;
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>All averages that are stored, in the order of the mixtures' weights.</summary>
    public IReadOnlyList<EmaFile> Files { get; }

    /// <summary>The averages to be made, and of what.</summary>
    public IReadOnlyList<(PowerProfile Profile, EmaMixture Mixture)> Targets { get; }

    /// <summary>Finds what is stored and how to mix it.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="deviations">The lengths that are wanted; see <see cref="PowerEma"/>.</param>
    /// <param name="images">Where in the training the averages end; null for the newest that is stored.</param>
    /// <exception cref="EdmException">Nothing is stored, or a number is out of range.</exception>
    public static EmaReconstruction Plan(string folder, IReadOnlyList<double> deviations, long? images = null)
    {
        if (!Directory.Exists(folder))
        {
            throw new EdmException($"--run '{folder}' is no folder; name the folder of a run");
        }

        IReadOnlyList<EmaFile> files = EmaFile.In(folder);
        if (files.Count == 0)
        {
            throw new EdmException(
                $"--run '{folder}' holds no stored averages (ema-*.safetensors); name a run that was trained with --ema-profiles 0.05,0.1");
        }

        foreach (double deviation in deviations)
        {
            RunIdentity.Check(PowerEma.IsInRange(deviation), "--std", deviation, PowerEma.Range);
        }

        long newest = files.Max(file => file.Profile.Images);
        RunIdentity.Check(images is null || (images >= 1 && images <= newest), "--images", images ?? 0,
            string.Create(CultureInfo.InvariantCulture, $"from 1 to {newest}, the newest stored average of '{folder}'"));
        PowerProfile[] stored = [.. files.Select(file => file.Profile)];
        return new EmaReconstruction(folder, files,
        [
            .. deviations.Select(deviation => new PowerProfile(deviation, images ?? newest))
                .Select(target => (target, EmaMixture.Of(stored, target))),
        ]);
    }

    /// <summary>
    /// Makes all averages in one pass over the files, one file in memory at a time beside the sums (float64), and writes each as a
    /// snapshot.
    /// </summary>
    /// <param name="path">Where an average goes.</param>
    /// <param name="onFile">Told how many files are read.</param>
    /// <exception cref="EdmException">
    /// A stored file is damaged or of another training (nothing is written then), or one cannot be written.
    /// </exception>
    public void Write(Func<PowerProfile, string> path, Action<int>? onFile = null)
    {
        foreach ((PowerProfile profile, _) in Targets)
        {
            CheckPath(path(profile));
        }

        EmaSum[] sums = [.. Targets.Select(target => new EmaSum(target.Profile, target.Mixture.Error))];
        for (int i = 0; i < Files.Count; i++)
        {
            if (Targets.Any(target => target.Mixture.Weights[i] != 0))
            {
                var file = Files[i].Read();
                for (int k = 0; k < sums.Length; k++)
                {
                    sums[k].Add(file, Files[i].Path, Targets[k].Mixture.Weights[i]);
                }
            }

            onFile?.Invoke(i + 1);
        }

        foreach (EmaSum sum in sums)
        {
            string target = path(sum.Profile);
            FileErrors.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(target))!, "--out");
            FileErrors.Writing(target, () => sum.ToWriter().WriteTo(target), "the averages before it are whole");
        }
    }

    // Before anything is read; and a file that looks like a stored average would go into the next reconstruction.
    private void CheckPath(string path)
    {
        if (Directory.Exists(path))
        {
            throw new EdmException($"--out '{path}' is a folder; name a file, such as '{Path.Combine(path, "ema.safetensors")}'");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) == Path.GetFullPath(Folder).TrimEnd(Path.DirectorySeparatorChar)
            && Path.GetFileName(path) is var name && (EmaFile.ProfileOf(name) is not null || !IsFree(name)))
        {
            throw new EdmException($"--out '{path}' has the name of one of the run's own files; choose another");
        }
    }

    private static bool IsFree(string name) =>
        !name.StartsWith(RunFiles.SnapshotPrefix, StringComparison.Ordinal)
        && !name.StartsWith("training-state-", StringComparison.Ordinal);
}
