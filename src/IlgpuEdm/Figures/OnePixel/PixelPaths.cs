namespace IlgpuEdm.Figures;

/// <summary>How pixels move in time: walks or flow lines, side by side.</summary>
/// <param name="Times">The times, rising or falling.</param>
/// <param name="Values">The values of all pixels at each of the times.</param>
public sealed record PixelPaths(IReadOnlyList<double> Times, IReadOnlyList<double[]> Values)
{
    /// <summary>How many pixels.</summary>
    public int Count => Values[0].Length;

    /// <summary>The values at the last time.</summary>
    public double[] Ends => Values[^1];

    /// <summary>One pixel's values at each of the times.</summary>
    /// <param name="pixel">Which one, from 0.</param>
    /// <returns>The values.</returns>
    public double[] Path(int pixel) => [.. Values.Select(all => all[pixel])];
}
