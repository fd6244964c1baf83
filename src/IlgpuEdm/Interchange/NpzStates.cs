using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;

namespace IlgpuEdm.Interchange;

/// <summary>Writes tensors and their description as a .npz file.</summary>
internal static class NpzStates
{
    /// <summary>Writes the file; types that NumPy lacks become float32 where that loses nothing.</summary>
    /// <exception cref="EdmException">A type is of neither sort, or the file cannot be written.</exception>
    public static void Write(string path, SafetensorsFile file, IReadOnlyDictionary<string, string> description)
    {
        var arrays = file.Tensors.Values.Select(entry => (entry.Name, Array: Array(path, file, entry))).ToList();
        IEnumerable<(string, Action<Stream>)> entries = arrays.Select(
            a => (a.Name + ".npy", (Action<Stream>)(stream => NpyFile.Write(stream, a.Array))));
        if (description.Count > 0)
        {
            entries = entries.Append((TensorDescription.EntryName, stream => stream.Write(TensorDescription.ToJson(description))));
        }

        NpzFile.Write(path, entries);
    }

    private static NumpyArray Array(string path, SafetensorsFile file, SafetensorsEntry entry)
    {
        int[] shape = [.. entry.Shape];
        if (entry.Type == SafetensorsType.BF16)
        {
            return NumpyArray.Create(
                SafetensorsType.F32, shape, false, MemoryMarshal.AsBytes(file.GetFloats(entry.Name).AsSpan()).ToArray());
        }

        return NumpyTypes.Name(entry.Type) != null
            ? NumpyArray.Create(entry.Type, shape, false, entry.Bytes)
            : throw new EdmException($"{path}: NumPy has no type {entry.Type.FileName()} for '{entry.Name}'; write .safetensors");
    }
}
