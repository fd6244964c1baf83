using System.Globalization;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;

namespace IlgpuEdm.Metrics;

/// <summary>
/// The Fréchet distance of the two normal distributions that have the means and covariances of two sets' features,
/// <c>|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))</c> (Dowson and Landau, "The Fréchet distance between multivariate normal distributions",
/// 1982); in Inception-v3's features it is the FID (Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
/// equilibrium", 2017).
/// </summary>
public static class FrechetDistance
{
    /// <summary>Computes the distance.</summary>
    /// <remarks>
    /// With factors <c>S1 = F1^T F1</c> and <c>S2 = F2^T F2</c> the trace of the root is the sum of the roots of the eigenvalues of the
    /// symmetric matrix <c>(F1 F2^T)(F1 F2^T)^T</c>, whose others are zero. They are taken as the singular values of <c>F1 F2^T</c>, so
    /// that no root magnifies a rounding error: it stays right where a set has fewer images than features. The work grows with the cube of
    /// the features' number.
    /// </remarks>
    /// <param name="a">One set's figures.</param>
    /// <param name="b">Another's, in the same features.</param>
    /// <param name="stop">Ends it before its time, but not amid the singular values, the last part of the work.</param>
    /// <returns>The distance, at least 0.</returns>
    /// <exception cref="EdmException">
    /// They have different numbers of features, numbers that are not finite, or such as make the computation overflow or not end.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static double Between(FeatureStatistics a, FeatureStatistics b, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Length != b.Length)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"sets with {a.Length} and {b.Length} features cannot be compared; they come from different feature networks"));
        }

        RequireFinite(a);
        RequireFinite(b);
        double distance = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = a.Mean[i] - b.Mean[i];
            var diagonal = (long)i * a.Length + i;
            distance += difference * difference + a.Covariance[diagonal] + b.Covariance[diagonal];
        }

        distance -= 2 * TraceOfRoot(a, b, stop);
        return double.IsFinite(distance) ? Math.Max(distance, 0) : throw IllConditioned();
    }

    private static double TraceOfRoot(FeatureStatistics a, FeatureStatistics b, CancellationToken stop)
    {
        var first = SymmetricFactor.Of(a.Covariance, a.Length, stop);
        var second = SymmetricFactor.Of(b.Covariance, b.Length, stop);
        if (first.Count == 0 || second.Count == 0)
        {
            return 0;
        }

        var product = new DenseMatrix(first.Count, second.Count);
        DotProducts.ForTiles(
            PackedVectors<double>.Of(first, a.Length), PackedVectors<double>.Of(second, a.Length), (_, _) => true, tile =>
            {
                for (var i = 0; i < tile.RowCount; i++)
                {
                    for (var j = 0; j < tile.ColumnCount; j++)
                    {
                        product[tile.Row + i, tile.Column + j] = tile[i, j];
                    }
                }
            }, stop);
        stop.ThrowIfCancellationRequested();
        try
        {
            return product.Svd(computeVectors: false).S.Sum();
        }
        catch (NonConvergenceException error)
        {
            throw IllConditioned(error);
        }
    }

    private static EdmException IllConditioned(Exception? inner = null) => new(
        "the covariances of features are too ill-conditioned for a Fréchet distance, or products of them are not finite; the feature "
        + "network does not suit the images, or a file of figures is damaged", inner);

    private static void RequireFinite(FeatureStatistics statistics)
    {
        if (!Array.TrueForAll(statistics.Mean, double.IsFinite) || !Array.TrueForAll(statistics.Covariance, double.IsFinite))
        {
            throw new EdmException("the mean or covariance of features has numbers that are not finite");
        }
    }
}
