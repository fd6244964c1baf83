using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>A weighted sum of stored averages under way, in float64 and in the files' layout.</summary>
internal sealed class EmaSum(PowerProfile profile, double error)
{
    // What all files of a sum must agree in.
    private static readonly string[] Keys = [NetworkDenoiser.FormatKey, "version", "network", "preconditioner", EmaFile.RunKey];

    private readonly Dictionary<string, string?> description = [];
    private readonly OrderedDictionary<string, (int[] Shape, double[] Values)> tensors = [];
    private string firstPath = "";
    private int files;

    public PowerProfile Profile => profile;

    /// <summary>Adds a file with a weight; with weight 0 nothing but a check that it belongs here.</summary>
    public void Add(SafetensorsFile file, string path, double weight)
    {
        if (firstPath.Length == 0)
        {
            Start(file, path);
        }

        RequireSame(file, path);
        if (weight == 0)
        {
            return;
        }

        files++;
        foreach ((string name, (_, double[] values)) in tensors)
        {
            float[] added = file.GetFloats(name);
            for (int i = 0; i < added.Length; i++)
            {
                values[i] += weight * added[i];
            }
        }
    }

    /// <summary>The sum as a snapshot.</summary>
    public SafetensorsWriter ToWriter()
    {
        var writer = new SafetensorsWriter();
        foreach ((string key, string? value) in description)
        {
            if (value is not null && key != EmaFile.RunKey)
            {
                writer.Metadata(key, value);
            }
        }

        EmaFile.Describe(writer, profile, description[EmaFile.RunKey] ?? "")
            .Metadata("ema_reconstruction", string.Create(CultureInfo.InvariantCulture,
                $"{{\"files\":{files},\"profile_error\":{error:G3}}}"));
        foreach ((string name, (int[] shape, double[] values)) in tensors)
        {
            float[] rounded = Array.ConvertAll(values, value => (float)value);
            if (!Array.TrueForAll(rounded, float.IsFinite))
            {
                throw new EdmException($"tensor '{name}' of the stored averages has values that are not finite; the run has diverged");
            }

            writer.Add(name, rounded, shape);
        }

        return writer;
    }

    private void Start(SafetensorsFile file, string path)
    {
        firstPath = path;
        foreach (string key in Keys)
        {
            description[key] = file.Metadata.GetValueOrDefault(key);
        }

        foreach (string name in file.Tensors.Keys)
        {
            int[] shape = file.GetShape(name);
            tensors.Add(name, (shape, new double[shape.Aggregate(1, (product, length) => product * length)]));
        }
    }

    private void RequireSame(SafetensorsFile file, string path)
    {
        string? other = Keys.FirstOrDefault(key => file.Metadata.GetValueOrDefault(key) != description[key]);
        if (other is null && (file.Tensors.Count != tensors.Count
            || tensors.Any(tensor => !file.Contains(tensor.Key) || !file.GetShape(tensor.Key).SequenceEqual(tensor.Value.Shape))))
        {
            other = "network";
        }

        if (other is not null)
        {
            throw new EdmException($"'{path}' and '{firstPath}' differ in their {other}: they are not of one training; "
                + "move those of another out of the folder");
        }
    }
}
