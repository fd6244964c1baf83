using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Metrics;

/// <summary>Draws some of many without repetition, the same ones for the same seed.</summary>
internal static class RandomSubset
{
    /// <summary>Draws a subset; each of that size is as probable as every other.</summary>
    /// <param name="count">How many to draw, at most <paramref name="all"/>.</param>
    /// <param name="all">Of how many.</param>
    /// <param name="seed">Keys the draw.</param>
    /// <param name="number">Which draw of the seed it is.</param>
    /// <returns>The numbers drawn, in rising order.</returns>
    public static int[] Draw(int count, int all, ulong seed, ulong number = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, all);
        var order = new int[all];
        for (var i = 0; i < all; i++)
        {
            order[i] = i;
        }

        for (var i = 0; i < count && count < all; i++)
        {
            var j = i + (int)(HostRandom.Uniform(seed, RandomPurpose.MetricSubsets, number, (uint)i) * (all - i));
            (order[i], order[j]) = (order[j], order[i]);
        }

        Array.Resize(ref order, count);
        Array.Sort(order);
        return order;
    }
}
