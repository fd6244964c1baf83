using System.Numerics;

namespace IlgpuEdm.Metrics;

/// <summary>
/// A factor F of a symmetric positive semidefinite matrix, <c>S = F^T F</c>, with as many rows as S has rank: Cholesky's method with the
/// largest remaining diagonal element first (Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix", 1990).
/// </summary>
internal static class SymmetricFactor
{
    // Columns of a core's piece of work.
    private const int Piece = 256;

    // The rounding of a float64 number near 1.
    private const double Rounding = 1.0 / (1L << 52);

    /// <summary>Factors a matrix; the work is rank^2 x size / 2 multiplications.</summary>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="size">Its number of rows.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <returns>The rows of F; what they leave of S is of the size of its rounding.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static List<double[]> Of(double[] matrix, int size, CancellationToken stop = default)
    {
        var rows = new List<double[]>();
        var rest = new double[size];
        for (var i = 0; i < size; i++)
        {
            rest[i] = matrix[(long)i * size + i];
        }

        var smallest = size * Rounding * rest.Max();
        while (rows.Count < size)
        {
            stop.ThrowIfCancellationRequested();
            var pivot = Array.IndexOf(rest, rest.Max());
            if (!(rest[pivot] > smallest))
            {
                break;
            }

            var row = new double[size];
            Parallel.For(0, (size + Piece - 1) / Piece, piece =>
            {
                var first = piece * Piece;
                Fill(row, first, Math.Min(Piece, size - first), matrix, rows, rest, pivot);
            });
            rows.Add(row);
            for (var i = 0; i < size; i++)
            {
                rest[i] -= row[i] * row[i];
            }

            // It is used up; rounding must not bring it back.
            rest[pivot] = double.NegativeInfinity;
        }

        return rows;
    }

    // S's row of the pivot, less what earlier rows account for, divided so that its diagonal element becomes the square root of itself.
    private static void Fill(
        double[] row, int first, int count, double[] matrix, List<double[]> earlier, double[] rest, int pivot)
    {
        var target = row.AsSpan(first, count);
        matrix.AsSpan((int)((long)pivot * row.Length) + first, count).CopyTo(target);
        foreach (var other in earlier)
        {
            SubtractTimes(target, other.AsSpan(first, count), other[pivot]);
        }

        var root = Math.Sqrt(rest[pivot]);
        for (var i = 0; i < count; i++)
        {
            var isUsed = double.IsNegativeInfinity(rest[first + i]);
            target[i] = first + i == pivot ? root : isUsed ? 0 : target[i] / root;
        }
    }

    private static void SubtractTimes(Span<double> target, ReadOnlySpan<double> values, double factor)
    {
        var factors = new Vector<double>(factor);
        var i = 0;
        for (; i <= target.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(target[i..]) - factors * new Vector<double>(values[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] -= factor * values[i];
        }
    }
}
