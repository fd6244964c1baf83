using ILGPU;
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
        TensorCoreConvolution.Multiply(device, storage)
        && s.Depth % (storage == TensorStorage.BFloat16 ? 8 : 4) == 0 && s.Depth <= Deepest;

    /// <summary>The output, and what the gradient needs of each row of scores.</summary>
    public static void Forward(Tensor qkv, Tensor y, Tensor numbers, AttentionShape shape)
    {
        shape.BlockRows = Rows(shape);
        qkv.Device.Launch(
            Forward(shape.Depth, qkv.Storage), LaunchSize.OfGroups(shape.Batch * shape.Heads * shape.Blocks),
            Attention.Work(shape, 2, qkv.Bytes + y.Bytes + numbers.Bytes),
            qkv.View, y.View, numbers.View, shape);
    }

    /// <summary>The gradients of queries, keys and values.</summary>
    /// <param name="gradient">What they are made of.</param>
    /// <param name="dots">The product of output and gradient of each query.</param>
    public static void Backward(AttentionLaunch.Gradient gradient, ArrayView<float> dots)
    {
        if (gradient.Qkv.Storage == TensorStorage.BFloat16)
        {
            Backward<BFloat16Format, BFloat16>(gradient, dots);
        }
        else
        {
            Backward<Tf32Format, Float32>(gradient, dots);
        }
    }

    private static void Backward<TFormat, TStorage>(AttentionLaunch.Gradient gradient, ArrayView<float> dots)
        where TFormat : struct, IMatrixFormat
        where TStorage : struct, IStorage, IStorageOf<TFormat>
    {
        if (gradient.Shape.Depth <= 64)
        {
            Launch<TensorQueries64, TFormat, TStorage>(gradient, dots);
            Launch<TensorKeysValues64, TFormat, TStorage>(gradient, dots);
        }
        else if (gradient.Shape.Depth <= 128)
        {
            Launch<TensorQueries128, TFormat, TStorage>(gradient, dots);
            Launch<TensorKeys128, TFormat, TStorage>(gradient, dots);
            Launch<TensorValues128, TFormat, TStorage>(gradient, dots);
        }
        else
        {
            Launch<TensorQueries256, TFormat, TStorage>(gradient, dots);
            Launch<TensorKeys256, TFormat, TStorage>(gradient, dots);
            Launch<TensorValues256, TFormat, TStorage>(gradient, dots);
        }
    }

    private static void Launch<TTask, TFormat, TStorage>(AttentionLaunch.Gradient gradient, ArrayView<float> dots)
        where TTask : struct, ITensorGradientTask
        where TFormat : struct, IMatrixFormat
        where TStorage : struct, IStorage, IStorageOf<TFormat>
    {
        var shape = gradient.Shape with { BlockRows = Rows(gradient.Shape) };
        gradient.Qkv.Device.Launch(
            TensorAttentionBackward.Cooperative<TTask, TFormat, TStorage>, LaunchSize.OfGroups(shape.Batch * shape.Heads * shape.Blocks),
            gradient.Work(TTask.RowsAreQueries, TTask.Values, TTask.Scores), gradient.Qkv.View, gradient.Dy.View, gradient.Numbers.View,
            dots, gradient.Dqkv.View, shape, gradient.Accumulate);
    }

    private static int Rows(in AttentionShape shape) => shape.Depth <= 128
        ? TensorAttentionTile.Rows<TensorAttention128>() : TensorAttentionTile.Rows<TensorAttention256>();

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
