using System.Globalization;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Mean and covariance of features that come in parts, in float64. Images are taken in blocks of 255 in the order in which they come,
/// whatever the parts; each block is centred by its own mean and joined to those before it by the rule of Chan, Golub and LeVeque
/// ("Updating formulae and a pairwise algorithm for computing sample variances", 1979), so that nothing cancels. It holds a square matrix
/// of the features and one block; the work, images x features^2 / 2 multiplications, goes over all cores, whose number changes no bit.
/// </summary>
public sealed class FeatureAccumulator
{
    // With the row that joins a block to those before it, a power of two.
    private const int BlockImages = 255;

    private readonly List<float[]> _block = new(BlockImages);
    private Sums _sums;

    /// <summary>Starts with no image.</summary>
    /// <param name="length">Number of features.</param>
    public FeatureAccumulator(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _sums = new Sums(0, new double[length], new double[(long)length * length]);
    }

    /// <summary>Number of features.</summary>
    public int Length => _sums.Mean.Length;

    /// <summary>Number of images.</summary>
    public long Count => _sums.Count + _block.Count;

    /// <summary>Adds images.</summary>
    /// <param name="features">The features of each; they must not change afterwards.</param>
    /// <exception cref="ArgumentException">An image has another number of features.</exception>
    /// <exception cref="EdmException">A feature is not finite.</exception>
    public void Add(IReadOnlyList<float[]> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        foreach (var row in features)
        {
            if (row.Length != Length)
            {
                throw new ArgumentException($"{row.Length} features of an image, but {Length} of the others", nameof(features));
            }

            if (!Array.TrueForAll(row, float.IsFinite))
            {
                throw new EdmException(
                    $"the features of the {Ordinal(Count + 1)} image measured are not finite numbers; the feature network does not suit "
                    + "the images, or is damaged");
            }

            _block.Add(row);
            if (_block.Count == BlockImages)
            {
                _sums = Joined(_sums, _block);
                _block.Clear();
            }
        }
    }

    /// <summary>The figures of all images so far; more may be added afterwards.</summary>
    /// <returns>Mean and covariance.</returns>
    /// <exception cref="EdmException">There are fewer than two images.</exception>
    public FeatureStatistics Statistics()
    {
        if (Count < 2)
        {
            throw new EdmException($"a covariance needs at least two images; there {(Count == 1 ? "is one" : "are none")}");
        }

        var all = Joined(_sums with { Squares = (double[])_sums.Squares.Clone() }, _block);
        var covariance = all.Squares;
        for (var i = 0; i < Length; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var value = covariance[Index(i, j)] / (all.Count - 1);
                (covariance[Index(i, j)], covariance[Index(j, i)]) = (value, value);
            }
        }

        return new FeatureStatistics((double[])all.Mean.Clone(), covariance, all.Count);
    }

    private static string Ordinal(long number)
    {
        var ending = number % 100 is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };
        return string.Create(CultureInfo.InvariantCulture, $"{number}{ending}");
    }

    private long Index(int row, int column) => (long)row * Length + column;

    // Squares are added to in place.
    private Sums Joined(Sums before, List<float[]> block)
    {
        if (block.Count == 0)
        {
            return before;
        }

        var rows = block.Count;
        var columns = new PackedVectors<double>(Length, rows + 1);
        var mean = new double[Length];
        double all = before.Count + rows, weight = Math.Sqrt(before.Count * rows / all);
        Parallel.For(0, Length, f =>
        {
            double sum = 0;
            for (var r = 0; r < rows; r++)
            {
                sum += block[r][f];
            }

            var centre = sum / rows;
            for (var r = 0; r < rows; r++)
            {
                columns[f, r] = block[r][f] - centre;
            }

            columns[f, rows] = weight * (centre - before.Mean[f]);
            mean[f] = before.Mean[f] + (centre - before.Mean[f]) * (rows / all);
        });
        DotProducts.AddToLower(columns, before.Squares);
        return new Sums(before.Count + rows, mean, before.Squares);
    }

    // Number of images, their mean, and the sums of products of their distances from it (the lower half alone).
    private readonly record struct Sums(long Count, double[] Mean, double[] Squares);
}
