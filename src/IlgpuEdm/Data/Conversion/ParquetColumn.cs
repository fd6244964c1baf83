using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace IlgpuEdm.Data.Conversion;

/// <summary>
/// Reads a column of one group of rows. By its definition levels rather than by the library's own methods for texts and bytes, which
/// move the values behind a missing one up where the column lies in a struct.
/// </summary>
internal static class ParquetColumn
{
    /// <summary>One value a row, null where there is none.</summary>
    /// <param name="rows">The group.</param>
    /// <param name="field">The column; it is no list.</param>
    /// <param name="keep">Makes of a value what outlives the library's memory.</param>
    public static object?[] Read<T>(ParquetRowGroupReader rows, DataField field, Func<T, object> keep)
        where T : struct
    {
        using var column = (RawColumnData<T>)rows.ReadRawColumnDataBaseAsync(field).AsTask().GetAwaiter().GetResult();
        var values = column.Values;
        var result = new object?[rows.RowCount];

        // A column that always has a value has no levels, and the library throws where it is asked for them.
        var levels = field.MaxDefinitionLevel > 0 ? column.DefinitionLevels : default;
        if (field.MaxDefinitionLevel > 0 && levels.Length != result.Length)
        {
            throw new InvalidDataException($"{field.Path} has {levels.Length} values for {result.Length} rows");
        }
        var next = 0;
        for (var i = 0; i < result.Length; i++)
        {
            if (field.MaxDefinitionLevel == 0 || levels[i] == field.MaxDefinitionLevel)
            {
                result[i] = next < values.Length
                    ? keep(values[next++])
                    : throw new InvalidDataException($"{field.Path} has fewer values than rows");
            }
        }
        return result;
    }
}
