namespace IlgpuEdm.Diffusion;

/// <summary>
/// Anderson's acceleration (1965) of the iteration x += stretch f(x) towards f(x) = 0: it remembers how f changed along the last steps,
/// goes to where the least of f would be left if f were linear, and adds the plain step from there.
/// </summary>
internal sealed class AndersonStep(double stretch)
{
    private const int Memory = 5;

    // The last steps, the newest first.
    private readonly List<(double[] X, double[] F)> _changes = [];
    private double[] _lastX = [];
    private double[] _lastF = [];
    private double[] _bestX = [];
    private double[] _bestF = [];

    /// <summary>The next x.</summary>
    /// <param name="x">x, as the last call gave it.</param>
    /// <param name="f">f(x).</param>
    /// <returns>A new array.</returns>
    public double[] Next(double[] x, double[] f)
    {
        if (_lastX.Length > 0)
        {
            _changes.Insert(0, (Add(x, -1, _lastX), Add(f, -1, _lastF)));
            _changes.RemoveRange(Math.Min(Memory, _changes.Count), Math.Max(0, _changes.Count - Memory));
        }

        if (_bestF.Length == 0 || Dot(f, f) < Dot(_bestF, _bestF))
        {
            (_bestX, _bestF) = (x, f);
        }
        else if (Dot(f, f) > 4 * Dot(_bestF, _bestF))
        {
            // The changes misled: start again where it was best.
            _changes.Clear();
            (x, f) = (_bestX, _bestF);
        }

        (_lastX, _lastF) = (x, f);
        double[] next = x;
        double[] left = f;
        foreach (var (changeX, changeF) in Orthonormal())
        {
            double amount = -Dot(changeF, left);
            next = Add(next, amount, changeX);
            left = Add(left, amount, changeF);
        }

        return Add(next, stretch, left);
    }

    // Combinations of the changes whose changes of f are orthonormal.
    private List<(double[] X, double[] F)> Orthonormal()
    {
        var basis = new List<(double[] X, double[] F)>();
        foreach (var (x, f) in _changes)
        {
            double[] changeX = x;
            double[] changeF = f;
            foreach (var (basisX, basisF) in basis)
            {
                double part = Dot(basisF, changeF);
                changeX = Add(changeX, -part, basisX);
                changeF = Add(changeF, -part, basisF);
            }

            double norm = Math.Sqrt(Dot(changeF, changeF));
            // What is no new direction but rounding would be blown up.
            if (norm > 1e-6 * Math.Sqrt(Dot(f, f)))
            {
                basis.Add((Array.ConvertAll(changeX, v => v / norm), Array.ConvertAll(changeF, v => v / norm)));
            }
        }

        return basis;
    }

    private static double[] Add(double[] a, double factor, double[] b)
    {
        var sum = new double[a.Length];
        for (int j = 0; j < sum.Length; j++)
        {
            sum[j] = a[j] + factor * b[j];
        }

        return sum;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int j = 0; j < a.Length; j++)
        {
            sum += a[j] * b[j];
        }

        return sum;
    }
}
