using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>A stored power-function average, <c>ema-0.05-000040000.safetensors</c>: a snapshot that says which profile it has.</summary>
/// <param name="Path">The file.</param>
/// <param name="Profile">Its profile, by its name.</param>
public sealed record EmaFile(string Path, PowerProfile Profile)
{
    /// <summary>The metadata key of the profile's standard deviation.</summary>
    public const string DeviationKey = "ema_std";

    /// <summary>The metadata key of the images that training had seen.</summary>
    public const string ImagesKey = "images";

    /// <summary>The metadata key of what says which run a file is of.</summary>
    public const string RunKey = "run";

    private const string Prefix = "ema-";
    private const string Suffix = ".safetensors";

    /// <summary>The stored averages in a folder, by length and time.</summary>
    /// <param name="folder">A run's folder.</param>
    public static IReadOnlyList<EmaFile> In(string folder) =>
    [
        .. from path in Directory.EnumerateFiles(folder, Prefix + "*" + Suffix)
           let profile = ProfileOf(System.IO.Path.GetFileName(path))
           where profile is not null
           orderby profile.Value.Deviation, profile.Value.Images
           select new EmaFile(path, profile.Value),
    ];

    /// <summary>The profile that a file's name speaks of; null for other names.</summary>
    /// <param name="name">The file's name.</param>
    public static PowerProfile? ProfileOf(string name)
    {
        string[] parts = name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            ? name[Prefix.Length..^Suffix.Length].Split('-') : [];
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double deviation)
            && PowerEma.IsInRange(deviation)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long images) && images > 0
            && new PowerProfile(deviation, images) is var profile && NameOf(profile) == name
                ? profile : null;
    }

    internal static string NameOf(PowerProfile profile) =>
        StateStore.Numbered(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{profile.Deviation}-"), profile.Images, Suffix);

    /// <summary>What tells the files of one run from those of another, in words that stay the same between versions.</summary>
    internal static string RunOf(RunIdentity identity) => JsonSerializer.Serialize(
        new { Name = identity.FolderName(), identity.Seed, Data = identity.DataFingerprint }, RunJson.Compact);

    internal static SafetensorsWriter Describe(SafetensorsWriter file, PowerProfile profile, string run) => file
        .Metadata(ImagesKey, profile.Images.ToString(CultureInfo.InvariantCulture))
        .Metadata(DeviationKey, profile.Deviation.ToString(CultureInfo.InvariantCulture))
        .Metadata(RunKey, run);

    /// <summary>Reads the file and checks that it is what its name says.</summary>
    /// <exception cref="EdmException">It is damaged or another file.</exception>
    internal SafetensorsFile Read()
    {
        SafetensorsFile file = SafetensorsFile.Read(Path);
        return file.Metadata.GetValueOrDefault(DeviationKey) == Profile.Deviation.ToString(CultureInfo.InvariantCulture)
            && file.Metadata.GetValueOrDefault(ImagesKey) == Profile.Images.ToString(CultureInfo.InvariantCulture)
                ? file
                : throw new EdmException($"'{Path}' does not hold the average that its name speaks of; move it out of the folder");
    }
}
