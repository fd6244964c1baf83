using System.Globalization;

namespace IlgpuEdm.Metrics;

/// <summary>
/// The kernel distance, in Inception-v3's features the KID (Binkowski et al., "Demystifying MMD GANs", 2018): the unbiased estimate of the
/// squared maximum mean discrepancy under the kernel <c>(x.y / d + 1)^3</c> for d features, averaged over random subsets of both sets.
/// Unlike the Fréchet distance its mean does not depend on the number of images; it may be below 0 for sets that are alike.
/// </summary>
/// <remarks>
/// In float64 on all cores: subsets x 2 x size^2 x features multiplications.
/// </remarks>
public static class KernelDistance
{
    /// <summary>Subsets that publications average over.</summary>
    public const int DefaultSubsets = 100;

    /// <summary>Images of a subset in publications.</summary>
    public const int DefaultSubsetSize = 1000;

    /// <summary>Computes the distance.</summary>
    /// <param name="a">The features of one set, one array an image.</param>
    /// <param name="b">Those of another, by the same network.</param>
    /// <param name="subsets">How many subsets to average over.</param>
    /// <param name="subsetSize">Images of each set in a subset, drawn without repetition; at least 2 and no more than a set has.</param>
    /// <param name="seed">Keys the draw.</param>
    /// <param name="onProgress">Is given the number of subsets done; null for nobody.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <returns>Mean and standard deviation over the subsets.</returns>
    /// <exception cref="EdmException">A number is out of range, or the sets have different numbers of features.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static KernelDistanceResult Between(
        IReadOnlyList<float[]> a, IReadOnlyList<float[]> b, int subsets = DefaultSubsets, int subsetSize = DefaultSubsetSize,
        ulong seed = 0, Action<int>? onProgress = null, CancellationToken stop = default)
    {
        var length = FeatureRows.CommonLength(a, b);
        RequireSubsets(subsets, subsetSize, Math.Min(a.Count, b.Count));
        var values = new double[subsets];
        for (var s = 0; s < subsets; s++)
        {
            stop.ThrowIfCancellationRequested();
            var x = Subset(a, subsetSize, length, seed, 2 * (ulong)s);
            var y = Subset(b, subsetSize, length, seed, 2 * (ulong)s + 1);
            double m = subsetSize;
            var within = KernelSum(x, x, stop) + KernelSum(y, y, stop);
            values[s] = 2 * within / (m * (m - 1)) - 2 * KernelSum(x, y, stop) / (m * m);
            onProgress?.Invoke(s + 1);
        }

        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (subsets - 1));
        return new KernelDistanceResult(mean, deviation, subsets, subsetSize);
    }

    /// <summary>Refuses subsets that cannot be drawn, before any work.</summary>
    /// <param name="subsets">How many.</param>
    /// <param name="subsetSize">Images of each set in one.</param>
    /// <param name="images">Images of the smaller set.</param>
    /// <exception cref="EdmException">A number is out of range.</exception>
    public static void RequireSubsets(int subsets, int subsetSize, int images)
    {
        if (subsets < 1 || subsetSize < 2 || subsetSize > images)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"KID over {subsets} subsets of {subsetSize} images cannot be had of {images}: it takes at least one subset, of 2 to "
                + $"{images} images"));
        }
    }

    private static PackedVectors<double> Subset(IReadOnlyList<float[]> rows, int count, int length, ulong seed, ulong number) =>
        PackedVectors<double>.Of([.. RandomSubset.Draw(count, rows.Count, seed, number).Select(i => rows[i])], length);

    // Over all pairs of two sets, or over each pair of one set once; tile by tile, so that the order of a sum is always the same.
    private static double KernelSum(PackedVectors<double> x, PackedVectors<double> y, CancellationToken stop)
    {
        var isOne = ReferenceEquals(x, y);
        var gate = new Lock();
        var tiles = new SortedDictionary<(int, int), double>();
        DotProducts.ForTiles(x, y, (i, j) => !isOne || i >= j, tile =>
        {
            double sum = 0;
            for (var i = 0; i < tile.RowCount; i++)
            {
                var end = isOne ? Math.Min(tile.ColumnCount, tile.Row + i - tile.Column) : tile.ColumnCount;
                for (var j = 0; j < end; j++)
                {
                    var k = tile[i, j] / x.Length + 1;
                    sum += k * k * k;
                }
            }

            lock (gate)
            {
                tiles.Add((tile.Row, tile.Column), sum);
            }
        }, stop);
        return tiles.Values.Sum();
    }
}

/// <summary>What <see cref="KernelDistance"/> found.</summary>
/// <param name="Mean">The distance: the mean over the subsets.</param>
/// <param name="Deviation">The standard deviation of a subset's distance, with N - 1; not a number for one subset.</param>
/// <param name="Subsets">How many subsets there were.</param>
/// <param name="SubsetSize">How many images of each set were in one.</param>
public sealed record KernelDistanceResult(double Mean, double Deviation, int Subsets, int SubsetSize);
