namespace IlgpuEdm.Formats.Onnx;

/// <summary>The numbers of the fields of ONNX's messages, as far as they are written here.</summary>
internal static class OnnxFields
{
    /// <summary>A file.</summary>
    public static class Model
    {
        public const int FormatVersion = 1, ProducerName = 2, ProducerVersion = 3, Graph = 7, Opset = 8, Metadata = 14;
    }

    /// <summary>A set of operators.</summary>
    public static class Opset
    {
        public const int Domain = 1, Version = 2;
    }

    /// <summary>A text and what it is.</summary>
    public static class Metadata
    {
        public const int Key = 1, Value = 2;
    }

    /// <summary>A graph.</summary>
    public static class Graph
    {
        public const int Node = 1, Name = 2, Constant = 5, Input = 11, Output = 12;
    }

    /// <summary>An operator at work.</summary>
    public static class Node
    {
        public const int Input = 1, Output = 2, Name = 3, Operator = 4, Attribute = 5;
    }

    /// <summary>An attribute of a node; it says which of its values is meant.</summary>
    public static class Attribute
    {
        public const int Name = 1, Float = 2, Integer = 3, Text = 4, Integers = 8, Type = 20;
        public const long TypeFloat = 1, TypeInteger = 2, TypeText = 3, TypeIntegers = 7;
    }

    /// <summary>A constant.</summary>
    public static class Tensor
    {
        public const int Size = 1, Type = 2, Name = 8, Bytes = 9;
    }

    /// <summary>An input or output: its name, and a tensor's type within a type.</summary>
    public static class Declaration
    {
        public const int Name = 1, Type = 2, TensorType = 1, ElementType = 1, Shape = 2, Axis = 1, Size = 1, SizeName = 2;
    }

    /// <summary>The types of elements.</summary>
    public static class Element
    {
        public const long Float = 1, Int64 = 7;
    }
}
