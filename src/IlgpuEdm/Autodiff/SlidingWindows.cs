namespace IlgpuEdm.Autodiff;

/// <summary>Windows that slide over the pixels of an image: kernels of convolutions, and pools.</summary>
internal static class SlidingWindows
{
    /// <summary>How many windows there are along an axis, which is the size of the result.</summary>
    /// <param name="size">Pixels of the image.</param>
    /// <param name="window">Pixels of a window, at most the size and both paddings.</param>
    /// <param name="stride">Pixels from a window to the next.</param>
    /// <param name="padding">How far windows reach beyond each edge.</param>
    public static int Count(int size, int window, int stride, int padding) => (size + 2 * padding - window) / stride + 1;
}
