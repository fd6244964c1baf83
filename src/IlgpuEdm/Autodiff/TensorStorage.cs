namespace IlgpuEdm.Autodiff;

/// <summary>How a tensor's elements lie in memory. Whatever the storage, sums are computed in float32.</summary>
public enum TensorStorage
{
    /// <summary>32 bits an element.</summary>
    Float32,

    /// <summary>16 bits an element: the range of float32 with 8 significant bits. For activations and their gradients.</summary>
    BFloat16,
}

/// <summary>What follows from a storage.</summary>
internal static class TensorStorages
{
    /// <summary>Bytes of an element.</summary>
    public static int ElementBytes(this TensorStorage storage) => storage == TensorStorage.BFloat16 ? 2 : 4;
}
