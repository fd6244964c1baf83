namespace IlgpuEdm.Diffusion;

/// <summary>
/// The embedded Runge-Kutta pair of Dormand and Prince (1980), orders 5 and 4, six evaluations a step, with the proportional and
/// integral step control of Gustafsson (1991) as in Hairer, Norsett and Wanner, "Solving Ordinary Differential Equations I", II.4.
/// The last values of the state may be integrals along the way, on which no slope depends: their mean counts as one value in the
/// error, beside the root mean square of the others.
/// </summary>
internal sealed class DormandPrince(AdaptiveOdeOptions options, int integrals)
{
    private const double FirstStep = 0.5;
    private const double LongestStep = 1;
    private const double ShortestStep = 1e-9;
    private const double Safety = 0.9;
    private const double Beta = 0.04;
    private const double ErrorExponent = 0.2 - 0.75 * Beta;

    private static readonly double[] _nodes = [0, 1 / 5.0, 3 / 10.0, 4 / 5.0, 8 / 9.0, 1, 1];

    private static readonly double[][] _weights =
    [
        [],
        [1 / 5.0],
        [3 / 40.0, 9 / 40.0],
        [44 / 45.0, -56 / 15.0, 32 / 9.0],
        [19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0],
        [9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0],
        [35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0],
    ];

    private static readonly double[] _errorWeights =
        [71 / 57600.0, 0, -71 / 16695.0, 71 / 1920.0, -17253 / 339200.0, 22 / 525.0, -1 / 40.0];

    public int Evaluations { get; private set; }

    public int Steps { get; private set; }

    public int RejectedSteps { get; private set; }

    /// <summary>Carries a state from u to uEnd, either of which may be the greater; u is the logarithm of a noise level.</summary>
    /// <param name="slope">The slope at (u, state).</param>
    /// <param name="state">The first state.</param>
    /// <param name="u">Where it holds.</param>
    /// <param name="uEnd">Where to end, exactly.</param>
    /// <param name="onPoint">Called at the first point and after each step, right after the slope there was asked for.</param>
    /// <returns>The last state.</returns>
    public double[] Solve(
        Func<double, double[], double[]> slope, double[] state, double u, double uEnd, Action<double, double[]> onPoint)
    {
        var k = new double[_nodes.Length][];
        k[0] = Evaluate(slope, u, state);
        onPoint(u, state);
        double h = FirstStep;
        double lastError = 1e-4;
        bool rejected = false;
        while (u != uEnd)
        {
            double left = Math.Abs(uEnd - u);
            // Two equal steps instead of one and a tiny rest.
            h = Math.Min(h, LongestStep);
            h = left <= h ? left : Math.Min(h, left / 2);
            bool last = h == left;
            double step = Math.CopySign(h, uEnd - u);
            var next = state;
            for (int i = 1; i < k.Length; i++)
            {
                next = Combine(state, k, _weights[i], step);
                k[i] = Evaluate(slope, last && i >= k.Length - 2 ? uEnd : u + _nodes[i] * step, next);
            }

            double error = Error(state, next, k, step);
            double grow = Math.Pow(error, ErrorExponent);
            if (error <= 1)
            {
                u = last ? uEnd : u + step;
                state = next;
                k[0] = k[^1];
                Steps++;
                onPoint(u, state);
                double factor = Math.Clamp(Safety * Math.Pow(lastError, Beta) / grow, 0.2, 10);
                h *= rejected ? Math.Min(factor, 1) : factor;
                lastError = Math.Max(error, 1e-4);
                rejected = false;
            }
            else
            {
                RejectedSteps++;
                h *= Math.Max(0.2, Safety / grow);
                rejected = true;
                if (!(h >= ShortestStep))
                {
                    throw options.NotConverged(Math.Exp(u), "finds no step short enough");
                }
            }
        }

        return state;
    }

    private double[] Evaluate(Func<double, double[], double[]> slope, double u, double[] state)
    {
        if (Evaluations == options.MaxEvaluations)
        {
            throw options.NotConverged(Math.Exp(u), "has used all its evaluations");
        }

        Evaluations++;
        return slope(u, state);
    }

    private static double[] Combine(double[] state, double[][] k, double[] weights, double step)
    {
        var next = new double[state.Length];
        for (int j = 0; j < next.Length; j++)
        {
            double sum = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * k[i][j];
            }

            next[j] = state[j] + step * sum;
        }

        return next;
    }

    private double Error(double[] state, double[] next, double[][] k, double step)
    {
        int values = state.Length - integrals;
        double squares = 0;
        double integralError = 0;
        double integral = 0;
        for (int j = 0; j < state.Length; j++)
        {
            double error = 0;
            for (int i = 0; i < k.Length; i++)
            {
                error += _errorWeights[i] * k[i][j];
            }

            double size = Math.Max(Math.Abs(state[j]), Math.Abs(next[j]));
            if (j < values)
            {
                double relative = step * error / (options.AbsoluteTolerance + options.RelativeTolerance * size);
                squares += relative * relative;
            }
            else
            {
                integralError += step * error / integrals;
                integral += size / integrals;
            }
        }

        double tolerance = options.AbsoluteTolerance + options.RelativeTolerance * integral;
        return Math.Max(Math.Sqrt(squares / values), Math.Abs(integralError) / tolerance);
    }
}
