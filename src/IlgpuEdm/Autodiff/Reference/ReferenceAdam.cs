namespace IlgpuEdm.Autodiff.Reference;

/// <summary>Adam on the host in float64 (Kingma and Ba 2015), with bias correction, without weight decay.</summary>
public static class ReferenceAdam
{
    /// <summary>
    /// One step, in place: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
    /// p -= lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps).
    /// </summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">g, as many.</param>
    /// <param name="m">First moments, 0 before the first step.</param>
    /// <param name="v">Second moments, 0 before the first step.</param>
    /// <param name="step">t, 1 at the first step.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="beta1">Decay of the first moments.</param>
    /// <param name="beta2">Decay of the second moments.</param>
    /// <param name="eps">Added to the root of the second moment after its correction.</param>
    public static void Step(
        double[] parameters,
        double[] gradients,
        double[] m,
        double[] v,
        long step,
        double learningRate,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8)
    {
        double correction1 = 1 - Math.Pow(beta1, step);
        double correction2 = Math.Sqrt(1 - Math.Pow(beta2, step));
        for (int i = 0; i < parameters.Length; i++)
        {
            double g = gradients[i];
            m[i] = beta1 * m[i] + (1 - beta1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            parameters[i] -= learningRate / correction1 * m[i] / (Math.Sqrt(v[i]) / correction2 + eps);
        }
    }
}
