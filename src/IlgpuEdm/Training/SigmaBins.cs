using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>
/// The noise levels in classes, about evenly wide in log sigma: 0.002, 0.005, 0.01, ... 80. What lies below or above counts to
/// the first or last.
/// </summary>
public static class SigmaBins
{
    private static readonly double[] Edges = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 80];

    /// <summary>How many there are.</summary>
    public static int Count => Edges.Length - 1;

    /// <summary>Their names, <c>0.002-0.005</c> to <c>40-80</c>: the keys of <c>loss_by_sigma</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = Enumerable.Range(0, Count)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"{Edges[i]}-{Edges[i + 1]}")).ToArray();

    /// <summary>The class of a noise level.</summary>
    /// <param name="sigma">The noise level.</param>
    public static int Of(double sigma)
    {
        int index = Array.BinarySearch(Edges, sigma);
        return Math.Clamp(index >= 0 ? index : ~index - 1, 0, Count - 1);
    }

    /// <summary>The noise levels that bound the classes, rising; one more than classes.</summary>
    internal static IReadOnlyList<double> Bounds => Edges;

    /// <summary>The noise level in the middle of a class, on a scale of log sigma.</summary>
    /// <param name="bin">The class.</param>
    internal static double Centre(int bin) => Math.Sqrt(Edges[bin] * Edges[bin + 1]);
}
