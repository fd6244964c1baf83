using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Metrics;

/// <summary>What a branch does before its convolutions.</summary>
internal enum InceptionPool
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The mean of 3x3 pixels, as far as they exist, at every pixel.</summary>
    Average,

    /// <summary>The largest of 3x3 pixels at every pixel.</summary>
    Maximum,

    /// <summary>The largest of 3x3 pixels, all within the image, at every other pixel.</summary>
    MaximumByTwo,
}

/// <summary>
/// A block of branches that read the same input and write side by side into one output. A branch is a pool, or none, and a chain of
/// convolutions; the chain may end in several that read the same.
/// </summary>
/// <param name="layers">All layers of the network, to which the block's are added.</param>
/// <param name="name">The block's name in files.</param>
/// <param name="inputs">Channels of the input.</param>
internal sealed class InceptionBlock(List<InceptionLayer> layers, string name, int inputs)
{
    private readonly List<Branch> _branches = [];

    /// <summary>Channels of the output.</summary>
    public int Outputs => _branches.Sum(b => b.Outputs);

    /// <summary>Adds a branch that is a chain of convolutions.</summary>
    public InceptionBlock Chain(params ReadOnlySpan<InceptionStep> steps) => Pooled(InceptionPool.None, steps);

    /// <summary>Adds a branch that is a pool and a chain of convolutions, or a pool alone.</summary>
    public InceptionBlock Pooled(InceptionPool pool, params ReadOnlySpan<InceptionStep> steps) => Add(pool, steps, []);

    /// <summary>Adds a branch whose chain ends in convolutions side by side.</summary>
    public InceptionBlock Split(ReadOnlySpan<InceptionStep> steps, params ReadOnlySpan<InceptionStep> ends) =>
        Add(InceptionPool.None, steps, ends);

    private InceptionBlock Add(InceptionPool pool, ReadOnlySpan<InceptionStep> steps, ReadOnlySpan<InceptionStep> ends)
    {
        var channels = inputs;
        var chain = new List<InceptionLayer>();
        foreach (var step in steps)
        {
            chain.Add(Layer(step, channels));
            channels = step.Shape.Outputs;
        }

        // A chain's last convolution is its only end.
        var last = new List<InceptionLayer>();
        foreach (var end in ends)
        {
            last.Add(Layer(end, channels));
        }

        if (last.Count == 0 && chain.Count > 0)
        {
            last.Add(chain[^1]);
            chain.RemoveAt(chain.Count - 1);
        }

        _branches.Add(new Branch(pool, chain, last, last.Count == 0 ? channels : last.Sum(l => l.Outputs)));
        return this;
    }

    private InceptionLayer Layer(InceptionStep step, int channels)
    {
        var layer = new InceptionLayer($"{name}.{step.Name}", channels, step.Shape);
        layers.Add(layer);
        return layer;
    }

    /// <summary>Runs the block.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x"><c>[N, H, W, inputs]</c>; it stays the caller's.</param>
    /// <returns><c>[N, H, W, outputs]</c>, or of half the height and width, rounded down.</returns>
    public Tensor Forward(Tape tape, Tensor x)
    {
        var halves = _branches.Any(b => b.Pool == InceptionPool.MaximumByTwo);
        int height = x.Size(1), width = x.Size(2);
        var y = halves ? tape.New(x.Size(0), (height - 1) / 2, (width - 1) / 2, Outputs) : tape.New(x.Size(0), height, width, Outputs);
        var channel = 0;
        foreach (var branch in _branches)
        {
            branch.Forward(tape, x, new ChannelRange(y, channel));
            channel += branch.Outputs;
        }

        return y;
    }

    private sealed record Branch(InceptionPool Pool, List<InceptionLayer> Chain, List<InceptionLayer> Ends, int Outputs)
    {
        public void Forward(Tape tape, Tensor x, ChannelRange into)
        {
            if (Ends.Count == 0)
            {
                Pooled(tape, x, into);
                return;
            }

            var h = Pooled(tape, x, null);
            foreach (var layer in Chain)
            {
                h = Replace(tape, x, h, layer.Forward(tape, h));
            }

            var first = into.First;
            foreach (var end in Ends)
            {
                end.Forward(tape, h, into with { First = first });
                first += end.Outputs;
            }

            Replace(tape, x, h, x);
        }

        private Tensor Pooled(Tape tape, Tensor x, ChannelRange? into) => Pool switch
        {
            InceptionPool.Average => tape.AveragePool(x, 3, stride: 1, padding: 1, into),
            InceptionPool.Maximum => tape.MaxPool(x, 3, stride: 1, padding: 1, into),
            InceptionPool.MaximumByTwo => tape.MaxPool(x, 3, stride: 2, padding: 0, into),
            _ => x,
        };

        // The block's input is the caller's.
        private static Tensor Replace(Tape tape, Tensor x, Tensor old, Tensor now)
        {
            if (old != x)
            {
                tape.Release(old);
            }

            return now;
        }
    }
}

/// <summary>A convolution of a block.</summary>
/// <param name="Name">Its name in the block.</param>
/// <param name="Shape">What it computes.</param>
internal readonly record struct InceptionStep(string Name, InceptionLayerShape Shape);
