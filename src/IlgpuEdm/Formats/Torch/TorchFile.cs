using System.IO.Compression;
using IlgpuEdm.Formats.Pickle;

namespace IlgpuEdm.Formats.Torch;

/// <summary>
/// Reads what torch.save wrote (<c>.pth</c>, <c>.pt</c>), in the zip and in the legacy layout, as data; writes states of tensors that plain
/// <c>torch.load(weights_only=True)</c> reads.
/// </summary>
public static class TorchFile
{
    // What PyTorch calls the folder in its own archives, and the version of their layout that has no further rules.
    private const string Folder = "archive/";
    private static readonly byte[] Version = "3\n"u8.ToArray();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds; tensors are <see cref="TorchTensor"/>.</returns>
    /// <exception cref="EdmException">The file is missing, damaged, or holds what is not allowed.</exception>
    public static PickleValue Read(string path) => FileBytes.Open(path, stream =>
    {
        try
        {
            var start = new byte[16];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            stream.Position = 0;
            if (TorchLegacyFile.IsStart(start))
            {
                var bytes = FileBytes.Read(path);
                return TorchLegacyFile.Read(bytes, new PickleBudget(bytes.Length), isNested: false);
            }

            using var zip = new ZipContent(stream);
            return TorchZipFile.Read(zip, TorchZipFile.Folder(zip) ?? throw new FormatException($"it has no {TorchZipFile.Pickle}"));
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: this file of torch.save cannot be read: {OneLine.Of(error)}", error);
        }
    });

    /// <summary>
    /// Writes a state: an OrderedDict of tensors, as one file that is whole or absent. The same state gives the same bytes.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors in order, of types that PyTorch has.</param>
    /// <param name="description">Texts beside the state, which PyTorch passes over; empty for none.</param>
    /// <exception cref="EdmException">It cannot be written, or a type is not one of PyTorch's.</exception>
    public static void Write(
        string path, IReadOnlyList<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> description)
    {
        var pickle = new PickleWriter();
        foreach (var tensor in tensors)
        {
            var type = TorchStorage.ClassName(tensor.Type)
                ?? throw new EdmException($"{path}: PyTorch has no storage of type {tensor.Type.FileName()} for '{tensor.Name}'");
            pickle.Tensor(tensor.Name, type, tensor.Shape, tensor.ElementCount);
        }

        var bytes = pickle.Finish();
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            ZipContent.Add(archive, Folder + TorchZipFile.Pickle, entry => entry.Write(bytes));
            ZipContent.Add(archive, Folder + "byteorder", entry => entry.Write("little"u8));
            for (var i = 0; i < tensors.Count; i++)
            {
                var data = tensors[i].Bytes;
                var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Folder}data/{i}");
                ZipContent.Add(archive, name, entry => entry.Write(data.Span));
            }

            ZipContent.Add(archive, Folder + "version", entry => entry.Write(Version));
            if (description.Count > 0)
            {
                ZipContent.Add(archive, Folder + TensorDescription.EntryName, entry => entry.Write(TensorDescription.ToJson(description)));
            }
        });
    }
}
