namespace IlgpuEdm.Autodiff;

/// <summary>Where activations change their storage: at the entrance of a network that stores them narrower, and at its exit.</summary>
public static class Storing
{
    /// <summary>The tensor in a storage: itself, if it lies so already.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="storage">How the result lies in memory; its gradient lies so too.</param>
    /// <returns>Of the same shape.</returns>
    public static Tensor Store(this Tape tape, Tensor x, TensorStorage storage)
    {
        if (x.Storage == storage)
        {
            return x;
        }

        var y = tape.New(storage, [.. x.Shape]);
        FloatElements.Convert(tape.Device, x.View, y.View, x.Length, widen: storage == TensorStorage.Float32);
        tape.Record(y, [x], dy =>
        {
            if (x.RequiresGradient)
            {
                var dx = new Tensor(tape.Device, x.Storage, [.. x.Shape]);
                FloatElements.Convert(tape.Device, dy.View, dx.View, x.Length, widen: x.Storage == TensorStorage.Float32);
                tape.AddGradient(x, dx);
            }

            dy.Release();
        });
        return y;
    }
}
