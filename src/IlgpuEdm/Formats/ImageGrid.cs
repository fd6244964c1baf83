namespace IlgpuEdm.Formats;

/// <summary>Lays images of one size side by side into one.</summary>
public static class ImageGrid
{
    /// <summary>Composes a grid, row by row from the upper left; places without an image stay black.</summary>
    /// <param name="images">One or more images, each height x width x channels.</param>
    /// <param name="width">Width of one image.</param>
    /// <param name="height">Height of one image.</param>
    /// <param name="channels">Channels of every image.</param>
    /// <param name="columns">Images in a row; where there are fewer images, the grid is as wide as they are.</param>
    /// <returns>The grid's pixels (height x width x channels), width and height.</returns>
    /// <exception cref="ArgumentException">There is no image, an image has another size, or columns is not positive.</exception>
    public static (byte[] Pixels, int Width, int Height) Compose(
        IReadOnlyList<byte[]> images, int width, int height, int channels, int columns)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (images.Count == 0)
        {
            throw new ArgumentException("A grid needs an image.", nameof(images));
        }
        columns = Math.Min(columns, images.Count);
        var rows = (images.Count + columns - 1) / columns;
        var rowBytes = width * channels;
        var grid = new byte[checked(rows * height * columns * rowBytes)];
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i].Length != height * rowBytes)
            {
                throw new ArgumentException($"Image {i} has {images[i].Length} bytes instead of {height * rowBytes}.", nameof(images));
            }
            var (row, column) = Math.DivRem(i, columns);
            for (var y = 0; y < height; y++)
            {
                var target = ((((row * height) + y) * columns) + column) * rowBytes;
                images[i].AsSpan(y * rowBytes, rowBytes).CopyTo(grid.AsSpan(target));
            }
        }
        return (grid, columns * width, rows * height);
    }

    /// <summary>Makes an image a whole number of times as large, each pixel a square.</summary>
    /// <param name="pixels">Height x width x channels.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="factor">How many times as wide and high, at least 1.</param>
    /// <returns>The large image's pixels (height x width x channels), width and height.</returns>
    public static (byte[] Pixels, int Width, int Height) Enlarge(byte[] pixels, int width, int height, int channels, int factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        var rowBytes = width * factor * channels;
        var large = new byte[checked(height * factor * rowBytes)];
        for (var y = 0; y < height * factor; y++)
        {
            for (var x = 0; x < width * factor; x++)
            {
                var source = ((y / factor * width) + (x / factor)) * channels;
                pixels.AsSpan(source, channels).CopyTo(large.AsSpan((y * rowBytes) + (x * channels)));
            }
        }
        return (large, width * factor, height * factor);
    }
}
