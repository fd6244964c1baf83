using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Formats.Torch;

namespace IlgpuEdm.Interchange;

/// <summary>
/// Moves weights between this program, PyTorch and NumPy: reads every kind of file that holds them, told by its contents, and writes
/// them by the ending of the name; as ONNX a network that computes.
/// </summary>
public static class TensorFiles
{
    /// <summary>What <see cref="Write"/> takes, for messages.</summary>
    public const string Endings = ".safetensors, .npz, .pth, .pt or .onnx";

    private const string OnnxEnding = ".onnx";

    /// <summary>Says what a file is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdmException">It is missing or cannot be read.</exception>
    public static TensorFileKind KindOf(string path) => TensorFileKinds.Of(LocalFile.Of(path));

    /// <summary>The SHA-256 of a file, in hexadecimal digits.</summary>
    /// <param name="path">A path, or the URL of a local file.</param>
    /// <exception cref="EdmException">It is missing or cannot be read.</exception>
    public static string HashOf(string path) => FileBytes.Hash(LocalFile.Of(path));

    /// <summary>Whether a zip of arrays says what it is, as those that this program writes do.</summary>
    internal static bool IsDescribed(string path) => ReadZip(path, zip => zip.Has(TensorDescription.EntryName));

    /// <summary>
    /// Reads a network with its description: a snapshot, a network pickle of the reference, or a file made of one of these.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>Weights and description as a snapshot has them.</returns>
    /// <exception cref="EdmException">The file is missing, damaged, or holds no described network.</exception>
    public static SafetensorsFile ReadNetwork(string path)
    {
        path = LocalFile.Of(path);
        var file = Read(path);
        if (KindOf(path) != TensorFileKind.Safetensors)
        {
            RequireDescription(file);
        }

        return file;
    }

    /// <summary>Reads all tensors of a file, and its description where it has one.</summary>
    /// <param name="path">Safetensors, a network pickle, a file of torch.save, or .npz; a path or the URL of a local file.</param>
    /// <returns>The tensors; of a network pickle those of the averaged network.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or of another kind.</exception>
    public static SafetensorsFile Read(string path)
    {
        path = LocalFile.Of(path);
        switch (KindOf(path))
        {
            case TensorFileKind.Safetensors:
                return SafetensorsFile.Read(path);
            case TensorFileKind.Pickle:
                return Of(path, PickleFile.Read(path), NoDescription);
            case TensorFileKind.TorchLegacy:
                return Of(path, TorchFile.Read(path), NoDescription);
            case TensorFileKind.TorchZip:
                return Of(path, TorchFile.Read(path), ReadZip(path, zip => TensorDescription.Read(zip, TorchZipFile.Folder(zip) ?? "")));
            case TensorFileKind.Npz:
                var arrays = NpzFile.Read(path);
                return new SafetensorsFile(
                    path, ReadZip(path, zip => TensorDescription.Read(zip)),
                    arrays.Select(a => new SafetensorsEntry(a.Key, a.Value.Type, a.Value.Shape, a.Value.Bytes)));
            default:
                throw new EdmException($"{path}: it is neither safetensors nor a pickle, a file of torch.save or .npz, or it is damaged");
        }
    }

    /// <summary>Writes tensors as one file that is whole or absent.</summary>
    /// <param name="path">The file; its ending says the format.</param>
    /// <param name="file">The tensors.</param>
    /// <exception cref="EdmException">
    /// The ending is another, the format has no such type, the file cannot be written, or ONNX is asked for and the tensors are no
    /// described network.
    /// </exception>
    public static void Write(string path, SafetensorsFile file)
    {
        RequireEnding(path);
        var description = file.Metadata.Where(entry => entry.Key != SafetensorsChecksum.Key).ToDictionary(StringComparer.Ordinal);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".safetensors":
                var writer = new SafetensorsWriter();
                foreach (var (key, value) in description)
                {
                    writer.Metadata(key, value);
                }

                foreach (var entry in file.Tensors.Values)
                {
                    writer.Add(entry);
                }

                writer.WriteTo(path);
                break;
            case ".npz":
                NpzStates.Write(path, file, description);
                break;
            case OnnxEnding:
                RequireDescription(file);
                OnnxDenoiser.Write(path, file, description);
                break;
            default:
                TorchFile.Write(path, [.. file.Tensors.Values], description);
                break;
        }
    }

    /// <summary>Checks that <see cref="Write"/> knows the ending of a name.</summary>
    /// <param name="path">The file to be written.</param>
    /// <exception cref="EdmException">It does not.</exception>
    public static void RequireEnding(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".safetensors" or ".npz" or ".pth" or ".pt" or OnnxEnding))
        {
            throw new EdmException($"{path}: the ending of the name says the format to write; it must be {Endings}");
        }
    }

    private static Dictionary<string, string> NoDescription { get; } = [];

    private static void RequireDescription(SafetensorsFile file)
    {
        if (!file.Metadata.ContainsKey(NetworkDenoiser.FormatKey))
        {
            throw new EdmException(
                $"{file.Path}: it holds tensors, but does not say what network they belong to; give a snapshot, a network pickle with "
                + "'ema', or a file that 'convert' made of one");
        }
    }

    private static SafetensorsFile Of(string path, PickleValue root, IReadOnlyDictionary<string, string> description)
    {
        try
        {
            var network = NetworkPickle.Find(root);
            if (network != null)
            {
                var (options, preconditioner) = NetworkPickle.Describe(network);
                description = NetworkDenoiser.Description(options, preconditioner);
            }

            var tensors = StateTensors.Collect(network ?? root, new FileInfo(path).Length);
            return tensors.Count > 0
                ? new SafetensorsFile(path, description, tensors)
                : throw new FormatException("it holds no tensors");
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: no weights can be read from it: {OneLine.Of(error)}", error);
        }
        catch (EdmException error)
        {
            throw new EdmException($"{path}: {error.Message}", error);
        }
    }

    private static T ReadZip<T>(string path, Func<ZipContent, T> read) => FileBytes.Open(path, stream =>
    {
        try
        {
            using var zip = new ZipContent(stream);
            return read(zip);
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: {OneLine.Of(error)}", error);
        }
    });
}
