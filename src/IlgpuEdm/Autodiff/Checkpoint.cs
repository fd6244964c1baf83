namespace IlgpuEdm.Autodiff;

/// <summary>
/// Checkpointing: part of a network keeps its inputs and its output alone, and the backward pass runs it again to have what it needs
/// (Chen et al., "Training deep nets with sublinear memory cost", 2016). The same numbers, less memory, more time.
/// </summary>
public static class Checkpoint
{
    /// <summary>Runs part of a network so that nothing between its inputs and its output is kept until the backward pass.</summary>
    /// <param name="tape">The tape; if it is not recording, the part runs on it as it would anyway.</param>
    /// <param name="inputs">What the part reads and wants gradients for, one of its weights among them; nulls are left out.</param>
    /// <param name="body">
    /// The part: runs on the tape that it is given, makes its output there, and leaves its inputs as they are. Runs again in the backward
    /// pass, and must then do the same.
    /// </param>
    /// <returns>The part's output.</returns>
    /// <exception cref="ArgumentException">The part's output was not made on the tape that it was given.</exception>
    public static Tensor Checkpointed(this Tape tape, ReadOnlySpan<Tensor?> inputs, Func<Tape, Tensor> body)
    {
        if (!tape.Recording)
        {
            return body(tape);
        }

        Tensor y;
        using (var passing = Beside(tape, recording: false))
        {
            y = body(passing);
            passing.HandOver(y, tape);
        }

        tape.Record(y, inputs, dy =>
        {
            // Who reads the output has walked back already, so it need not be there twice.
            y.Release();
            using var again = Beside(tape, recording: true);
            again.Backward(body(again), dy);
        });
        return y;
    }

    private static Tape Beside(Tape tape, bool recording) =>
        new(tape.Device, recording, tape.DropoutKey) { PackedWeights = tape.PackedWeights };
}
