namespace IlgpuEdm.Diffusion;

/// <summary>Standard normal numbers for a sampler that adds noise.</summary>
/// <param name="draw">The number of the draw: that of the sampler's step, from 0. The same draw gives the same numbers.</param>
/// <param name="length">How many numbers, as many as the state has, laid out as it is.</param>
/// <returns>The numbers, <c>[length]</c>.</returns>
public delegate double[] NoiseSource(int draw, int length);
