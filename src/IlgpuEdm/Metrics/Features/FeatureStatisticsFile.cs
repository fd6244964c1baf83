using System.Globalization;
using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;

namespace IlgpuEdm.Metrics;

/// <summary>
/// A reference for scores as <c>.npz</c>: <c>mu</c> and <c>sigma</c> as the reference implementation and pytorch-fid write and read them,
/// and what those pass over: <c>count</c>, <c>features</c> where they were kept, and <c>ilgpu-edm.json</c>, which says what was measured.
/// </summary>
public static class FeatureStatisticsFile
{
    private const string Mean = "mu";
    private const string Covariance = "sigma";
    private const string Count = "count";
    private const string Features = "features";
    private const string Suffix = ".npy";
    private const string Format = "ilgpu-edm-features";

    // How far two halves of a covariance may be apart, relative to its largest element: sums in float32 differ by as much.
    private const double Asymmetry = 1e-5;

    /// <summary>Writes a file that is whole or absent; the same figures give the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="set">What to write.</param>
    /// <exception cref="EdmException">It cannot be written, or its features are more than 2 GB.</exception>
    public static void Write(string path, FeatureSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var statistics = set.Statistics;
        var length = statistics.Length;
        var entries = new List<(string, Action<Stream>)>
        {
            Entry(Mean, NpyFile.Array(statistics.Mean, length)),
            Entry(Covariance, NpyFile.Array(statistics.Covariance, length, length)),
        };
        if (statistics.Count is { } count)
        {
            entries.Add(Entry(Count, NpyFile.Array([count])));
        }

        if (set.Features is { } features)
        {
            if ((long)features.Count * length * sizeof(float) > Array.MaxLength / 2)
            {
                throw new EdmException(
                    $"{path}: the features of {features.Count} images are more than 1 GB; keep those of fewer, or of none");
            }

            entries.Add((Features + Suffix, stream => WriteRows(stream, features, length)));
        }

        if (set.Origin is { } origin)
        {
            var description = new Dictionary<string, string>
            {
                ["format"] = Format,
                ["feature_network"] = origin.Network,
                ["feature_network_sha256"] = origin.NetworkHash,
                ["resize"] = origin.Resize,
                ["images"] = origin.Images,
                ["fingerprint"] = origin.Fingerprint,
            };
            entries.Add((TensorDescription.EntryName, stream => stream.Write(TensorDescription.ToJson(description))));
        }

        NpzFile.Write(path, entries);
    }

    /// <summary>Reads a file of this program, of the reference implementation or of pytorch-fid.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="EdmException">It is missing, damaged, or holds no figures of features.</exception>
    public static FeatureSet Read(string path) => FileBytes.Open(path, stream =>
    {
        try
        {
            using var zip = new ZipContent(stream);
            return Set(NpzFile.Read(zip), TensorDescription.Read(zip)) with { FileHash = FileBytes.Hash(path) };
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: not a file of a set's mean and covariance: {OneLine.Of(error)}", error);
        }
    });

    /// <summary>Whether a file is a zip of arrays, rather than of images.</summary>
    /// <param name="path">A file or folder.</param>
    /// <returns>True where it is one that <see cref="Read"/> may read.</returns>
    /// <exception cref="EdmException">It is missing or cannot be read.</exception>
    public static bool IsOne(string path) => !Directory.Exists(path) && FileBytes.Open(path, stream =>
    {
        Span<byte> head = stackalloc byte[4];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.SequenceEqual("PK\x3\x4"u8))
        {
            return false;
        }

        try
        {
            using var zip = new ZipContent(stream);
            return NpzFile.IsNpz(zip);
        }
        catch (FormatException)
        {
            // What reads it next says what is wrong.
            return path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);
        }
    });

    private static FeatureSet Set(OrderedDictionary<string, NumpyArray> arrays, IReadOnlyDictionary<string, string> description)
    {
        var mean = Doubles(Mean, Required(arrays, Mean), rank: 1);
        var covariance = Required(arrays, Covariance);
        RequireShape(Covariance, covariance, mean.Length, mean.Length);
        var squares = Doubles(Covariance, covariance, rank: 2);
        MakeSymmetric(squares, mean.Length);
        long? count = arrays.TryGetValue(Count, out var number) ? CountOf(number) : null;
        var features = arrays.TryGetValue(Features, out var all) ? Rows(all, mean.Length, count) : null;
        return new FeatureSet(new FeatureStatistics(mean, squares, count), Origin(description), features);
    }

    private static NumpyArray Required(OrderedDictionary<string, NumpyArray> arrays, string name) =>
        arrays.TryGetValue(name, out var array) ? array : throw new FormatException(
            $"it has no array '{name}'; 'fid ref' makes such a file, and an array of images becomes a data set by 'dataset convert'");

    private static double[] Doubles(string name, NumpyArray array, int rank)
    {
        if (array.Shape.Count != rank || array.Bytes.IsEmpty)
        {
            throw new FormatException($"'{name}' has the shape {Shown(array)}; it must have {rank} dimension{(rank == 1 ? "" : "s")}");
        }

        var values = array.Type switch
        {
            SafetensorsType.F64 => MemoryMarshal.Cast<byte, double>(array.Bytes.Span).ToArray(),
            SafetensorsType.F32 => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(array.Bytes.Span).ToArray(), v => (double)v),
            _ => throw new FormatException($"'{name}' is of type {array.Type.FileName()}; it must be float64 or float32"),
        };
        return Array.TrueForAll(values, double.IsFinite) ? values : throw new FormatException($"'{name}' has numbers that are not finite");
    }

    private static void MakeSymmetric(double[] matrix, int size)
    {
        var allowed = Asymmetry * matrix.Max(Math.Abs);
        for (var i = 0; i < size; i++)
        {
            if (matrix[i * size + i] < 0)
            {
                throw new FormatException($"'{Covariance}' has a variance below 0");
            }

            for (var j = 0; j < i; j++)
            {
                double low = matrix[i * size + j], high = matrix[j * size + i];
                if (Math.Abs(low - high) > allowed)
                {
                    throw new FormatException($"'{Covariance}' is not symmetric");
                }

                matrix[i * size + j] = matrix[j * size + i] = (low + high) / 2;
            }
        }
    }

    private static long CountOf(NumpyArray array)
    {
        if (array.Type != SafetensorsType.I64 || array.Bytes.Length != sizeof(long) || MemoryMarshal.Read<long>(array.Bytes.Span) < 2)
        {
            throw new FormatException($"'{Count}' must be one whole number of at least 2");
        }

        return MemoryMarshal.Read<long>(array.Bytes.Span);
    }

    private static float[][] Rows(NumpyArray array, int length, long? count)
    {
        if (array.Type != SafetensorsType.F32 || array.Shape.Count != 2)
        {
            throw new FormatException($"'{Features}' must be float32 of two dimensions");
        }

        RequireShape(Features, array, (int)Math.Min(count ?? array.Shape[0], int.MaxValue), length);
        var values = MemoryMarshal.Cast<byte, float>(array.Bytes.Span);
        var rows = new float[array.Shape[0]][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = values.Slice(i * length, length).ToArray();
            if (!Array.TrueForAll(rows[i], float.IsFinite))
            {
                throw new FormatException($"'{Features}' has numbers that are not finite");
            }
        }

        return rows;
    }

    private static FeatureOrigin? Origin(IReadOnlyDictionary<string, string> description)
    {
        if (description.Count == 0)
        {
            return null;
        }

        return description.GetValueOrDefault("format") == Format
            ? new FeatureOrigin(Text("feature_network"), Text("feature_network_sha256"), Text("resize"), Text("images"), Text("fingerprint"))
            : throw new FormatException("it describes something else, such as the weights of a network");

        string Text(string key) => description.GetValueOrDefault(key)
            ?? throw new FormatException($"its description lacks '{key}'");
    }

    private static void RequireShape(string name, NumpyArray array, int rows, int columns)
    {
        if (!array.Shape.SequenceEqual([rows, columns]))
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture,
                $"'{name}' has the shape {Shown(array)}; [{rows},{columns}] fits the others"));
        }
    }

    private static string Shown(NumpyArray array) => $"[{string.Join(',', array.Shape)}]";

    private static (string, Action<Stream>) Entry(string name, NumpyArray array) =>
        (name + Suffix, stream => NpyFile.Write(stream, array));

    private static void WriteRows(Stream stream, IReadOnlyList<float[]> rows, int length)
    {
        stream.Write(NpyHeader.Create(SafetensorsType.F32, [rows.Count, length]));
        foreach (var row in rows)
        {
            stream.Write(MemoryMarshal.AsBytes(row.AsSpan()));
        }
    }
}
