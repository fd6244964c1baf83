using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Attention;
using IlgpuEdm.Kernels.Primitives;
using ForwardKernel = System.Action<
    ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, ILGPU.ArrayView<float>, IlgpuEdm.Kernels.Attention.AttentionShape>;

namespace IlgpuEdm.Autodiff;

/// <summary>Launches of attention's kernels for tensor cores.</summary>
internal static class TensorCoreAttention
{
    private const int Deepest = 256;

    /// <summary>
    /// Whether attention runs on tensor cores: if the precision allows it, channels of a head come 16 bytes at a time, and a group can hold
    /// them. By the depth alone.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="storage">How activations are stored.</param>
    /// <param name="s">The attention.</param>
    public static bool Serves(Device device, TensorStorage storage, in AttentionShape s) =>
        device.UsesTensorCores && (storage == TensorStorage.BFloat16 || device.Precision == Precision.Tf32)
        && s.Depth % (storage == TensorStorage.BFloat16 ? 8 : 4) == 0 && s.Depth <= Deepest;

    /// <summary>The output, and what the gradient needs of each row of scores.</summary>
    public static void Forward(Tensor qkv, Tensor y, Tensor numbers, AttentionShape shape)
    {
        shape.BlockRows = shape.Depth <= 128
            ? TensorAttentionTile.Rows<TensorAttention128>() : TensorAttentionTile.Rows<TensorAttention256>();
        qkv.Device.Launch(
            Forward(shape.Depth, qkv.Storage), LaunchSize.OfGroups(shape.Batch * shape.Heads * shape.Blocks),
            Attention.Work(shape, 2, AttentionLaunch.Bytes(qkv) + AttentionLaunch.Bytes(y) + AttentionLaunch.Bytes(numbers)),
            qkv.View, y.View, numbers.View, shape);
    }

    private static ForwardKernel Forward(int depth, TensorStorage storage) => (depth, storage) switch
    {
        ( <= 64, TensorStorage.Float32) => TensorAttentionForward.Cooperative<TensorAttention64, Tf32Format, Float32>,
        ( <= 64, _) => TensorAttentionForward.Cooperative<TensorAttention64, BFloat16Format, BFloat16>,
        ( <= 128, TensorStorage.Float32) => TensorAttentionForward.Cooperative<TensorAttention128, Tf32Format, Float32>,
        ( <= 128, _) => TensorAttentionForward.Cooperative<TensorAttention128, BFloat16Format, BFloat16>,
        (_, TensorStorage.Float32) => TensorAttentionForward.Cooperative<TensorAttention256, Tf32Format, Float32>,
        _ => TensorAttentionForward.Cooperative<TensorAttention256, BFloat16Format, BFloat16>,
    };
}
