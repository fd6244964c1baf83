namespace IlgpuEdm.Diffusion;

/// <summary>
/// The trace of dD/dx from vector-Jacobian products: v^T dD/dx v for random signs v, whose mean is the trace (Hutchinson 1990), or
/// for the unit vectors, whose sum is the trace.
/// </summary>
internal sealed class DivergenceProbes
{
    private readonly LikelihoodOptions _options;
    private readonly int _size;
    private readonly sbyte[][] _signs;

    public DivergenceProbes(LikelihoodOptions options, int size, ulong seed)
    {
        _options = options;
        _size = size;
        _signs = new sbyte[options.FullTrace ? 0 : options.Probes][];
        for (int k = 0; k < _signs.Length; k++)
        {
            _signs[k] = new sbyte[size];
            for (int j = 0; j < size; j++)
            {
                double u = HostRandom.Uniform(seed, RandomPurpose.Hutchinson, (ulong)k, (uint)j);
                _signs[k][j] = (sbyte)(u < 0.5 ? -1 : 1);
            }
        }
    }

    /// <summary>How many estimates of the trace <see cref="Traces"/> gives.</summary>
    public int Count => _options.FullTrace ? 1 : _signs.Length;

    /// <summary>D(x; sigma) of one image, and the estimates of the trace of dD/dx, one a probe, or the trace itself.</summary>
    public double[] Traces(DenoiserVjp denoise, double[] x, double sigma, double[] traces)
    {
        double[] denoised = [];
        Array.Clear(traces);
        int vectors = _options.FullTrace ? _size : _signs.Length;
        for (int first = 0; first < vectors; first += _options.Batch)
        {
            int count = Math.Min(_options.Batch, vectors - first);
            var images = new double[count * _size];
            var cotangents = new double[count * _size];
            for (int r = 0; r < count; r++)
            {
                x.CopyTo(images, r * _size);
                for (int j = 0; j < _size; j++)
                {
                    cotangents[r * _size + j] = Component(first + r, j);
                }
            }

            var (all, vjp) = OdeCheck.DenoiseWithVjp(denoise, images, sigma, cotangents);
            denoised = first == 0 ? all[.._size] : denoised;
            for (int r = 0; r < count; r++)
            {
                double sum = 0;
                for (int j = 0; j < _size; j++)
                {
                    sum += vjp[r * _size + j] * cotangents[r * _size + j];
                }

                traces[_options.FullTrace ? 0 : first + r] += sum;
            }
        }

        return denoised;
    }

    private double Component(int vector, int j) => _options.FullTrace ? vector == j ? 1 : 0 : _signs[vector][j];
}
