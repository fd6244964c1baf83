using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>The cooperative schedule of element-wise passes: a thread takes four elements at once, its neighbour the next four.</summary>
public static class ElementwisePass
{
    /// <summary>Computes each element from those at the same place, and adds it to y if asked for.</summary>
    /// <typeparam name="TOperation">What is computed.</typeparam>
    /// <typeparam name="TStorage">How all three tensors lie in memory.</typeparam>
    /// <param name="a">First tensor.</param>
    /// <param name="b">Second tensor.</param>
    /// <param name="y">Result; may be a or b.</param>
    /// <param name="count">Elements.</param>
    /// <param name="p">First number of the operation.</param>
    /// <param name="q">Second number of the operation.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    [Cooperative]
    public static void Map<TOperation, TStorage>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, int count, float p, float q, int accumulate)
        where TOperation : struct, IElementwise
        where TStorage : struct, IStorage
    {
        var whole = count & ~3;
        for (var i = 4 * WorkItem.Index(); i < whole; i += 4 * WorkItem.Count())
        {
            Apply<TOperation, ByFour, TStorage>(a, b, y, i, p, q, accumulate);
        }

        for (var i = whole + WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            Apply<TOperation, ByOne, TStorage>(a, b, y, i, p, q, accumulate);
        }
    }

    /// <summary>The cooperative schedule of <see cref="ElementwiseKernels.CombineImages"/>.</summary>
    /// <typeparam name="TStorage">How the tensors lie in memory.</typeparam>
    /// <inheritdoc cref="ElementwiseKernels.CombineImages"/>
    [Cooperative]
    public static void CombineImages<TStorage>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> factors, ArrayView<float> y, int batch, int imageSize, int accumulate)
        where TStorage : struct, IStorage
    {
        if ((imageSize & 3) == 0)
        {
            CombineImagesBy<ByFour, TStorage>(a, b, factors, y, batch, imageSize, accumulate);
        }
        else
        {
            CombineImagesBy<ByOne, TStorage>(a, b, factors, y, batch, imageSize, accumulate);
        }
    }

    private static void CombineImagesBy<TAccess, TStorage>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> factors, ArrayView<float> y, int batch, int imageSize, int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var count = batch * imageSize;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var image = (int)((uint)i / (uint)imageSize);
            Apply<WeightedSum, TAccess, TStorage>(a, b, y, i, factors[image], factors[batch + image], accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply<TOperation, TAccess, TStorage>(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, int i, float p, float q, int accumulate)
        where TOperation : struct, IElementwise
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        Float4 u = default, v = default;
        if (TOperation.ReadsFirst)
        {
            u = TAccess.Load<TStorage>(a, i);
        }

        if (TOperation.ReadsSecond(q))
        {
            v = TAccess.Load<TStorage>(b, i);
        }

        var result = new Float4(
            TOperation.Apply(u.X, v.X, p, q), TOperation.Apply(u.Y, v.Y, p, q),
            TOperation.Apply(u.Z, v.Z, p, q), TOperation.Apply(u.W, v.W, p, q));
        Access.Put<TAccess, TStorage>(y, i, result, accumulate);
    }
}
