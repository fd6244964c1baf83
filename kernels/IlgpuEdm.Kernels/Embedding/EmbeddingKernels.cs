using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Embedding;

/// <summary>Embeddings of the noise level as sines and cosines.</summary>
public static class EmbeddingKernels
{
    private const float TwoPi = 6.28318531f;

    /// <summary><c>y[n] = [cos(x[n] f), sin(x[n] f)]</c>, or with the halves exchanged.</summary>
    /// <param name="x">One number an image.</param>
    /// <param name="frequencies">The frequencies f, half as many as channels.</param>
    /// <param name="y">Result, <c>[N, channels]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="half">Frequencies.</param>
    /// <param name="sineFirst">Not 0 for sines before cosines.</param>
    [EitherSchedule]
    public static void Positional(ArrayView<float> x, ArrayView<float> frequencies, ArrayView<float> y, int batch, int half, int sineFirst)
    {
        var tasks = batch * half;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / half;
            var i = task % half;
            var angle = x[image] * frequencies[i];
            var cosine = image * 2 * half + i;
            var sine = cosine + half;
            y[sineFirst != 0 ? sine : cosine] = FloatMath.Cos(angle);
            y[sineFirst != 0 ? cosine : sine] = FloatMath.Sin(angle);
        }
    }

    /// <summary><c>y[n] = [cos(2 pi f x[n]), sin(2 pi f x[n])]</c>, or with the halves exchanged.</summary>
    /// <param name="x">One number an image.</param>
    /// <param name="frequencies">The frequencies f, half as many as channels.</param>
    /// <param name="y">Result, <c>[N, channels]</c>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="half">Frequencies.</param>
    /// <param name="sineFirst">Not 0 for sines before cosines.</param>
    [EitherSchedule]
    public static void Fourier(ArrayView<float> x, ArrayView<float> frequencies, ArrayView<float> y, int batch, int half, int sineFirst)
    {
        var tasks = batch * half;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / half;
            var i = task % half;

            // Angles reach hundreds, where another order of these two roundings would show in the fifth digit.
            var angle = x[image] * (TwoPi * frequencies[i]);
            var cosine = image * 2 * half + i;
            var sine = cosine + half;
            y[sineFirst != 0 ? sine : cosine] = FloatMath.Cos(angle);
            y[sineFirst != 0 ? cosine : sine] = FloatMath.Sin(angle);
        }
    }
}
