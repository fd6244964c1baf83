using System.Globalization;
using System.Runtime.InteropServices;

using Fields = IlgpuEdm.Formats.Onnx.OnnxFields;

namespace IlgpuEdm.Formats.Onnx;

/// <summary>A graph of ONNX operators as it is put together; nodes lie in the order in which they run.</summary>
internal sealed class OnnxGraph
{
    private const string Batch = "batch";
    private readonly List<ProtobufMessage> _nodes = [];
    private readonly List<ProtobufMessage> _inputs = [];
    private readonly List<ProtobufMessage> _outputs = [];
    private readonly OrderedDictionary<string, ProtobufMessage> _constants = new(StringComparer.Ordinal);

    /// <summary>An input that is left out.</summary>
    public OnnxValue Absent => new(this, "");

    /// <summary>Declares an input of float32; any number of images comes first.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape after the images.</param>
    public OnnxValue Input(string name, params int[] shape)
    {
        _inputs.Add(Declaration(name, Batch, shape));
        return new OnnxValue(this, name);
    }

    /// <summary>
    /// Declares an input of float32 that may be left out: it is zero then. Given, it has one row for all images or one for each.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">Length of a row.</param>
    public OnnxValue OptionalInput(string name, int size)
    {
        // The default's shape is fixed, while that of the input is not.
        _inputs.Add(Declaration(name, "rows", size));
        return Constant(name, new float[size], 1, size);
    }

    /// <summary>Declares a value as an output of float32; any number of images comes first.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="shape">Its shape after the images.</param>
    public void Output(string name, OnnxValue value, params int[] shape)
    {
        AddNode("Identity", [value], [name], []);
        _outputs.Add(Declaration(name, Batch, shape));
    }

    /// <summary>A constant of float32 whose values are read when the file is written; there is one of each name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="read">Reads its values, little-endian and row-major.</param>
    public OnnxValue Constant(string name, int[] shape, Func<ReadOnlyMemory<byte>> read) =>
        Constant(name, Fields.Element.Float, sizeof(float), shape, read);

    /// <summary>A constant of float32; there is one of each name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its values.</param>
    /// <param name="shape">Its shape.</param>
    public OnnxValue Constant(string name, float[] values, params int[] shape) =>
        Constant(name, shape, () => MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <summary>A number.</summary>
    public OnnxValue Scalar(float value) =>
        Constant(string.Create(CultureInfo.InvariantCulture, $"number_{value:g9}"), [value]);

    /// <summary>A list of whole numbers, such as a shape.</summary>
    public OnnxValue Integers(params int[] values) => Constant(
        "integers_" + string.Join('_', values), Fields.Element.Int64, sizeof(long), [values.Length],
        () => MemoryMarshal.AsBytes<long>(Array.ConvertAll(values, value => (long)value)).ToArray());

    /// <summary>Adds a node.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes: whole numbers, lists of them, floats or texts.</param>
    /// <returns>Its output.</returns>
    public OnnxValue Node(string type, OnnxValue[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(type, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">How many outputs.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>Its outputs.</returns>
    public OnnxValue[] Nodes(string type, OnnxValue[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        var names = Enumerable.Range(0, outputs).Select(i => NodeName(type) + (outputs == 1 ? "" : $"_{i}")).ToArray();
        AddNode(type, inputs, names, attributes);
        return Array.ConvertAll(names, name => new OnnxValue(this, name));
    }

    /// <summary>The graph as a message of the format.</summary>
    /// <param name="name">What it is called.</param>
    public ProtobufMessage ToMessage(string name)
    {
        var message = new ProtobufMessage();
        _nodes.ForEach(node => message.Add(Fields.Graph.Node, node));
        message.Add(Fields.Graph.Name, name);
        foreach (var constant in _constants.Values)
        {
            message.Add(Fields.Graph.Constant, constant);
        }

        _inputs.ForEach(input => message.Add(Fields.Graph.Input, input));
        _outputs.ForEach(output => message.Add(Fields.Graph.Output, output));
        return message;
    }

    private string NodeName(string type) => $"{type}_{_nodes.Count}";

    private void AddNode(string type, OnnxValue[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        var node = new ProtobufMessage();
        Array.ForEach(inputs, input => node.Add(Fields.Node.Input, input.Name));
        Array.ForEach(outputs, output => node.Add(Fields.Node.Output, output));
        node.Add(Fields.Node.Name, NodeName(type)).Add(Fields.Node.Operator, type);
        Array.ForEach(attributes, attribute => node.Add(Fields.Node.Attribute, Attribute(attribute.Name, attribute.Value)));
        _nodes.Add(node);
    }

    private static ProtobufMessage Attribute(string name, object value)
    {
        var attribute = new ProtobufMessage().Add(Fields.Attribute.Name, name);
        switch (value)
        {
            case float number:
                return attribute.Add(Fields.Attribute.Float, number).Add(Fields.Attribute.Type, Fields.Attribute.TypeFloat);
            case int number:
                return attribute.Add(Fields.Attribute.Integer, (long)number).Add(Fields.Attribute.Type, Fields.Attribute.TypeInteger);
            case string text:
                return attribute.Add(Fields.Attribute.Text, text).Add(Fields.Attribute.Type, Fields.Attribute.TypeText);
            case int[] numbers:
                Array.ForEach(numbers, number => attribute.Add(Fields.Attribute.Integers, (long)number));
                return attribute.Add(Fields.Attribute.Type, Fields.Attribute.TypeIntegers);
            default:
                throw new ArgumentException($"no attribute is a {value.GetType()}", nameof(value));
        }
    }

    private OnnxValue Constant(string name, long type, int elementBytes, int[] shape, Func<ReadOnlyMemory<byte>> read)
    {
        if (!_constants.ContainsKey(name))
        {
            var tensor = new ProtobufMessage();
            Array.ForEach(shape, size => tensor.Add(Fields.Tensor.Size, (long)size));
            tensor.Add(Fields.Tensor.Type, type).Add(Fields.Tensor.Name, name);
            tensor.Add(Fields.Tensor.Bytes, shape.Aggregate((long)elementBytes, (a, b) => a * b), read);
            _constants.Add(name, tensor);
        }

        return new OnnxValue(this, name);
    }

    private static ProtobufMessage Declaration(string name, string first, params int[] shape)
    {
        var sizes = new ProtobufMessage().Add(Fields.Declaration.Axis, new ProtobufMessage().Add(Fields.Declaration.SizeName, first));
        Array.ForEach(shape, size => sizes.Add(Fields.Declaration.Axis, new ProtobufMessage().Add(Fields.Declaration.Size, (long)size)));
        var tensor = new ProtobufMessage().Add(Fields.Declaration.ElementType, Fields.Element.Float).Add(Fields.Declaration.Shape, sizes);
        var type = new ProtobufMessage().Add(Fields.Declaration.TensorType, tensor);
        return new ProtobufMessage().Add(Fields.Declaration.Name, name).Add(Fields.Declaration.Type, type);
    }
}
