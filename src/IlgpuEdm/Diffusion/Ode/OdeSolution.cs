namespace IlgpuEdm.Diffusion;

/// <summary>What the adaptive solver found for one image.</summary>
/// <param name="X">The image at the last noise level, a new array.</param>
/// <param name="Denoised">D(X; sigma) at the last noise level that the ODE was solved at.</param>
/// <param name="Evaluations">How often the denoiser was called.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="RejectedSteps">Steps tried and thrown away for their error.</param>
public sealed record OdeSolution(double[] X, double[] Denoised, int Evaluations, int Steps, int RejectedSteps);
