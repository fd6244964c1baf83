using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Conversion;

/// <summary>
/// Parquet files as the Hugging Face hub stores image sets: a row an image, with the bytes of an image file in one column and its
/// class in another. One group of rows is in memory at a time.
/// </summary>
internal sealed class ParquetSource : ImageSource
{
    private readonly IReadOnlyList<string> files;

    public ParquetSource(IReadOnlyList<string> files)
    {
        this.files = files;
        var labels = new List<object?>();
        foreach (var path in files)
        {
            using var file = new ParquetImageFile(path);
            labels.AddRange(file.ReadLabels());
            Count += file.Rows;
        }
        if (Count == 0)
        {
            throw new EdmException($"{files[0]}: the Parquet file holds no row");
        }
        Labels = ParquetLabels.Of(labels, files[0]);
    }

    public override long Count { get; }

    public override LabelList? Labels { get; }

    public override IEnumerable<SourceImage> Images()
    {
        foreach (var path in files)
        {
            using var file = new ParquetImageFile(path);
            long row = 0;
            for (var group = 0; group < file.Groups; group++)
            {
                foreach (var bytes in file.ReadImages(group))
                {
                    var name = $"{path}: row {++row}";
                    yield return new SourceImage(name, () => Decode(bytes, name));
                }
            }
        }
    }

    private static DecodedImage Decode(byte[]? bytes, string name) => bytes is null or []
        ? throw new EdmException($"{name}: holds no image; files that it may name beside the Parquet file are not read")
        : ImageCodec.Default.Decode(bytes, name);
}
