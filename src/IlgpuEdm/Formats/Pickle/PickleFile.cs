namespace IlgpuEdm.Formats.Pickle;

/// <summary>
/// Reads pickles of Python, protocols 2 to 5, as data. Nothing is executed: globals that are not on a fixed list (torch's tensors, NumPy's
/// arrays, OrderedDict, the reference's persistent objects) end the reading with one line that names them.
/// </summary>
public static class PickleFile
{
    /// <summary>Reads a file that is one pickle.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="EdmException">The file is missing, damaged, or holds what is not allowed.</exception>
    public static PickleValue Read(string path) => Read(FileBytes.Read(path), path);

    /// <summary>Reads a pickle in memory; the values refer to that memory.</summary>
    /// <param name="bytes">The pickle.</param>
    /// <param name="path">What it is called in errors.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="EdmException">It is damaged, or holds what is not allowed.</exception>
    public static PickleValue Read(ReadOnlyMemory<byte> bytes, string path)
    {
        try
        {
            var input = new PickleInput(bytes);
            var value = new PickleMachine(input, new PickleCalls(new PickleBudget(bytes.Length))).Run();
            return input.Left == 0 ? value : throw new FormatException($"{input.Left} bytes follow the pickle's end");
        }
        catch (FormatException error)
        {
            throw new EdmException($"{path}: this pickle cannot be read: {OneLine.Of(error)}", error);
        }
    }
}
