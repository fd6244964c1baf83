using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Attention;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Autodiff;

/// <summary>Launches attention in the cooperative schedule: which tile serves is a matter of the heads' depth alone.</summary>
internal static class AttentionLaunch
{
    public static void Forward(Tensor qkv, Tensor y, Tensor numbers, AttentionShape shape)
    {
        if (TensorCoreAttention.Serves(qkv.Device, qkv.Storage, shape))
        {
            TensorCoreAttention.Forward(qkv, y, numbers, shape);
        }
        else if (qkv.Storage == TensorStorage.BFloat16)
        {
            Forward<BFloat16>(qkv, y, numbers, shape);
        }
        else
        {
            Forward<Float32>(qkv, y, numbers, shape);
        }
    }

    public static void Backward(Tensor qkv, Tensor y, Tensor dy, Tensor numbers, Tensor dqkv, AttentionShape shape, int accumulate)
    {
        var gradient = new Gradient(qkv, y, dy, numbers, dqkv, shape, accumulate);
        if (qkv.Storage == TensorStorage.BFloat16)
        {
            gradient.Launch<BFloat16>();
        }
        else
        {
            gradient.Launch<Float32>();
        }
    }

    private static void Forward<TStorage>(Tensor qkv, Tensor y, Tensor numbers, AttentionShape shape)
        where TStorage : struct, IStorage
    {
        if (shape.Depth % 4 != 0)
        {
            Forward<TStorage, ForwardScalar>(qkv, y, numbers, shape);
        }
        else if (shape.Depth <= 64)
        {
            Forward<TStorage, Forward64>(qkv, y, numbers, shape);
        }
        else if (shape.Depth <= 128)
        {
            Forward<TStorage, Forward128>(qkv, y, numbers, shape);
        }
        else
        {
            Forward<TStorage, Forward256>(qkv, y, numbers, shape);
        }
    }

    private static void Forward<TStorage, TTile>(Tensor qkv, Tensor y, Tensor numbers, AttentionShape shape)
        where TStorage : struct, IStorage
        where TTile : struct, IForwardTile
    {
        shape.BlockRows = AttentionTile.Rows;
        var bytes = qkv.Bytes + y.Bytes + numbers.Bytes;
        qkv.Device.Launch(
            AttentionForward.Cooperative<TStorage, TTile>, Groups<TTile>(shape), Attention.Work(shape, 2, bytes),
            qkv.View, y.View, numbers.View, shape);
    }

    private static LaunchSize Groups<TTile>(in AttentionShape shape)
        where TTile : struct, IAttentionTile
    {
        var width = AttentionTile.BlockChannels * TTile.ChannelBlocks;
        return LaunchSize.OfGroups(shape.Batch * shape.Heads * shape.Blocks * ((shape.Depth + width - 1) / width));
    }

    /// <summary>What the gradient's kernels have in common.</summary>
    internal sealed record Gradient(
        Tensor Qkv, Tensor Y, Tensor Dy, Tensor Numbers, Tensor Dqkv, AttentionShape Shape, int Accumulate)
    {
        public void Launch<TStorage>()
            where TStorage : struct, IStorage
        {
            using var dots = Qkv.Device.Pool.RentScratch((long)Shape.Batch * Shape.Heads * Shape.Tokens);
            if (TensorCoreAttention.Serves(Qkv.Device, Qkv.Storage, Shape))
            {
                Multiply<TStorage, Forward64>(dots.View);
                TensorCoreAttention.Backward(this, dots.View);
                return;
            }

            if (Shape.Depth % 4 != 0)
            {
                Multiply<TStorage, ForwardScalar>(dots.View);
                Launch<TStorage, QueriesScalar>(dots.View);
                Launch<TStorage, KeysValuesScalar>(dots.View);
                return;
            }

            Multiply<TStorage, Forward64>(dots.View);
            if (Shape.Depth <= 64)
            {
                Launch<TStorage, Queries64>(dots.View);
                Launch<TStorage, KeysValues64>(dots.View);
            }
            else if (Shape.Depth <= 128)
            {
                Launch<TStorage, Queries128>(dots.View);
                Launch<TStorage, KeysValues128>(dots.View);
            }
            else
            {
                Launch<TStorage, Queries256>(dots.View);
                Launch<TStorage, Keys256>(dots.View);
                Launch<TStorage, Values256>(dots.View);
            }
        }

        /// <summary>What a kernel has to do; the gradient of the probabilities counts with the queries'.</summary>
        public KernelWork Work(bool queries, bool values, bool scores) => Attention.Work(
            Shape, (values ? 1 : 0) + (scores ? 1 : 0) + (queries ? 1 : 0),
            Qkv.Bytes + Dy.Bytes + Numbers.Bytes + Dqkv.Bytes / 3 * (values && scores ? 2 : 1));

        private void Multiply<TStorage, TTile>(ArrayView<float> dots)
            where TStorage : struct, IStorage
            where TTile : struct, IForwardTile
        {
            var rows = Shape.Batch * Shape.Heads * Shape.Tokens;
            var groups = (rows + AttentionDots.Rows - 1) / AttentionDots.Rows;
            Qkv.Device.Launch(
                AttentionDots.Cooperative<TStorage, TTile>, LaunchSize.OfGroups(groups),
                new KernelWork(2.0 * Y.Length, Y.Bytes + Dy.Bytes + 4.0 * rows), Y.View, Dy.View, dots, Shape);
        }

        private void Launch<TStorage, TTask>(ArrayView<float> dots)
            where TStorage : struct, IStorage
            where TTask : struct, IGradientTask
        {
            var shape = Shape with { BlockRows = AttentionTile.Rows };
            Qkv.Device.Launch(
                AttentionBackward.Cooperative<TStorage, TTask>, Groups<TTask>(shape), Work(TTask.RowsAreQueries, TTask.Values, TTask.Scores),
                Qkv.View, Dy.View, Numbers.View, dots, Dqkv.View, shape, Accumulate);
        }
    }
}
