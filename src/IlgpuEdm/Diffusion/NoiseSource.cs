namespace IlgpuEdm.Diffusion;

/// <summary>The standard normal numbers of a sampler's draw: the same ones whenever the same draw is asked for.</summary>
/// <param name="draw">The number of the draw: 0, 1, 2, … in the order in which a sampler asks.</param>
/// <param name="length">How many numbers: as many as the sampler's state has values.</param>
/// <returns>The numbers, laid out as the state; the caller may change them.</returns>
public delegate double[] NoiseSource(int draw, int length);
