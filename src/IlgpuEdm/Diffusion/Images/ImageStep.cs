namespace IlgpuEdm.Diffusion;

/// <summary>A step of some of the images that <see cref="ImageSampler"/> draws.</summary>
/// <param name="First">The number of the first of them in the list that was asked for.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Step">The step; its arrays hold these images one after the other.</param>
public readonly record struct ImageStep(int First, int Count, SamplerStep Step);
