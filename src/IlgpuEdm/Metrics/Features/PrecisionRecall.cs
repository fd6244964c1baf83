using System.Globalization;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al., "Improved precision and recall metric for assessing generative models", 2019).
/// Around each image's features lies a ball that reaches to its k-th nearest neighbour in its own set. Precision is the share of generated
/// images that lie in a ball of a real one (how many look real), recall the share of real images in a ball of a generated one (how much of
/// the data is covered).
/// </summary>
/// <remarks>
/// All distances, exactly, in float32 on all cores: (n^2 / 2 + m^2 / 2 + n m) x features multiplications for n and m images, and a
/// copy of all features.
/// </remarks>
public static class PrecisionRecall
{
    /// <summary>The k of the publication.</summary>
    public const int DefaultNeighbour = 3;

    /// <summary>Compares two sets.</summary>
    /// <param name="real">The features of real images, one array an image.</param>
    /// <param name="generated">Those of generated ones, by the same network.</param>
    /// <param name="neighbour">k.</param>
    /// <param name="onProgress">Is given how much is done, 0 to 1; null for nobody.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <returns>The shares.</returns>
    /// <exception cref="EdmException">A set has no more than k images, or they have different numbers of features.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static PrecisionRecallResult Measure(
        IReadOnlyList<float[]> real, IReadOnlyList<float[]> generated, int neighbour = DefaultNeighbour,
        Action<double>? onProgress = null, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neighbour);
        var length = FeatureRows.CommonLength(real, generated);
        RequireImages(real.Count, generated.Count, neighbour);
        var centre = Mean(real, length);
        var (x, y) = (new Points(real, centre), new Points(generated, centre));
        double n = real.Count, m = generated.Count, all = n * n / 2 + m * m / 2 + n * m;
        var progress = new Progress(onProgress, all);
        var (radiiX, radiiY) = (Radii(x, neighbour, progress, stop), Radii(y, neighbour, progress, stop));
        var (coveredX, coveredY) = (new bool[real.Count], new bool[generated.Count]);
        DotProducts.ForTiles(x.Vectors, y.Vectors, (_, _) => true, tile =>
        {
            progress.Add((double)tile.RowCount * tile.ColumnCount);
            for (var i = 0; i < tile.RowCount; i++)
            {
                for (var j = 0; j < tile.ColumnCount; j++)
                {
                    var (row, column) = (tile.Row + i, tile.Column + j);
                    var distance = x.Squares[row] + y.Squares[column] - 2 * tile[i, j];

                    // Nobody writes false, so that it does not matter who comes first.
                    if (distance <= radiiX[row])
                    {
                        coveredY[column] = true;
                    }

                    if (distance <= radiiY[column])
                    {
                        coveredX[row] = true;
                    }
                }
            }
        }, stop);
        return new PrecisionRecallResult(coveredY.Count(c => c) / m, coveredX.Count(c => c) / n, neighbour);
    }

    /// <summary>Refuses sets of too few images, before any work.</summary>
    /// <param name="real">Number of real images.</param>
    /// <param name="generated">Number of generated ones.</param>
    /// <param name="neighbour">k.</param>
    /// <exception cref="EdmException">A set has no more than k images.</exception>
    public static void RequireImages(int real, int generated, int neighbour = DefaultNeighbour)
    {
        if (Math.Min(real, generated) <= neighbour)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"precision and recall by the {neighbour} nearest neighbours need more than {neighbour} images on each side; there are "
                + $"{real} real and {generated} generated ones"));
        }
    }

    // The square of each point's distance from its k-th neighbour.
    private static float[] Radii(Points points, int neighbour, Progress progress, CancellationToken stop)
    {
        var nearest = new Nearest[points.Vectors.Count];
        for (var i = 0; i < nearest.Length; i++)
        {
            nearest[i] = new Nearest(neighbour);
        }

        // Every distance serves both of its points.
        DotProducts.ForTiles(points.Vectors, points.Vectors, (i, j) => i >= j, tile =>
        {
            progress.Add(tile.RowCount * tile.ColumnCount / (tile.Row == tile.Column ? 2.0 : 1));
            for (var i = 0; i < tile.RowCount; i++)
            {
                for (var j = 0; j < tile.ColumnCount && tile.Column + j < tile.Row + i; j++)
                {
                    var (row, column) = (tile.Row + i, tile.Column + j);
                    var distance = points.Squares[row] + points.Squares[column] - 2 * tile[i, j];
                    nearest[row].Add(distance);
                    nearest[column].Add(distance);
                }
            }
        }, stop);
        return Array.ConvertAll(nearest, n => n.Largest);
    }

    // Distances do not change when all points move; near the origin they lose fewer digits.
    private static float[] Mean(IReadOnlyList<float[]> rows, int length)
    {
        var sums = new double[length];
        foreach (var row in rows)
        {
            for (var i = 0; i < length; i++)
            {
                sums[i] += row[i];
            }
        }

        return Array.ConvertAll(sums, s => (float)(s / rows.Count));
    }

    private sealed class Points
    {
        public Points(IReadOnlyList<float[]> rows, float[] centre)
        {
            Vectors = new PackedVectors<float>(rows.Count, centre.Length);
            Parallel.For(0, rows.Count, r =>
            {
                for (var i = 0; i < centre.Length; i++)
                {
                    Vectors[r, i] = rows[r][i] - centre[i];
                }
            });

            // By the same arithmetic as the products, so that two equal points are at no distance.
            Squares = new float[rows.Count];
            DotProducts.ForTiles(Vectors, Vectors, (i, j) => i == j, tile =>
            {
                for (var i = 0; i < tile.RowCount; i++)
                {
                    Squares[tile.Row + i] = tile[i, i];
                }
            });
        }

        public PackedVectors<float> Vectors { get; }

        public float[] Squares { get; }
    }

    // The k smallest distances, sorted; whatever order they come in, and from whichever thread.
    private sealed class Nearest(int count)
    {
        private readonly float[] _distances = [.. Enumerable.Repeat(float.PositiveInfinity, count)];

        public float Largest => Volatile.Read(ref _distances[^1]);

        public void Add(float distance)
        {
            // It only falls: what is too large now is so later.
            if (distance >= Largest)
            {
                return;
            }

            lock (_distances)
            {
                var place = _distances.Length - 1;
                if (distance >= _distances[place])
                {
                    return;
                }

                for (; place > 0 && _distances[place - 1] > distance; place--)
                {
                    _distances[place] = _distances[place - 1];
                }

                _distances[place] = distance;
            }
        }
    }

    private sealed class Progress(Action<double>? tell, double all)
    {
        private readonly Lock _gate = new();
        private double _done;

        public void Add(double pairs)
        {
            lock (_gate)
            {
                _done += pairs;
                tell?.Invoke(Math.Min(_done / all, 1));
            }
        }
    }
}

/// <summary>What <see cref="PrecisionRecall"/> found.</summary>
/// <param name="Precision">The share of generated images that lie among the real ones, 0 to 1.</param>
/// <param name="Recall">The share of real images that lie among the generated ones, 0 to 1.</param>
/// <param name="Neighbour">The k that was used.</param>
public sealed record PrecisionRecallResult(double Precision, double Recall, int Neighbour);
