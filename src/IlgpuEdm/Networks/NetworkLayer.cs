namespace IlgpuEdm.Networks;

/// <summary>A row in the list of a network's layers.</summary>
/// <param name="Name">Its name, under which its parameters are found.</param>
/// <param name="Shape">Dimensions of its output for one image: height, width and channels, or channels alone.</param>
/// <param name="Parameters">Trained parameters.</param>
/// <param name="Cost">What it costs.</param>
/// <param name="IsBlock">Whether it is a block, of which training with checkpointing keeps the output alone.</param>
public sealed record NetworkLayer(string Name, IReadOnlyList<int> Shape, long Parameters, LayerCost Cost, bool IsBlock = false)
{
    /// <summary>Floats of its output for one image.</summary>
    internal long OutputFloats => Shape.Aggregate(1L, (product, size) => product * size);
}
