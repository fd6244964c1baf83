using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>What moves pixels or mixes their channels, without looking at their neighbours. A task is a row of an image.</summary>
public static class PixelKernels
{
    /// <summary>Numbers of an image in the table of <see cref="Move"/>: flags, pixels to the right, pixels upwards.</summary>
    public const int MoveEntry = 3;

    /// <summary>Flag: left and right are exchanged.</summary>
    public const int FlipX = 1;

    /// <summary>Flag: top and bottom are exchanged.</summary>
    public const int FlipY = 2;

    /// <summary>Flag: rows and columns are exchanged after the flips; the image is square.</summary>
    public const int Transpose = 4;

    /// <summary>Numbers of an image in the table of <see cref="Recolour"/>: three rows of a 4x4 matrix.</summary>
    public const int ColourEntry = 12;

    /// <summary>Copies images, each flipped, turned and translated as its entry says, with reflection at the border.</summary>
    /// <param name="x">Images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">The result, another <c>[N, H, W, C]</c>.</param>
    /// <param name="table">An entry an image.</param>
    /// <param name="batch">Images.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="channels">Channels.</param>
    public static void Move(
        ArrayView<float> x, ArrayView<float> y, ArrayView<int> table, int batch, int height, int width, int channels)
    {
        var tasks = batch * height;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / height;
            var flags = table[image * MoveEntry];
            var right = table[image * MoveEntry + 1];
            var up = table[image * MoveEntry + 2];
            var row = Reflection.Index(task - image * height + up, height);
            if (flags == 0 && right == 0)
            {
                var length = width * channels;
                var source = x.SubView((image * height + row) * length, length);
                Pointwise.Combine(source, source, y.SubView(task * length, length), 0, length, 1f, 0f, 0);
                continue;
            }

            for (var i = 0; i < width; i++)
            {
                var from = Source(flags, image, row, i - right, height, width) * channels;
                var to = (task * width + i) * channels;
                for (var c = 0; c < channels; c++)
                {
                    y[to + c] = x[from + c];
                }
            }
        }
    }

    /// <summary>Applies to the colours of each listed image its matrix, in place.</summary>
    /// <param name="images">Images, <c>[N, H, W, C]</c> with 1 or 3 channels.</param>
    /// <param name="list">The numbers of the images to change.</param>
    /// <param name="table">
    /// An entry a listed image: <c>m[4 i]</c> to <c>m[4 i + 3]</c> give channel i from red, green, blue and 1; of a grey image,
    /// <c>m[0]</c> is the factor and <c>m[3]</c> the shift.
    /// </param>
    /// <param name="count">Listed images.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="channels">1 or 3.</param>
    public static void Recolour(
        ArrayView<float> images, ArrayView<int> list, ArrayView<float> table, int count, int height, int width, int channels)
    {
        var tasks = count * height;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var entry = task / height;
            var m = entry * ColourEntry;
            var o = (list[entry] * height + task - entry * height) * width * channels;
            for (var i = 0; i < width; i++, o += channels)
            {
                Colour(images, o, table, m, channels);
            }
        }
    }

    /// <summary>The pixel that comes to a place of an image, counted over all images; the row is one of the image's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Source(int flags, int image, int row, int place, int height, int width)
    {
        var column = Reflection.Index(place, width);
        var fromRow = (flags & Transpose) != 0 ? column : row;
        var fromColumn = (flags & Transpose) != 0 ? row : column;
        fromRow = (flags & FlipY) != 0 ? height - 1 - fromRow : fromRow;
        fromColumn = (flags & FlipX) != 0 ? width - 1 - fromColumn : fromColumn;
        return (image * height + fromRow) * width + fromColumn;
    }

    /// <summary>Applies a matrix to the colours of one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Colour(ArrayView<float> images, int o, ArrayView<float> table, int m, int channels)
    {
        var red = images[o];
        if (channels == 1)
        {
            images[o] = table[m] * red + table[m + 3];
            return;
        }

        var green = images[o + 1];
        var blue = images[o + 2];
        for (var c = 0; c < 3; c++)
        {
            var r = m + 4 * c;
            images[o + c] = table[r] * red + table[r + 1] * green + table[r + 2] * blue + table[r + 3];
        }
    }
}
