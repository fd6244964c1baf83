using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Networks;

/// <summary>
/// What a module needs to add itself to an ONNX graph, as <see cref="NetworkPass"/> is what it needs to run: the graph and the parameters,
/// which come from a file as it has them.
/// </summary>
/// <param name="Graph">The graph.</param>
/// <param name="File">The file with the parameters' values.</param>
/// <param name="Prefix">Put before each parameter's name in the file.</param>
internal sealed record OnnxPass(OnnxGraph Graph, SafetensorsFile File, string Prefix)
{
    /// <summary>The values of a parameter, in PyTorch's layout.</summary>
    /// <param name="parameter">The parameter.</param>
    public OnnxValue this[Parameter parameter] =>
        Graph.Constant(parameter.Name, parameter.FileShape, () => Read(Prefix + parameter.Name));

    private ReadOnlyMemory<byte> Read(string name)
    {
        var entry = File.Tensors[name];
        return entry.Type == SafetensorsType.F32 ? entry.Bytes : MemoryMarshal.AsBytes<float>(File.GetFloats(name)).ToArray();
    }
}
