using IlgpuEdm.Formats;
using Parquet;
using Parquet.Schema;

namespace IlgpuEdm.Data.Conversion;

/// <summary>One Parquet file with a column of image files and perhaps one of labels.</summary>
internal sealed class ParquetImageFile : IDisposable
{
    private static readonly string[] LabelNames = ["label", "labels", "fine_label", "class"];

    private static readonly Type[] IntegerTypes =
        [typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long)];

    private readonly string path;
    private readonly FileStream stream;
    private readonly ParquetReader reader;
    private readonly DataField images;
    private readonly DataField? labels;

    public ParquetImageFile(string path)
    {
        this.path = path;
        stream = FileContent.OpenPlain(path);
        try
        {
            reader = Checked(() =>
            {
                ParquetCheck.Footer(stream);
                return ParquetReader.CreateAsync(stream, leaveStreamOpen: true).GetAwaiter().GetResult();
            });
            RequireSizes();
            var fields = Checked(() => reader.Schema.GetDataFields().Where(f => f.MaxRepetitionLevel == 0 && !f.IsArray).ToArray());
            images = ImageColumn(fields);
            labels = LabelColumn(fields);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Number of rows in all groups.</summary>
    public long Rows => reader.Metadata!.RowGroups.Sum(g => g.NumRows);

    /// <summary>Number of groups of rows.</summary>
    public int Groups => reader.RowGroupCount;

    /// <summary>For each row a long, a string, or null.</summary>
    public List<object?> ReadLabels()
    {
        var values = new List<object?>();
        for (var i = 0; i < Groups; i++)
        {
            var group = i;
            values.AddRange(Checked(() => ReadLabels(group)));
        }
        return values;
    }

    /// <summary>The image files of one group, null where a row has none.</summary>
    public byte[]?[] ReadImages(int group) => Checked(() =>
    {
        using var rows = Open(group, images);
        return Array.ConvertAll(ParquetColumn.Read<ReadOnlyMemory<byte>>(rows, images, v => v.ToArray()), v => (byte[]?)v);
    });

    public void Dispose() => stream.Dispose();

    private object?[] ReadLabels(int group)
    {
        if (labels is null)
        {
            return new object?[reader.Metadata!.RowGroups[group].NumRows];
        }
        using var rows = Open(group, labels);
        if (IsText(labels))
        {
            return ParquetColumn.Read<ReadOnlyMemory<char>>(rows, labels, v => v.ToString());
        }
        return Type.GetTypeCode(labels.ClrType) switch
        {
            TypeCode.SByte => ParquetColumn.Read<sbyte>(rows, labels, v => (long)v),
            TypeCode.Byte => ParquetColumn.Read<byte>(rows, labels, v => (long)v),
            TypeCode.Int16 => ParquetColumn.Read<short>(rows, labels, v => (long)v),
            TypeCode.UInt16 => ParquetColumn.Read<ushort>(rows, labels, v => (long)v),
            TypeCode.Int32 => ParquetColumn.Read<int>(rows, labels, v => (long)v),
            TypeCode.UInt32 => ParquetColumn.Read<uint>(rows, labels, v => (long)v),
            _ => ParquetColumn.Read<long>(rows, labels, v => v),
        };
    }

    private ParquetRowGroupReader Open(int group, DataField field)
    {
        var rows = reader.OpenRowGroupReader(group);
        try
        {
            var column = rows.GetMetadata(field)?.MetaData ?? throw new InvalidDataException($"{field.Path} is missing");
            ParquetCheck.Pages(stream, column, rows.RowCount);
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    // A damaged header may promise any number of rows; every image takes more than a byte.
    private void RequireSizes()
    {
        foreach (var group in reader.Metadata!.RowGroups)
        {
            if (group.NumRows < 0 || group.NumRows > stream.Length
                || group.Columns.Exists(c => c.MetaData is not { } data || data.NumValues < 0
                    || data.TotalCompressedSize < 0 || data.TotalCompressedSize > stream.Length))
            {
                throw new EdmException($"{path}: its table of contents does not fit the file; it is truncated or damaged, get it again");
            }
        }
    }

    private DataField ImageColumn(DataField[] fields)
    {
        var binary = Array.FindAll(fields, f => f.ClrType == typeof(ReadOnlyMemory<byte>));
        var inStruct = Array.FindAll(binary, f => f.Path.Length == 2 && f.Name == "bytes");
        return inStruct.Length == 1 ? inStruct[0]
            : binary.Length == 1 ? binary[0]
            : throw new EdmException($"{path}: has {binary.Length} columns of bytes, not one of image files as the Hugging Face hub "
                + $"stores them; its columns are {OneLine.Of(string.Join(", ", fields.Select(f => f.Path.ToString())))}");
    }

    private static DataField? LabelColumn(DataField[] fields)
    {
        var top = Array.FindAll(fields, f => f.Path.Length == 1 && (IntegerTypes.Contains(f.ClrType) || IsText(f)));
        foreach (var name in LabelNames)
        {
            if (Array.Find(top, f => f.Name == name) is { } named)
            {
                return named;
            }
        }
        var integers = Array.FindAll(top, f => !IsText(f));
        return integers.Length == 1 ? integers[0] : null;
    }

    private static bool IsText(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>);

    // The library lets out whatever a damaged file made it trip over.
    private T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not EdmException)
        {
            throw new EdmException($"{path}: the Parquet file is truncated, damaged or of a kind that is not read "
                + $"({OneLine.Of(error)})", error);
        }
    }
}
