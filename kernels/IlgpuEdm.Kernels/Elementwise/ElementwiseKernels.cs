using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>Element-wise passes over whole tensors, cut into pieces of 4,096 elements.</summary>
public static class ElementwiseKernels
{
    /// <summary>Elements of a task.</summary>
    public const int Piece = 4096;

    /// <summary>Tasks for so many elements.</summary>
    /// <param name="count">Elements.</param>
    /// <returns>Pieces.</returns>
    public static int Tasks(int count) => (count + Piece - 1) / Piece;

    /// <summary>Writes one value everywhere.</summary>
    /// <param name="y">The tensor.</param>
    /// <param name="count">Its elements.</param>
    /// <param name="value">The value.</param>
    public static void Fill(ArrayView<float> y, int count, float value)
    {
        var tasks = (count + Piece - 1) / Piece;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * Piece;
            Rows.Fill(y, start, count - start < Piece ? count - start : Piece, value);
        }
    }

    /// <summary><c>y = p * a + q * b</c>, added to y if asked for.</summary>
    /// <param name="a">First tensor.</param>
    /// <param name="b">Second tensor; not read where q is 0.</param>
    /// <param name="y">Result; may be a or b.</param>
    /// <param name="count">Elements.</param>
    /// <param name="p">Factor of the first.</param>
    /// <param name="q">Factor of the second.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Combine(ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, int count, float p, float q, int accumulate)
    {
        var tasks = (count + Piece - 1) / Piece;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * Piece;
            Pointwise.Combine(a, b, y, start, count - start < Piece ? count - start : Piece, p, q, accumulate);
        }
    }

    /// <summary><c>y = p[n] * a + q[n] * b</c> with factors of each image n, added to y if asked for.</summary>
    /// <param name="a">First tensor, <c>[N, imageSize]</c>.</param>
    /// <param name="b">Second tensor; not read where q is 0.</param>
    /// <param name="factors">p of every image, then q of every image.</param>
    /// <param name="y">Result; may be a or b.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void CombineImages(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> factors, ArrayView<float> y, int batch, int imageSize, int accumulate)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), batch);
        for (var image = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), batch); image < last; image++)
        {
            Pointwise.Combine(a, b, y, image * imageSize, imageSize, factors[image], factors[batch + image], accumulate);
        }
    }

    /// <summary><c>y += rate * (x - y)</c>.</summary>
    /// <param name="x">Where to.</param>
    /// <param name="y">What is moved.</param>
    /// <param name="count">Elements.</param>
    /// <param name="rate">The part of the way, from 0 to 1.</param>
    public static void Approach(ArrayView<float> x, ArrayView<float> y, int count, float rate)
    {
        var tasks = (count + Piece - 1) / Piece;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * Piece;
            Pointwise.Approach(x, y, start, count - start < Piece ? count - start : Piece, rate);
        }
    }

    /// <summary><c>y = silu(x)</c>.</summary>
    /// <param name="x">Input.</param>
    /// <param name="y">Result.</param>
    /// <param name="count">Elements.</param>
    public static void Silu(ArrayView<float> x, ArrayView<float> y, int count)
    {
        var tasks = (count + Piece - 1) / Piece;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * Piece;
            Pointwise.Silu(x, y, start, count - start < Piece ? count - start : Piece);
        }
    }

    /// <summary>The gradient of SiLU.</summary>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="dy">Gradient of its result.</param>
    /// <param name="dx">Receives the gradient of the input.</param>
    /// <param name="count">Elements.</param>
    /// <param name="accumulate">Not 0 to add to the gradient.</param>
    public static void SiluBackward(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int count, int accumulate)
    {
        var tasks = (count + Piece - 1) / Piece;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var start = task * Piece;
            Pointwise.SiluBackward(x, dy, dx, start, count - start < Piece ? count - start : Piece, accumulate);
        }
    }
}
