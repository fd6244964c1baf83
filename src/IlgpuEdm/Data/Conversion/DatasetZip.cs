using System.Globalization;
using System.Text;
using System.Text.Json;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Conversion;

/// <summary>A data set that is being written: numbered images of one size in a zip, and their labels in dataset.json.</summary>
internal sealed class DatasetZip(Stream stream)
{
    private readonly StoredZipWriter zip = new(stream);
    private readonly StringBuilder labels = new();
    private string firstName = "";

    /// <summary>Number of images so far.</summary>
    public long Count { get; private set; }

    /// <summary>The size of all images.</summary>
    public ImageShape Shape { get; private set; }

    /// <summary>Appends an image and its label, that of a number in a list or none.</summary>
    public void Add(ConvertedImage image, LabelList? list, long index)
    {
        if (Count == 0)
        {
            (Shape, firstName) = (image.Shape, image.Name);
        }
        else if (image.Shape != Shape)
        {
            var remedy = image.Shape.Channels != Shape.Channels
                ? "--transform center-crop with --resolution WxH makes all of them colour"
                : "give --resolution WxH, and --transform center-crop to keep their proportions";
            throw new EdmException($"{image.Name}: {image.Shape}, but the first image, {firstName}, has {Shape}; {remedy}");
        }
        var number = Count.ToString("D8", CultureInfo.InvariantCulture);
        var name = $"{number[..5]}/img{number}.png";
        zip.Add(name, image.Png, image.Crc);
        if (list is not null)
        {
            labels.Append(Count == 0 ? "" : ", ").Append("[\"").Append(name).Append("\", ").Append(Text(list, index)).Append(']');
        }
        Count++;
    }

    /// <summary>Writes the labels and the zip's directory.</summary>
    public void Finish()
    {
        var json = labels.Length == 0 ? "null" : $"[{labels}]";
        var bytes = Encoding.ASCII.GetBytes($"{{\"labels\": {json}}}");
        zip.Add(ImageCollection.LabelsName, bytes, Crc32.Compute(bytes));
        zip.Finish();
    }

    private static string Text(LabelList list, long index) => list.Vector(index) is { } vector
        ? $"[{string.Join(", ", vector.Select(v => JsonSerializer.Serialize(v)))}]"
        : list.Class(index).ToString(CultureInfo.InvariantCulture);
}
