using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Random;

/// <summary>
/// Draws on the device, keyed by (seed, purpose, image number, element). Seed and number of the first image are read from a small
/// buffer, so that a recorded step can be replayed: <c>[seed low, seed high, image low, image high]</c>.
/// </summary>
public static class RandomKernels
{
    /// <summary>Words of the key buffer.</summary>
    public const int KeyWords = 4;

    private const float WordScale = 1f / 4294967296f;

    /// <summary>Tasks of a draw: four elements of an image each, what one call of the generator gives.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    /// <returns>The count.</returns>
    public static int Tasks(int batch, int imageSize) => batch * BlocksOf(imageSize);

    /// <summary>Standard normals, up to rounding those of the host (Box-Muller on pairs of words).</summary>
    /// <param name="y">Receives them, <c>[N, imageSize]</c>.</param>
    /// <param name="key">Seed and first image.</param>
    /// <param name="purpose">What the draws are for.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    public static void Normal(ArrayView<float> y, ArrayView<uint> key, uint purpose, int batch, int imageSize)
    {
        var blocks = BlocksOf(imageSize);
        var tasks = batch * blocks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var block = task % blocks;
            var words = Draw(key, purpose, image, block);
            var o = image * imageSize + 4 * block;
            var count = imageSize - 4 * block;
            StorePair(y, o, count, words.X, words.Y);
            StorePair(y, o + 2, count - 2, words.Z, words.W);
        }
    }

    /// <summary>Uniform draws between 0 and 1, both excluded.</summary>
    /// <param name="y">Receives them, <c>[N, imageSize]</c>.</param>
    /// <param name="key">Seed and first image.</param>
    /// <param name="purpose">What the draws are for.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    public static void Uniform(ArrayView<float> y, ArrayView<uint> key, uint purpose, int batch, int imageSize)
    {
        var blocks = BlocksOf(imageSize);
        var tasks = batch * blocks;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var block = task % blocks;
            var words = Draw(key, purpose, image, block);
            var o = image * imageSize + 4 * block;
            var count = imageSize - 4 * block;
            StoreUnit(y, o, count, words.X);
            StoreUnit(y, o + 1, count - 1, words.Y);
            StoreUnit(y, o + 2, count - 2, words.Z);
            StoreUnit(y, o + 3, count - 3, words.W);
        }
    }

    /// <summary>
    /// Dropout: each element stays with probability <c>1 - rate</c>, multiplied by <c>1 / (1 - rate)</c>. The gradient is the same map of
    /// the gradient, since the same draws come again.
    /// </summary>
    /// <param name="x">Input, <c>[N, imageSize]</c>.</param>
    /// <param name="y">Result; may be the input.</param>
    /// <param name="key">Seed and first image.</param>
    /// <param name="purpose">What the draws are for: dropout, and which layer.</param>
    /// <param name="batch">Images.</param>
    /// <param name="imageSize">Elements of an image.</param>
    /// <param name="rate">Probability to drop.</param>
    /// <param name="accumulate">Not 0 to add to y.</param>
    public static void Dropout(
        ArrayView<float> x, ArrayView<float> y, ArrayView<uint> key, uint purpose, int batch, int imageSize, float rate, int accumulate)
    {
        var blocks = BlocksOf(imageSize);
        var tasks = batch * blocks;
        var factor = 1f / (1f - rate);
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var image = task / blocks;
            var block = task % blocks;
            var words = Draw(key, purpose, image, block);
            var o = image * imageSize + 4 * block;
            var count = imageSize - 4 * block;
            StoreKept(x, y, o, count, words.X, rate, factor, accumulate);
            StoreKept(x, y, o + 1, count - 1, words.Y, rate, factor, accumulate);
            StoreKept(x, y, o + 2, count - 2, words.Z, rate, factor, accumulate);
            StoreKept(x, y, o + 3, count - 3, words.W, rate, factor, accumulate);
        }
    }

    internal static int BlocksOf(int imageSize) => (imageSize + 3) / 4;

    internal static PhiloxBlock Draw(ArrayView<uint> key, uint purpose, int image, int block)
    {
        var low = key[2] + (uint)image;
        var high = low < key[2] ? key[3] + 1 : key[3];
        return Philox.Block((uint)block, purpose, low, high, key[0], key[1]);
    }

    // All 32 bits of the word, as the host has them: with 24 the radius beyond 3 would be coarser than float32.
    internal static float Radius(uint word) => MathF.Sqrt(-2f * FloatMath.Log((ToFloat(word) + 0.5f) * WordScale));

    internal static float Angle(uint word) => 6.28318531f * Philox.ToUnit(word);

    private static void StorePair(ArrayView<float> y, int offset, int count, uint word1, uint word2)
    {
        var radius = Radius(word1);
        var angle = Angle(word2);
        if (count > 0)
        {
            y[offset] = radius * FloatMath.Cos(angle);
        }

        if (count > 1)
        {
            y[offset + 1] = radius * FloatMath.Sin(angle);
        }
    }

    // Rounded once, as a cast would be; but ILGPU casts unsigned words by way of float64, which many GPUs lack.
    private static float ToFloat(uint word) => (int)(word >> 16) * 65536f + (int)(word & 0xFFFF);

    private static void StoreUnit(ArrayView<float> y, int offset, int count, uint word)
    {
        if (count > 0)
        {
            y[offset] = Philox.ToUnit(word);
        }
    }

    private static void StoreKept(
        ArrayView<float> x, ArrayView<float> y, int offset, int count, uint word, float rate, float factor, int accumulate)
    {
        if (count > 0)
        {
            var v = Philox.ToUnit(word) >= rate ? x[offset] * factor : 0f;
            if (accumulate != 0)
            {
                v += y[offset];
            }

            y[offset] = v;
        }
    }
}
