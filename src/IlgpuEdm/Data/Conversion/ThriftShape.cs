namespace IlgpuEdm.Data.Conversion;

/// <summary>The types of Thrift's compact protocol, by the numbers that stand in files.</summary>
internal enum ThriftType
{
    Stop,
    True,
    False,
    Byte,
    I16,
    I32,
    I64,
    Double,
    Binary,
    List,
    Set,
    Map,
    Struct,
    Uuid,
}

/// <summary>What a value should be: a plain one, a list of such values, or a struct.</summary>
internal abstract record ThriftShape
{
    /// <summary>The type by which the value is written; true and false are one.</summary>
    public abstract ThriftType Type { get; }

    /// <summary>A number, a truth value or bytes.</summary>
    internal sealed record Plain(ThriftType PlainType) : ThriftShape
    {
        public override ThriftType Type => PlainType;
    }

    /// <summary>A list.</summary>
    internal sealed record ListOf(ThriftShape Element) : ThriftShape
    {
        public override ThriftType Type => ThriftType.List;
    }

    /// <summary>A struct; the first field has the number 1, and null stands for numbers that are not used.</summary>
    internal sealed record Struct(params ThriftShape?[] Fields) : ThriftShape
    {
        public override ThriftType Type => ThriftType.Struct;

        public ThriftShape? Field(int number) => number >= 1 && number <= Fields.Length ? Fields[number - 1] : null;
    }
}
