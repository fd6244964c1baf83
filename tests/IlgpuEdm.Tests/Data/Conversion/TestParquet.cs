using Parquet;
using Parquet.Schema;

namespace IlgpuEdm.Tests.Data.Conversion;

/// <summary>Makes Parquet files as the Hugging Face hub stores image sets: a struct of bytes and path, and a label.</summary>
internal static class TestParquet
{
    public static byte[] Write(
        byte[]?[] images, long?[]? labels, CompressionMethod compression = CompressionMethod.Snappy, int rowsInGroup = 3,
        bool required = false)
    {
        var bytes = new DataField<byte[]>("bytes", true);
        var path = new DataField<string>("path", true);
        DataField label = required ? new DataField<long>("label") : new DataField<long?>("label");
        var image = new StructField("image", bytes, path);
        var schema = labels is null ? new ParquetSchema(image) : new ParquetSchema(image, label);
        using var target = new MemoryStream();
        Task.Run(async () =>
        {
            var options = new ParquetOptions { CompressionMethod = compression };
            await using var writer = await ParquetWriter.CreateAsync(schema, target, options);
            for (var start = 0; start < images.Length; start += rowsInGroup)
            {
                var end = Math.Min(images.Length, start + rowsInGroup);
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(bytes, images[start..end]!);
                await group.WriteAsync(path, Enumerable.Range(start, end - start).Select(i => $"{i}.png").ToArray());
                if (labels is not null && required)
                {
                    await group.WriteAsync<long>(label, Array.ConvertAll(labels[start..end], l => l!.Value).AsMemory());
                }
                else if (labels is not null)
                {
                    await group.WriteAsync<long>(label, labels.AsMemory(start, end - start));
                }
            }
        }).GetAwaiter().GetResult();
        return target.ToArray();
    }
}
