namespace IlgpuEdm.Formats.Onnx;

/// <summary>The operators of ONNX that denoisers are made of. Images are NCHW, as everywhere in ONNX.</summary>
internal static class OnnxOperators
{
    /// <summary>The square root.</summary>
    public static OnnxValue Sqrt(this OnnxValue x) => x.Graph.Node("Sqrt", [x]);

    /// <summary>The natural logarithm.</summary>
    public static OnnxValue Log(this OnnxValue x) => x.Graph.Node("Log", [x]);

    /// <summary>The absolute value.</summary>
    public static OnnxValue Abs(this OnnxValue x) => x.Graph.Node("Abs", [x]);

    /// <summary>The sine.</summary>
    public static OnnxValue Sin(this OnnxValue x) => x.Graph.Node("Sin", [x]);

    /// <summary>The cosine.</summary>
    public static OnnxValue Cos(this OnnxValue x) => x.Graph.Node("Cos", [x]);

    /// <summary><c>x * sigmoid(x)</c>.</summary>
    public static OnnxValue Silu(this OnnxValue x) => x * x.Graph.Node("Sigmoid", [x]);

    /// <summary>
    /// The place of the smallest element along the last axis, the first of several, as float32; the axis stays, of size 1.
    /// </summary>
    public static OnnxValue IndexOfLeast(this OnnxValue x)
    {
        const int ToFloat = 1;
        var index = x.Graph.Node("ArgMin", [x], ("axis", -1), ("keepdims", 1));
        return x.Graph.Node("Cast", [index], ("to", ToFloat));
    }

    /// <summary>Another shape of the same elements: 0 keeps a size, -1 stands for what is left.</summary>
    public static OnnxValue Reshape(this OnnxValue x, params int[] shape) => x.Graph.Node("Reshape", [x, x.Graph.Integers(shape)]);

    /// <summary>The shape of another value of as many elements.</summary>
    public static OnnxValue ReshapeLike(this OnnxValue x, OnnxValue other) =>
        x.Graph.Node("Reshape", [x, x.Graph.Node("Shape", [other])]);

    /// <summary>From <c>[N, C]</c> to <c>[N, C, 1, 1]</c>, which meets each pixel of an image.</summary>
    public static OnnxValue OfEachPixel(this OnnxValue x) => x.Reshape(0, -1, 1, 1);

    /// <summary>The axes in another order.</summary>
    public static OnnxValue Transpose(this OnnxValue x, params int[] axes) => x.Graph.Node("Transpose", [x], ("perm", axes));

    /// <summary>Without an axis of size 1.</summary>
    public static OnnxValue Squeeze(this OnnxValue x, int axis) => x.Graph.Node("Squeeze", [x, x.Graph.Integers(axis)]);

    /// <summary>Equal parts along an axis.</summary>
    public static OnnxValue[] Split(this OnnxValue x, int axis, int parts) => x.Graph.Nodes("Split", [x], parts, ("axis", axis));

    /// <summary>Both, one after the other along the second axis.</summary>
    public static OnnxValue Join(this OnnxValue x, OnnxValue other) => x.Graph.Node("Concat", [x, other], ("axis", 1));

    /// <summary>The first channels.</summary>
    public static OnnxValue FirstChannels(this OnnxValue x, int count) =>
        x.Graph.Node("Slice", [x, x.Graph.Integers(0), x.Graph.Integers(count), x.Graph.Integers(1)]);

    /// <summary>The matrix product of the last two axes.</summary>
    public static OnnxValue MatMul(this OnnxValue x, OnnxValue other) => x.Graph.Node("MatMul", [x, other]);

    /// <summary>Softmax along the last axis.</summary>
    public static OnnxValue Softmax(this OnnxValue x) => x.Graph.Node("Softmax", [x], ("axis", -1));

    /// <summary>A linear layer with weights <c>[out, in]</c>.</summary>
    public static OnnxValue Linear(this OnnxValue x, OnnxValue weight, OnnxValue? bias) =>
        x.Graph.Node("Gemm", bias == null ? [x, weight] : [x, weight, bias.Value], ("transB", 1));

    /// <summary>A convolution with weights <c>[out, in, y, x]</c> and zeros around the image.</summary>
    public static OnnxValue Convolve(this OnnxValue x, OnnxValue weight, OnnxValue bias, int padding) =>
        x.Graph.Node("Conv", [x, weight, bias], ("pads", Enumerable.Repeat(padding, 4).ToArray()));

    /// <summary>Group norm without gain and offset.</summary>
    public static OnnxValue Normalize(this OnnxValue x, int groups, float epsilon)
    {
        var graph = x.Graph;
        var rows = x.Reshape(0, groups, -1);
        var ones = graph.Constant($"ones_{groups}", Enumerable.Repeat(1f, groups).ToArray(), groups);
        var zeros = graph.Constant($"zeros_{groups}", new float[groups], groups);
        return graph.Node("InstanceNormalization", [rows, ones, zeros], ("epsilon", epsilon)).ReshapeLike(x);
    }
}
