namespace IlgpuEdm.Networks;

/// <summary>What a layer costs for one image.</summary>
/// <param name="MultiplyAdds">Multiplications with additions of its forward pass.</param>
/// <param name="Activations">Floats that training keeps of it until the backward pass.</param>
public readonly record struct LayerCost(double MultiplyAdds, double Activations)
{
    /// <summary>The cost of two layers.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static LayerCost operator +(LayerCost a, LayerCost b) => new(a.MultiplyAdds + b.MultiplyAdds, a.Activations + b.Activations);
}
