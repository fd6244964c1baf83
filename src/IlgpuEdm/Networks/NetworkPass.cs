using IlgpuEdm.Autodiff;

namespace IlgpuEdm.Networks;

/// <summary>What a module needs to run: the tape to record on and the values of the parameters.</summary>
/// <param name="Tape">The tape.</param>
/// <param name="Parameters">The values; the weights in training, their average in sampling.</param>
/// <param name="Checkpointing">
/// Whether a recording pass keeps of each block its output alone and runs it again in the backward pass: the same numbers, more time,
/// less memory.
/// </param>
public sealed record NetworkPass(Tape Tape, ParameterBlock Parameters, bool Checkpointing = false)
{
    /// <summary>The values of a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    public Tensor this[Parameter parameter] => Parameters[parameter];
}
