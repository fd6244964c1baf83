namespace IlgpuEdm.Training;

/// <summary>The triangular factor L of a symmetric matrix <c>L L^T</c>, by which equations with it are solved.</summary>
internal sealed class Cholesky
{
    private readonly double[,] _lower;

    private Cholesky(double[,] lower) => _lower = lower;

    /// <summary>Factors a matrix with something added to its diagonal.</summary>
    /// <param name="matrix">Symmetric and positive semidefinite, with a diagonal of about 1.</param>
    /// <param name="ridge">What is added, above the rounding of the elements.</param>
    public static Cholesky Of(double[,] matrix, double ridge)
    {
        var size = matrix.GetLength(0);
        var lower = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = matrix[i, j] + (i == j ? ridge : 0);
                for (var k = 0; k < j; k++)
                {
                    rest -= lower[i, k] * lower[j, k];
                }

                // What rounding takes below the ridge is the ridge.
                lower[i, j] = i == j ? Math.Sqrt(Math.Max(rest, ridge)) : rest / lower[j, j];
            }
        }

        return new Cholesky(lower);
    }

    /// <summary>Solves <c>L L^T x = right</c>.</summary>
    /// <param name="right">The right side.</param>
    public double[] Solve(double[] right)
    {
        var x = (double[])right.Clone();
        for (var i = 0; i < x.Length; i++)
        {
            for (var k = 0; k < i; k++)
            {
                x[i] -= _lower[i, k] * x[k];
            }

            x[i] /= _lower[i, i];
        }

        for (var i = x.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < x.Length; k++)
            {
                x[i] -= _lower[k, i] * x[k];
            }

            x[i] /= _lower[i, i];
        }

        return x;
    }
}
