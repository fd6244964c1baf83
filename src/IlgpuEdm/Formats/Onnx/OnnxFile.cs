namespace IlgpuEdm.Formats.Onnx;

/// <summary>Writes ONNX files: a graph with its constants in one protobuf message.</summary>
internal static class OnnxFile
{
    // Operators of this version are known to every runtime since 2022; 8 is the version of the format that came with them.
    private const long Opset = 17;
    private const long FormatVersion = 8;

    /// <summary>Writes a file that is whole or absent. The same graph gives the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="name">What the graph is called.</param>
    /// <param name="metadata">Texts beside it.</param>
    /// <exception cref="EdmException">It would have 2 GB or more, or cannot be written.</exception>
    public static void Write(string path, OnnxGraph graph, string name, IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ProtobufMessage()
            .Add(OnnxFields.Model.FormatVersion, FormatVersion)
            .Add(OnnxFields.Model.ProducerName, "ilgpu-edm")
            .Add(OnnxFields.Model.ProducerVersion, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3))
            .Add(OnnxFields.Model.Graph, graph.ToMessage(name))
            .Add(OnnxFields.Model.Opset, new ProtobufMessage().Add(OnnxFields.Opset.Domain, "").Add(OnnxFields.Opset.Version, Opset));
        foreach (var (key, value) in metadata)
        {
            model.Add(
                OnnxFields.Model.Metadata,
                new ProtobufMessage().Add(OnnxFields.Metadata.Key, key).Add(OnnxFields.Metadata.Value, value));
        }

        if (model.Size > int.MaxValue)
        {
            throw new EdmException(
                $"{path}: the network takes {model.Size:N0} bytes, and an ONNX file can have 2 GB (a limit of protobuf); "
                + "convert to .safetensors, .npz or .pth instead");
        }

        AtomicFile.Write(path, model.WriteTo);
    }
}
