using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Random;

/// <summary>
/// The cooperative schedule of <see cref="RandomKernels"/>, of the same random words: a thread has the four elements that one call of the
/// generator gives.
/// </summary>
public static class RandomPass
{
    /// <summary>Independent draws.</summary>
    /// <typeparam name="TDraw">Their distribution.</typeparam>
    /// <param name="y">Receives them, <c>[N, imageSize]</c>.</param>
    /// <param name="key">Seed and first image.</param>
    /// <param name="purpose">What the draws are for.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    [Cooperative]
    public static void Draw<TDraw>(ArrayView<float> y, ArrayView<uint> key, uint purpose, int batch, int imageSize)
        where TDraw : struct, IDraw
    {
        var blocks = RandomKernels.BlocksOf(imageSize);
        var tasks = batch * blocks;
        for (var task = WorkItem.Index(); task < tasks; task += WorkItem.Count())
        {
            var image = (int)((uint)task / (uint)blocks);
            var block = task - image * blocks;
            var draws = TDraw.From(RandomKernels.Draw(key, purpose, image, block));
            Store<Float32>(y, image * imageSize + 4 * block, imageSize, block, draws);
        }
    }

    /// <summary>As <see cref="RandomKernels.Dropout"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <inheritdoc cref="RandomKernels.Dropout"/>
    [Cooperative]
    public static void Dropout<TStorage>(
        ArrayView<float> x, ArrayView<float> y, ArrayView<uint> key, uint purpose, int batch, int imageSize, float rate, int accumulate)
        where TStorage : struct, IStorage
    {
        var blocks = RandomKernels.BlocksOf(imageSize);
        var tasks = batch * blocks;
        var factor = 1f / (1f - rate);
        for (var task = WorkItem.Index(); task < tasks; task += WorkItem.Count())
        {
            var image = (int)((uint)task / (uint)blocks);
            var block = task - image * blocks;
            var draws = UniformDraw.From(RandomKernels.Draw(key, purpose, image, block));
            var o = image * imageSize + 4 * block;
            var value = Load<TStorage>(x, o, imageSize, block);
            value = new Float4(
                draws.X >= rate ? value.X * factor : 0f, draws.Y >= rate ? value.Y * factor : 0f,
                draws.Z >= rate ? value.Z * factor : 0f, draws.W >= rate ? value.W * factor : 0f);
            if (accumulate != 0)
            {
                value = Float4.MultiplyAdd(1f, value, Load<TStorage>(y, o, imageSize, block));
            }

            Store<TStorage>(y, o, imageSize, block, value);
        }
    }

    // Images of other sizes than multiples of 4 start where no vector does.
    private static Float4 Load<TStorage>(ArrayView<float> view, int o, int imageSize, int block)
        where TStorage : struct, IStorage
    {
        if ((imageSize & 3) == 0)
        {
            return TStorage.Load4(view, o);
        }

        var count = imageSize - 4 * block;
        return new Float4(
            TStorage.Load(view, o), count > 1 ? TStorage.Load(view, o + 1) : 0f,
            count > 2 ? TStorage.Load(view, o + 2) : 0f, count > 3 ? TStorage.Load(view, o + 3) : 0f);
    }

    private static void Store<TStorage>(ArrayView<float> view, int o, int imageSize, int block, Float4 value)
        where TStorage : struct, IStorage
    {
        if ((imageSize & 3) == 0)
        {
            TStorage.Store4(view, o, value);
            return;
        }

        var count = imageSize - 4 * block;
        TStorage.Store(view, o, value.X);
        if (count > 1)
        {
            TStorage.Store(view, o + 1, value.Y);
        }

        if (count > 2)
        {
            TStorage.Store(view, o + 2, value.Z);
        }

        if (count > 3)
        {
            TStorage.Store(view, o + 3, value.W);
        }
    }
}
