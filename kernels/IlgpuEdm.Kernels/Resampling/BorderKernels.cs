using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>A border of zeros around images: putting it on and taking it off are each other's gradient.</summary>
public static class BorderKernels
{
    /// <summary>Writes images with zeros around them, added to y if asked for. A task is a row of y.</summary>
    /// <param name="x">Images, <c>[N, H, W, C]</c>.</param>
    /// <param name="y">Images with a border, <c>[N, H + 2 border, W + 2 border, C]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="height">Rows of an image without its border.</param>
    /// <param name="rowSize">Floats of a row without its border.</param>
    /// <param name="border">Rows of the border.</param>
    /// <param name="borderSize">Floats of the border at each end of a row.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void PutOn(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
    {
        var large = height + 2 * border;
        var pitch = rowSize + 2 * borderSize;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch * large);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch * large); task < last; task++)
        {
            var image = task / large;
            var row = task - image * large - border;
            var to = task * pitch;
            if (row >= 0 && row < height)
            {
                if (accumulate == 0)
                {
                    Rows.Fill(y, to, borderSize, 0f);
                    Rows.Fill(y, to + borderSize + rowSize, borderSize, 0f);
                }

                Rows.StoreTile(
                    x, (image * height + row) * rowSize, rowSize, 1, rowSize, y, to + borderSize, pitch,
                    x, -1, x, -1, 1f, 1f, accumulate);
            }
            else if (accumulate == 0)
            {
                Rows.Fill(y, to, pitch, 0f);
            }
        }
    }

    /// <summary>Writes images without their border, added to y if asked for. A task is a row of y.</summary>
    /// <param name="x">Images with a border, <c>[N, H + 2 border, W + 2 border, C]</c>.</param>
    /// <param name="y">Images, <c>[N, H, W, C]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="height">Rows of an image without its border.</param>
    /// <param name="rowSize">Floats of a row without its border.</param>
    /// <param name="border">Rows of the border.</param>
    /// <param name="borderSize">Floats of the border at each end of a row.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void TakeOff(
        ArrayView<float> x, ArrayView<float> y, int batch, int height, int rowSize, int border, int borderSize, int accumulate)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch * height);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch * height); task < last; task++)
        {
            var image = task / height;
            var from = (task + (2 * image + 1) * border) * (rowSize + 2 * borderSize) + borderSize;
            Rows.StoreTile(x, from, rowSize, 1, rowSize, y, task * rowSize, rowSize, x, -1, x, -1, 1f, 1f, accumulate);
        }
    }
}
