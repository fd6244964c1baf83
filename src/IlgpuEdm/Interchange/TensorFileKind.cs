using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Formats.Torch;

namespace IlgpuEdm.Interchange;

/// <summary>What a file of tensors is, told by its contents.</summary>
public enum TensorFileKind
{
    /// <summary>No file of tensors.</summary>
    None,

    /// <summary>Safetensors.</summary>
    Safetensors,

    /// <summary>A Python pickle.</summary>
    Pickle,

    /// <summary>torch.save's zip.</summary>
    TorchZip,

    /// <summary>torch.save's layout before PyTorch 1.6.</summary>
    TorchLegacy,

    /// <summary>NumPy's zip of arrays.</summary>
    Npz,
}

/// <summary>Recognises files of tensors.</summary>
internal static class TensorFileKinds
{
    /// <summary>Says what a file is.</summary>
    /// <exception cref="EdmException">It is missing or cannot be read.</exception>
    public static TensorFileKind Of(string path) => FileBytes.Open(path, stream =>
    {
        var start = new byte[16];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        return start switch
        {
            [(byte)'P', (byte)'K', ..] => OfZip(stream),
            _ when TorchLegacyFile.IsStart(start) => TensorFileKind.TorchLegacy,
            [0x80, >= 2 and <= 5, ..] => TensorFileKind.Pickle,
            [_, _, _, _, _, _, _, 0, (byte)'{', ..] => TensorFileKind.Safetensors,
            _ when path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) => TensorFileKind.Safetensors,
            _ => TensorFileKind.None,
        };
    });

    private static TensorFileKind OfZip(FileStream stream)
    {
        try
        {
            using var zip = new ZipContent(stream);
            return TorchZipFile.Folder(zip) != null ? TensorFileKind.TorchZip
                : NpzFile.IsNpz(zip) ? TensorFileKind.Npz
                : TensorFileKind.None;
        }
        catch (FormatException)
        {
            // A damaged zip may have been anything.
            return TensorFileKind.None;
        }
    }
}
