using System.Globalization;
using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;

namespace IlgpuEdm.Data.Conversion;

/// <summary>
/// Images in an .npz file: an array of uint8, [N, H, W], [N, H, W, C] or [N, C, H, W] with 1 or 3 channels, and perhaps an array of
/// whole numbers [N] or [N, 1] with their classes, or one of float32 [N, D] with label vectors.
/// </summary>
internal sealed class ArraySource : ImageSource
{
    // Where a file has several: names of training images in common files.
    private static readonly string[] ImageNames = ["x_train", "train_images", "images", "arr_0"];

    private readonly string path;
    private readonly NumpyArray images;
    private readonly ImageShape shape;
    private readonly bool channelsFirst;

    public ArraySource(string path)
    {
        this.path = path;
        var arrays = NpzFile.Read(path);
        images = arrays[ImagesOf(arrays)];
        (shape, channelsFirst) = ShapeOf(images)!.Value;
        var labels = arrays.Values.Where(a => a != images && LabelsOf(a) is not null).ToList();
        if (labels.Count > 1)
        {
            throw new EdmException($"{path}: holds {labels.Count} arrays of {images.Shape[0]} labels; keep one of them");
        }
        Labels = labels.Count == 0 ? null : LabelsOf(labels[0]);
    }

    public override long Count => images.Shape[0];

    public override LabelList? Labels { get; }

    public override IEnumerable<SourceImage> Images()
    {
        for (var i = 0; i < images.Shape[0]; i++)
        {
            var index = i;
            yield return new SourceImage($"{path}: image {index + 1}", () => Read(index));
        }
    }

    private DecodedImage Read(int index)
    {
        var source = images.Bytes.Span.Slice(index * shape.Bytes, shape.Bytes);
        var pixels = source.ToArray();
        if (channelsFirst && shape.Channels > 1)
        {
            var plane = shape.Height * shape.Width;
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = source[((i % shape.Channels) * plane) + (i / shape.Channels)];
            }
        }
        return new DecodedImage(shape.Width, shape.Height, shape.Channels, pixels);
    }

    private string ImagesOf(IReadOnlyDictionary<string, NumpyArray> arrays)
    {
        var names = arrays.Where(a => ShapeOf(a.Value) is not null).Select(a => a.Key).ToList();
        return names.Count == 1 ? names[0]
            : ImageNames.FirstOrDefault(names.Contains) ?? throw new EdmException($"{path}: holds {names.Count} arrays of uint8 images "
                + "([N, H, W], [N, H, W, C] or [N, C, H, W] with 1 or 3 channels); name one of them images");
    }

    private static (ImageShape Shape, bool ChannelsFirst)? ShapeOf(NumpyArray array) =>
        array.Type != SafetensorsType.U8 || array.Shape.Contains(0) ? null : array.Shape switch
        {
            [_, var height, var width] => (new ImageShape(height, width, 1), false),
            [_, var height, var width, 1 or 3] => (new ImageShape(height, width, array.Shape[3]), false),
            [_, 1 or 3, var height, var width] => (new ImageShape(height, width, array.Shape[1]), true),
            _ => null,
        };

    // Null where an array is none of labels.
    private LabelList? LabelsOf(NumpyArray array)
    {
        var bytes = array.Bytes.Span;
        if (array.Shape.Count is not (1 or 2) || array.Shape[0] != images.Shape[0])
        {
            return null;
        }
        if (array.Type == SafetensorsType.F32 && array.Shape is [_, > 0 and < StoredDataset.MaximumClasses and var length])
        {
            return LabelList.OfVectors([.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Chunk(length).Select(Finite)]);
        }
        if (array.Shape is [_, not 1])
        {
            return null;
        }
        return array.Type switch
        {
            SafetensorsType.U8 => Classes(bytes.ToArray().Select(v => (long)v)),
            SafetensorsType.I8 => Classes(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray().Select(v => (long)v)),
            SafetensorsType.I16 => Classes(MemoryMarshal.Cast<byte, short>(bytes).ToArray().Select(v => (long)v)),
            SafetensorsType.I32 => Classes(MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(v => (long)v)),
            SafetensorsType.I64 => Classes(MemoryMarshal.Cast<byte, long>(bytes).ToArray()),
            _ => null,
        };
    }

    private float[] Finite(float[] vector) => Array.TrueForAll(vector, float.IsFinite)
        ? vector
        : throw new EdmException($"{path}: a label vector holds what is no finite number");

    private LabelList? Classes(IEnumerable<long> labels) => LabelList.OfClasses([.. labels.Select(Class)]);

    private int Class(long label) => label is >= 0 and < StoredDataset.MaximumClasses
        ? (int)label
        : throw new EdmException(string.Create(
            CultureInfo.InvariantCulture, $"{path}: the label {label} is no class from 0 to {StoredDataset.MaximumClasses - 1}"));
}
