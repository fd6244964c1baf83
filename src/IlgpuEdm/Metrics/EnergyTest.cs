using System.Numerics;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Metrics;

/// <summary>What <see cref="EnergyTest"/> found.</summary>
/// <param name="Distance">
/// The energy distance, <c>2 E|X - Y| - E|X - X'| - E|Y - Y'|</c> with means over all pairs of points: at least 0, and 0 for equal samples.
/// </param>
/// <param name="P">
/// How probable a distance at least as large is where both samples come from one distribution, by random relabelling: uniform then.
/// </param>
public sealed record EnergyTestResult(double Distance, double P);

/// <summary>
/// Do two sets of points come from one distribution? The two-sample test of Szekely and Rizzo ("Testing for equal distributions in high
/// dimension", 2004): their energy distance, compared with those of random divisions of all points into two sets of the same sizes.
/// </summary>
public static class EnergyTest
{
    // Distances that rounding alone tells apart are equal.
    private const double Rounding = 1e-10;

    /// <summary>Compares two sets of points; the work is proportional to the square of their number times the permutations.</summary>
    /// <param name="a">The first points, flattened one after the other.</param>
    /// <param name="b">The second points.</param>
    /// <param name="dimensions">Values of a point, at least 1.</param>
    /// <param name="seed">Keys the permutations.</param>
    /// <param name="permutations">How many; the smallest P is 1 / (1 + this).</param>
    /// <returns>Distance and P.</returns>
    /// <exception cref="EdmException">A set is empty, has no whole number of points, or holds values that are not finite.</exception>
    public static EnergyTestResult Compare(double[] a, double[] b, int dimensions, ulong seed = 0, int permutations = 199)
    {
        OptionRange.AtLeast("the dimension of an energy test", dimensions, 1);
        OptionRange.AtLeast("the permutations of an energy test", permutations, 1);
        foreach (double[] points in new[] { a, b })
        {
            if (points.Length == 0 || points.Length % dimensions != 0 || !Array.TrueForAll(points, double.IsFinite))
            {
                throw new EdmException($"an energy test needs points of {dimensions} finite values each, at least one on each side");
            }
        }

        int first = a.Length / dimensions, second = b.Length / dimensions;

        // Division 0 is the given one.
        double[][] divisions = Divisions(first, first + second, permutations, seed);
        double[] distances = Distances([.. a, .. b], dimensions, first, divisions, 1 + permutations);
        double scale = Rounding * (1 + distances.Max(Math.Abs));
        int atLeast = distances.Skip(1).Count(d => d >= distances[0] - scale);
        return new EnergyTestResult(distances[0], (1.0 + atLeast) / (1 + permutations));
    }

    /// <summary>For each point one row of numbers, 1 where a division puts it into the first set and 0 elsewhere.</summary>
    private static double[][] Divisions(int first, int count, int permutations, ulong seed)
    {
        int width = (1 + permutations + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        var rows = new double[count][];
        for (int i = 0; i < count; i++)
        {
            rows[i] = new double[width];
            rows[i][0] = i < first ? 1 : 0;
        }

        var order = new int[count];
        for (int p = 1; p <= permutations; p++)
        {
            for (int i = 0; i < count; i++)
            {
                order[i] = i;
            }

            for (int i = 0; i < first; i++)
            {
                int j = i + (int)(HostRandom.Uniform(seed, RandomPurpose.Permutation, (ulong)p, (uint)i) * (count - i));
                (order[i], order[j]) = (order[j], order[i]);
                rows[order[i]][p] = 1;
            }
        }

        return rows;
    }

    // Sums of distances within the first set and between the sets, of all divisions at once: one vector lane a division, so that neither
    // the order of a sum nor its rounding depends on the machine.
    private static double[] Distances(double[] points, int dimensions, int first, double[][] divisions, int count)
    {
        int total = divisions.Length, width = divisions[0].Length;
        var within = new double[width];
        var touching = new double[width];
        var row = new double[width];
        var ofPoint = new double[total];
        double all = 0;
        for (int i = 0; i < total; i++)
        {
            Array.Clear(row);
            for (int j = 0; j < i; j++)
            {
                double distance = Distance(points, i, j, dimensions);
                ofPoint[i] += distance;
                ofPoint[j] += distance;
                AddTimes(row, divisions[j], distance);
            }

            for (int p = 0; p < width; p++)
            {
                within[p] += divisions[i][p] * row[p];
            }
        }

        for (int i = 0; i < total; i++)
        {
            AddTimes(touching, divisions[i], ofPoint[i]);
            all += ofPoint[i] / 2;
        }

        double n = first, m = total - first;
        var result = new double[count];
        for (int p = 0; p < count; p++)
        {
            double between = touching[p] - 2 * within[p];
            double other = all - between - within[p];
            result[p] = 2 * between / (n * m) - 2 * within[p] / (n * n) - 2 * other / (m * m);
        }

        return result;
    }

    private static void AddTimes(double[] sum, double[] values, double factor)
    {
        var factors = new Vector<double>(factor);
        for (int p = 0; p < sum.Length; p += Vector<double>.Count)
        {
            (new Vector<double>(sum, p) + factors * new Vector<double>(values, p)).CopyTo(sum, p);
        }
    }

    private static double Distance(double[] points, int i, int j, int dimensions)
    {
        double squares = 0;
        for (int d = 0; d < dimensions; d++)
        {
            double difference = points[i * dimensions + d] - points[j * dimensions + d];
            squares += difference * difference;
        }

        return Math.Sqrt(squares);
    }
}
