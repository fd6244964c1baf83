namespace IlgpuEdm.Networks;

/// <summary>What layers cost for one image: operations, and the memory that training needs.</summary>
public sealed class LayerCost
{
    private readonly Func<int, int, long>? _scratch;

    /// <summary>States a cost.</summary>
    /// <param name="multiplyAdds">Multiplications with additions of the forward pass.</param>
    /// <param name="kept">Floats of each tensor that training keeps until the backward pass.</param>
    /// <param name="gradients">Floats of the gradients that exist at once while the backward pass is here.</param>
    /// <param name="scratch">Floats of scratch of the largest launch, from the images at once and the device's work items.</param>
    internal LayerCost(double multiplyAdds, IReadOnlyList<long> kept, long gradients = 0, Func<int, int, long>? scratch = null)
    {
        MultiplyAdds = multiplyAdds;
        Kept = kept;
        Gradients = gradients;
        _scratch = scratch;
    }

    /// <summary>Nothing.</summary>
    public static LayerCost None { get; } = new(0, []);

    /// <summary>Multiplications with additions of convolutions, linear layers and attention in the forward pass.</summary>
    public double MultiplyAdds { get; }

    /// <summary>Floats that training keeps until the backward pass.</summary>
    public double Activations => Kept.Sum(floats => (double)floats);

    /// <summary>Floats of each tensor that training keeps.</summary>
    internal IReadOnlyList<long> Kept { get; }

    /// <summary>Floats of the gradients that exist at once while the backward pass is here.</summary>
    internal long Gradients { get; }

    /// <summary>The cost of layers one after the other.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static LayerCost operator +(LayerCost a, LayerCost b) => new(
        a.MultiplyAdds + b.MultiplyAdds, [.. a.Kept, .. b.Kept], Math.Max(a.Gradients, b.Gradients),
        (batch, workItems) => Math.Max(a.Scratch(batch, workItems), b.Scratch(batch, workItems)));

    /// <summary>Tensors that nothing is multiplied for.</summary>
    /// <param name="floats">Floats of each.</param>
    internal static LayerCost Keeping(params long[] floats) => new(0, floats);

    /// <summary>Floats of scratch of the largest launch.</summary>
    /// <param name="batch">Images at once.</param>
    /// <param name="workItems">Work items of the device.</param>
    internal long Scratch(int batch, int workItems) => _scratch?.Invoke(batch, workItems) ?? 0;
}
