using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// The product of output and its gradient for each query and head, which is what the softmax's gradient takes from each score: the same
/// number as the sum of p * dp over all keys, for the price of reading both tensors once.
/// </summary>
public static class AttentionDots
{
    /// <summary>Queries of a group: 16 threads each.</summary>
    public const int Rows = 16;

    // One more than threads, so that the last step's reads lie in different banks.
    private const int Stride = 17;

    /// <summary>Computes the products.</summary>
    /// <typeparam name="TStorage">How both tensors are stored.</typeparam>
    /// <typeparam name="TTile">Says whether four channels are loaded at once.</typeparam>
    /// <param name="y">The output, <c>[N, tokens, heads * depth]</c>.</param>
    /// <param name="dy">Its gradient.</param>
    /// <param name="dots">Receives the products, <c>[N, heads, tokens]</c>.</param>
    /// <param name="s">The attention; a group for each <see cref="Rows"/> queries of all heads.</param>
    [Cooperative]
    public static void Cooperative<TStorage, TTile>(ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dots, AttentionShape s)
        where TStorage : struct, IStorage
        where TTile : struct, IForwardTile
    {
        var shared = SharedMemory.Allocate<float>(Rows * Stride);
        var thread = Group.IdxX & 15;
        var local = Group.IdxX >> 4;
        var row = Grid.IdxX * Rows + local;
        var inside = row < s.Batch * s.Tokens * s.Heads;
        var sum = 0f;
        for (var channel = 4 * thread; channel < s.Depth; channel += 64)
        {
            var a = AttentionThread.Load<TStorage, TTile>(y, row * s.Depth, inside, channel, s.Depth);
            var b = AttentionThread.Load<TStorage, TTile>(dy, row * s.Depth, inside, channel, s.Depth);
            sum = Gpu.Fma(a.W, b.W, Gpu.Fma(a.Z, b.Z, Gpu.Fma(a.Y, b.Y, Gpu.Fma(a.X, b.X, sum))));
        }

        shared[local * Stride + thread] = sum;
        Group.Barrier();
        if (thread != 0 || !inside)
        {
            return;
        }

        for (var i = 1; i < 16; i++)
        {
            sum += shared[local * Stride + i];
        }

        var token = row / s.Heads;
        dots[(token / s.Tokens * s.Heads + row % s.Heads) * s.Tokens + token % s.Tokens] = sum;
    }
}
