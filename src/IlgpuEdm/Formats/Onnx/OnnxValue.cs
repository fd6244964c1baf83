namespace IlgpuEdm.Formats.Onnx;

/// <summary>
/// A tensor of an ONNX graph: an input, a constant, or what a node makes. Arithmetic with values adds nodes; shapes that differ are
/// broadcast as NumPy does.
/// </summary>
/// <param name="Graph">The graph.</param>
/// <param name="Name">Its name there.</param>
internal readonly record struct OnnxValue(OnnxGraph Graph, string Name)
{
    public static OnnxValue operator +(OnnxValue a, OnnxValue b) => a.Graph.Node("Add", [a, b]);

    public static OnnxValue operator +(OnnxValue a, float b) => a + a.Graph.Scalar(b);

    public static OnnxValue operator -(OnnxValue a, OnnxValue b) => a.Graph.Node("Sub", [a, b]);

    public static OnnxValue operator -(OnnxValue a, float b) => a - a.Graph.Scalar(b);

    public static OnnxValue operator -(OnnxValue a) => a.Graph.Node("Neg", [a]);

    public static OnnxValue operator *(OnnxValue a, OnnxValue b) => a.Graph.Node("Mul", [a, b]);

    // Most networks have no factor where others have one.
    public static OnnxValue operator *(OnnxValue a, float b) => b == 1f ? a : a * a.Graph.Scalar(b);

    public static OnnxValue operator /(OnnxValue a, OnnxValue b) => a.Graph.Node("Div", [a, b]);

    public static OnnxValue operator /(OnnxValue a, float b) => a / a.Graph.Scalar(b);

    public static OnnxValue operator /(float a, OnnxValue b) => b.Graph.Scalar(a) / b;
}
