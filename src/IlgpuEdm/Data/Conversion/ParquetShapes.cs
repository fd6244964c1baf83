using static IlgpuEdm.Data.Conversion.ThriftShape;

namespace IlgpuEdm.Data.Conversion;

/// <summary>What the headers of Parquet files are made of (the format's parquet.thrift), as far as types go.</summary>
internal static class ParquetShapes
{
    private static readonly Plain Flag = new(ThriftType.True);
    private static readonly Plain Byte = new(ThriftType.Byte);
    private static readonly Plain I16 = new(ThriftType.I16);
    private static readonly Plain I32 = new(ThriftType.I32);
    private static readonly Plain I64 = new(ThriftType.I64);
    private static readonly Plain Double = new(ThriftType.Double);
    private static readonly Plain Text = new(ThriftType.Binary);
    private static readonly Struct Nothing = new();

    private static readonly Struct KeyValue = new(Text, Text);

    private static readonly Struct Statistics = new(Text, Text, I64, I64, Text, Text, Flag, Flag);

    private static readonly Struct Time = new(Flag, new Struct(Nothing, Nothing, Nothing));

    // Text, map, list, enum, decimal, date, time, timestamp, -, integer, null, JSON, BSON, UUID, float16, variant, geometry, geography.
    private static readonly Struct LogicalType = new(
        Nothing, Nothing, Nothing, Nothing, new Struct(I32, I32), Nothing, Time, Time, null, new Struct(Byte, Flag), Nothing, Nothing,
        Nothing, Nothing, Nothing, new Struct(Byte), new Struct(Text), new Struct(Text, I32));

    private static readonly Struct SchemaElement = new(I32, I32, I32, Text, I32, I32, I32, I32, I32, LogicalType);

    private static readonly Struct SizeStatistics = new(I64, new ListOf(I64), new ListOf(I64));

    private static readonly Struct GeospatialStatistics = new(
        new Struct(Double, Double, Double, Double, Double, Double, Double, Double), new ListOf(I32));

    private static readonly Struct ColumnMetadata = new(
        I32, new ListOf(I32), new ListOf(Text), I32, I64, I64, I64, new ListOf(KeyValue), I64, I64, I64, Statistics,
        new ListOf(new Struct(I32, I32, I32)), I64, I32, SizeStatistics, GeospatialStatistics);

    private static readonly Struct Encryption = new(Nothing, new Struct(new ListOf(Text), Text));

    private static readonly Struct ColumnChunk = new(Text, I64, ColumnMetadata, I64, I32, I64, I32, Encryption, Text);

    private static readonly Struct RowGroup = new(
        new ListOf(ColumnChunk), I64, I64, new ListOf(new Struct(I32, Flag, Flag)), I64, I64, I16);

    private static readonly Struct Cipher = new(new Struct(Text, Text, Flag), new Struct(Text, Text, Flag));

    /// <summary>The table of contents at the end of a file.</summary>
    public static Struct Footer { get; } = new(
        I32, new ListOf(SchemaElement), I64, new ListOf(RowGroup), new ListOf(KeyValue), Text, new ListOf(new Struct(Nothing)), Cipher,
        Text);

    /// <summary>What stands before each page of a column.</summary>
    public static Struct PageHeader { get; } = new(
        I32, I32, I32, I32, new Struct(I32, I32, I32, I32, Statistics), Nothing, new Struct(I32, I32, Flag),
        new Struct(I32, I32, I32, I32, I32, I32, Flag, Statistics));
}
