using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Networks;

/// <summary>The values of parameters before training, any stretch of them for itself.</summary>
internal static class ParameterDraws
{
    private const int Piece = 512;

    /// <summary>Computes a stretch of a parameter's first values.</summary>
    /// <param name="parameter">The parameter; its index keys the draws.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="first">The place of the first value wanted.</param>
    /// <param name="values">Receives them.</param>
    public static void Fill(Parameter parameter, ulong seed, int first, Span<float> values)
    {
        var start = parameter.Start;
        if (start.Bound == 0)
        {
            values.Fill(start.Constant);
            return;
        }

        Span<double> draws = stackalloc double[Piece];
        for (var done = 0; done < values.Length; done += Piece)
        {
            var piece = draws[..Math.Min(Piece, values.Length - done)];
            var element = (uint)(first + done);
            if (start.Normal)
            {
                HostRandom.FillNormal(seed, RandomPurpose.Initialisation, (ulong)parameter.Index, element, piece);
            }
            else
            {
                HostRandom.FillUniform(seed, RandomPurpose.Initialisation, (ulong)parameter.Index, element, piece);
            }

            for (var i = 0; i < piece.Length; i++)
            {
                values[done + i] = (float)((start.Normal ? piece[i] : 2 * piece[i] - 1) * start.Bound);
            }
        }
    }
}
