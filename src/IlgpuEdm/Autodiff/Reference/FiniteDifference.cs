namespace IlgpuEdm.Autodiff.Reference;

/// <summary>Checks a gradient against central differences in float64, without knowing how it was computed.</summary>
public static class FiniteDifference
{
    /// <summary>
    /// Compares a gradient of L = sum(out * gradOut) with (L(x + h) - L(x - h)) / 2h, one element of x after the other.
    /// </summary>
    /// <param name="forward">out as a function of x, smooth, and free of side effects.</param>
    /// <param name="x">Where the gradient was taken.</param>
    /// <param name="gradOut">The weights of the sum, as many as the outputs.</param>
    /// <param name="gradient">The gradient to check, as long as <paramref name="x"/>.</param>
    /// <param name="step">h for elements of size 1 or less; larger ones get proportionally larger steps.</param>
    /// <returns>
    /// The largest deviation of an element, relative to the largest difference quotient of all; infinite where a value is not a number.
    /// </returns>
    public static double LargestDeviation(
        Func<double[], double[]> forward, double[] x, double[] gradOut, double[] gradient, double step = 1e-5)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, x.Length, nameof(gradient));
        double deviation = 0;
        double size = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double h = step * Math.Max(1, Math.Abs(x[i]));
            double slope = (Sum(forward, Moved(x, i, h), gradOut) - Sum(forward, Moved(x, i, -h), gradOut)) / (2 * h);
            deviation = Math.Max(deviation, Math.Abs(slope - gradient[i]));
            size = Math.Max(size, Math.Abs(slope));
        }

        double relative = deviation == 0 ? 0 : deviation / size;
        return double.IsNaN(relative) ? double.PositiveInfinity : relative;
    }

    private static double[] Moved(double[] x, int index, double distance)
    {
        var moved = (double[])x.Clone();
        moved[index] += distance;
        return moved;
    }

    private static double Sum(Func<double[], double[]> forward, double[] x, double[] gradOut)
    {
        double[] output = forward(x);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradOut.Length, output.Length, nameof(gradOut));
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            sum += output[i] * gradOut[i];
        }

        return sum;
    }
}
