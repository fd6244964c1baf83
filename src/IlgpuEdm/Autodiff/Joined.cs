namespace IlgpuEdm.Autodiff;

/// <summary>
/// An activation whose channels lie in one tensor or in two, as the decoder's state and the encoder's skip do: operations that take it
/// read both where they lie, so that they need not be joined in memory.
/// </summary>
/// <param name="First">The first channels, <c>[N, H, W, A]</c>.</param>
/// <param name="Second">The others, <c>[N, H, W, B]</c>, or null.</param>
public readonly record struct Joined(Tensor First, Tensor? Second = null)
{
    /// <summary>All channels.</summary>
    public int Channels => First.Size(-1) + (Second?.Size(-1) ?? 0);

    /// <summary>One tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    public static implicit operator Joined(Tensor tensor) => new(tensor);

    /// <summary>The activation as one tensor: joined now, if it lies in two.</summary>
    /// <param name="tape">The tape.</param>
    /// <returns><c>[N, H, W, A + B]</c>.</returns>
    public Tensor Whole(Tape tape) => Second == null ? First : tape.Concatenate(First, Second);

    /// <summary>Says that the forward pass will not read the tensors again, as <see cref="Tape.Release"/>.</summary>
    /// <param name="tape">The tape.</param>
    public void Release(Tape tape)
    {
        tape.Release(First);
        if (Second != null)
        {
            tape.Release(Second);
        }
    }

    internal void RequireFit()
    {
        var fit = Second == null || Second.Shape.Count == First.Shape.Count;
        for (var i = 0; fit && i < First.Shape.Count - 1; i++)
        {
            fit = Second == null || Second.Size(i) == First.Size(i);
        }

        Shapes.Require(fit, [First, Second], "joined tensors have the same images and pixels");
    }
}
