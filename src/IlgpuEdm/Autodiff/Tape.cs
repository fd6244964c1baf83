using IlgpuEdm.Devices;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Records operations and walks them back. An operation computes its output and records what turns the output's gradient into its
/// inputs' gradients; <see cref="Backward"/> runs these in reverse. The tape owns every tensor made under it, and a
/// tensor its gradient; without recording (inference) a tensor goes back to the pool as soon as the network says that it will not read
/// it again.
/// </summary>
public sealed class Tape : IDisposable
{
    // As many as a middling network has: lists that grow leave garbage behind.
    private readonly List<Entry> _entries;
    private readonly List<Tensor> _owned = new(512);

    /// <summary>Starts a tape.</summary>
    /// <param name="device">Where its tensors lie.</param>
    /// <param name="recording">False for inference.</param>
    /// <param name="dropout">Seed and image numbers of dropout's draws; needed only where dropout is used.</param>
    public Tape(Device device, bool recording, RandomKey? dropout = null)
    {
        Device = device;
        Recording = recording;
        DropoutKey = dropout;
        _entries = new List<Entry>(recording ? 256 : 0);
    }

    /// <summary>Where the tensors lie.</summary>
    public Device Device { get; }

    /// <summary>Whether operations are recorded.</summary>
    public bool Recording { get; }

    /// <summary>What dropout draws from; null leaves dropout out.</summary>
    public RandomKey? DropoutKey { get; }

    /// <summary>Keeps packed weights beyond this tape, where the weights do not change; null packs them at each use.</summary>
    public PackedWeightCache? PackedWeights { get; init; }

    /// <summary>Makes a tensor that this tape owns.</summary>
    /// <param name="shape">Its dimensions.</param>
    /// <returns>The tensor; what it holds is undefined.</returns>
    public Tensor New(params int[] shape)
    {
        var tensor = new Tensor(Device, shape);
        _owned.Add(tensor);
        return tensor;
    }

    /// <summary>The same, stored as is said.</summary>
    internal Tensor New(TensorStorage storage, params int[] shape)
    {
        var tensor = new Tensor(Device, storage, shape);
        _owned.Add(tensor);
        return tensor;
    }

    /// <summary>Makes a tensor that this tape owns, of the shape and storage of another.</summary>
    /// <param name="tensor">The other.</param>
    /// <returns>The tensor; what it holds is undefined.</returns>
    public Tensor NewLike(Tensor tensor) => New(tensor.Storage, [.. tensor.Shape]);

    /// <summary>Makes a tensor that this tape owns from numbers.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <returns>The tensor.</returns>
    public Tensor From(ReadOnlySpan<float> values, params int[] shape)
    {
        var tensor = New(shape);
        tensor.Upload(values);
        return tensor;
    }

    /// <summary>Gives a tensor that this tape owns to another tape.</summary>
    internal void HandOver(Tensor tensor, Tape heir)
    {
        var place = _owned.LastIndexOf(tensor);
        if (place < 0)
        {
            throw new ArgumentException("the tensor was not made on this tape", nameof(tensor));
        }

        _owned.RemoveAt(place);
        heir._owned.Add(tensor);
    }

    /// <summary>
    /// Records how an operation's gradient flows; nothing happens if no input wants a gradient. It is what makes a launch of kernels an
    /// operation of the autodiff.
    /// </summary>
    /// <param name="output">The result.</param>
    /// <param name="inputs">What it was made of.</param>
    /// <param name="backward">
    /// Takes the output's gradient, which it owns and must <see cref="Tensor.Release"/>, and adds to the inputs' gradients, which
    /// <see cref="WantsGradient"/> gives.
    /// </param>
    /// <param name="saved">Tensors that only this operation's backward reads.</param>
    public void Record(Tensor output, ReadOnlySpan<Tensor?> inputs, Action<Tensor> backward, params Tensor[] saved)
    {
        var wanted = false;
        foreach (var input in inputs)
        {
            wanted |= input is { RequiresGradient: true };
        }

        if (!Recording || !wanted)
        {
            foreach (var tensor in saved)
            {
                tensor.Release();
            }

            return;
        }

        output.RequiresGradient = true;
        _entries.Add(new Entry(output, backward, saved));
    }

    /// <summary>Says that the forward pass will not read a tensor again: without recording its memory goes back at once.</summary>
    /// <param name="tensor">The tensor.</param>
    public void Release(Tensor tensor)
    {
        if (!Recording)
        {
            tensor.Release();
        }
    }

    /// <summary>
    /// Says that neither pass will read a tensor's elements again, such as those of a residual once it is added: their memory goes back,
    /// and its gradient still flows.
    /// </summary>
    /// <param name="tensor">The tensor.</param>
    public void Forget(Tensor tensor)
    {
        Release(tensor);
        tensor.Forget();
    }

    /// <summary>
    /// Adds the gradients of everything that led to a tensor. Each operation's output, gradient and saved tensors go back to the pool as
    /// soon as they are consumed.
    /// </summary>
    /// <param name="output">The tensor.</param>
    /// <param name="gradient">Its gradient; the tape takes it over.</param>
    public void Backward(Tensor output, Tensor gradient)
    {
        Shapes.Require(Shapes.Same(gradient, output), [output, gradient]);
        AddGradient(output, gradient);
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var (result, backward, saved) = _entries[i];
            if (result.Gradient is { } g)
            {
                result.Gradient = null;
                Walk(backward, g);
            }

            result.Release();
            foreach (var tensor in saved)
            {
                tensor.Release();
            }
        }

        _entries.Clear();
    }

    // Between two tensors a gradient is nobody's, so here it goes back if memory runs out.
    private static void Walk(Action<Tensor> backward, Tensor gradient)
    {
        try
        {
            backward(gradient);
        }
        catch
        {
            gradient.Release();
            throw;
        }
    }

    /// <summary>Where to write the gradient of an input, if it wants one: what a recorded backward asks for.</summary>
    /// <param name="input">The input.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="accumulate">1 if the gradient holds a sum already, 0 if it must be overwritten.</param>
    /// <returns>Whether a gradient is wanted.</returns>
    public bool WantsGradient(Tensor? input, out Tensor gradient, out int accumulate)
    {
        accumulate = 0;
        gradient = null!;
        if (input is not { RequiresGradient: true })
        {
            return false;
        }

        if (input.Gradient == null)
        {
            // Its input's, not this tape's, which may be that of a part of the network alone.
            input.Gradient = new Tensor(Device, input.Storage, [.. input.Shape]);
        }
        else
        {
            accumulate = 1;
        }

        gradient = input.Gradient;
        return true;
    }

    /// <summary>The gradient of an input, for sums that can only be added: zeros if it is new, null if none is wanted.</summary>
    internal Tensor? GradientToAddTo(Tensor? input)
    {
        if (!WantsGradient(input, out var gradient, out var accumulate))
        {
            return null;
        }

        if (accumulate == 0)
        {
            Elementwise.Fill(gradient, 0f);
        }

        return gradient;
    }

    /// <summary>Adds a scaled gradient to a tensor's, if it wants one; the first is taken over.</summary>
    internal void AddGradient(Tensor? input, Tensor gradient, float scale = 1f)
    {
        if (input is not { RequiresGradient: true })
        {
            gradient.Release();
        }
        else if (input.Gradient == null)
        {
            if (scale != 1f)
            {
                Elementwise.Combine(gradient, null, gradient, scale, 0f, accumulate: false);
            }

            input.Gradient = gradient;
        }
        else
        {
            Elementwise.Combine(gradient, null, input.Gradient, scale, 0f, accumulate: true);
            gradient.Release();
        }
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        foreach (var tensor in _owned)
        {
            tensor.Release();
        }

        _owned.Clear();
        _entries.Clear();
    }

    private readonly record struct Entry(Tensor Output, Action<Tensor> Backward, Tensor[] Saved);
}
