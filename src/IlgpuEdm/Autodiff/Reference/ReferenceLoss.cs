namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// EDM's preconditioning D(x; sigma) = c_skip x + c_out F(c_in x; c_noise) and its loss lambda(sigma) (D - y)^2 on the host in
/// float64 (Karras et al. 2022, table 1). Values are flattened images, equally many for each sigma: [sigma.Length, ...].
/// </summary>
public static class ReferenceLoss
{
    /// <summary>The four coefficients of the preconditioning at one noise level.</summary>
    /// <param name="CSkip">sigma_data^2 / (sigma^2 + sigma_data^2).</param>
    /// <param name="COut">sigma sigma_data / sqrt(sigma^2 + sigma_data^2).</param>
    /// <param name="CIn">1 / sqrt(sigma^2 + sigma_data^2).</param>
    /// <param name="CNoise">ln(sigma) / 4.</param>
    public readonly record struct Coefficients(double CSkip, double COut, double CIn, double CNoise);

    /// <summary>The coefficients at one noise level.</summary>
    /// <param name="sigma">The noise level, above 0.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <returns>c_skip, c_out, c_in and c_noise.</returns>
    public static Coefficients Precondition(double sigma, double sigmaData)
    {
        double total = sigma * sigma + sigmaData * sigmaData;
        return new Coefficients(
            sigmaData * sigmaData / total, sigma * sigmaData / Math.Sqrt(total), 1 / Math.Sqrt(total), Math.Log(sigma) / 4);
    }

    /// <summary>What the network is given: c_in x.</summary>
    /// <param name="x">Noisy images.</param>
    /// <param name="sigma">One noise level an image.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <returns>Input of F, in the layout of <paramref name="x"/>.</returns>
    public static double[] NetworkInput(double[] x, double[] sigma, double sigmaData) =>
        PerImage(x.Length, sigma, (i, s) => Precondition(s, sigmaData).CIn * x[i]);

    /// <summary>What the denoiser returns: c_skip x + c_out F.</summary>
    /// <param name="x">Noisy images.</param>
    /// <param name="network">F, the output of the network.</param>
    /// <param name="sigma">One noise level an image.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <returns>Denoised images.</returns>
    public static double[] Denoised(double[] x, double[] network, double[] sigma, double sigmaData) =>
        PerImage(x.Length, sigma, (i, s) =>
        {
            Coefficients c = Precondition(s, sigmaData);
            return c.CSkip * x[i] + c.COut * network[i];
        });

    /// <summary>The gradient of <see cref="Denoised"/> with respect to F: c_out times that of the denoised images.</summary>
    /// <param name="gradDenoised">Gradient of the denoised images.</param>
    /// <param name="sigma">One noise level an image.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <returns>Gradient of F.</returns>
    public static double[] NetworkGradient(double[] gradDenoised, double[] sigma, double sigmaData) =>
        PerImage(gradDenoised.Length, sigma, (i, s) => Precondition(s, sigmaData).COut * gradDenoised[i]);

    /// <summary>The loss of every value: lambda(sigma) (D - y)^2 with lambda = (sigma^2 + sigma_data^2) / (sigma sigma_data)^2.</summary>
    /// <param name="denoised">D, the denoised images.</param>
    /// <param name="y">The clean images.</param>
    /// <param name="sigma">One noise level an image.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <returns>Losses, in the layout of <paramref name="y"/>; training adds them up over an image and averages over images.</returns>
    public static double[] Forward(double[] denoised, double[] y, double[] sigma, double sigmaData) =>
        PerImage(y.Length, sigma, (i, s) => Weight(s, sigmaData) * (denoised[i] - y[i]) * (denoised[i] - y[i]));

    /// <summary>The gradient of the summed loss with respect to the denoised images: scale 2 lambda (D - y).</summary>
    /// <param name="denoised">D, the denoised images.</param>
    /// <param name="y">The clean images.</param>
    /// <param name="sigma">One noise level an image.</param>
    /// <param name="sigmaData">Standard deviation of the data.</param>
    /// <param name="scale">What the sum is multiplied by: 1 / batch in training.</param>
    /// <returns>Gradient of the denoised images.</returns>
    public static double[] Gradient(double[] denoised, double[] y, double[] sigma, double sigmaData, double scale) =>
        PerImage(y.Length, sigma, (i, s) => scale * 2 * Weight(s, sigmaData) * (denoised[i] - y[i]));

    private static double Weight(double sigma, double sigmaData) =>
        (sigma * sigma + sigmaData * sigmaData) / (sigma * sigma * sigmaData * sigmaData);

    private static double[] PerImage(int length, double[] sigma, Func<int, double, double> value)
    {
        int perImage = length / sigma.Length;
        var result = new double[length];
        for (int i = 0; i < length; i++)
        {
            result[i] = value(i, sigma[i / perImage]);
        }

        return result;
    }
}
