namespace IlgpuEdm.Devices;

/// <summary>
/// With how many bits networks compute. Weights, statistics of norms, softmax, losses and all sums are float32 whatever the precision.
/// </summary>
public enum Precision
{
    /// <summary>float32 throughout: exact, and the default everywhere.</summary>
    Fp32,

    /// <summary>
    /// Products of TF32 numbers, which have float32's range and 11 significant bits, on the tensor cores of NVIDIA GPUs of compute
    /// capability 8.0 and later; all else as float32.
    /// </summary>
    Tf32,

    /// <summary>
    /// Activations and their gradients inside networks are stored as bfloat16, which has 8 significant bits, on any device; where there are
    /// tensor cores for it, they multiply such numbers.
    /// </summary>
    Bf16,
}
