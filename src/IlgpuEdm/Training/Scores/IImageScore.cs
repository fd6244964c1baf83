namespace IlgpuEdm.Training;

/// <summary>Judges images that a network in training draws, by their distance to a reference; less is better.</summary>
public interface IImageScore : IDisposable
{
    /// <summary>What the score is called.</summary>
    string Name { get; }

    /// <summary>What it was measured with: scores of two networks or references cannot be compared.</summary>
    string Basis { get; }

    /// <summary>Measures.</summary>
    /// <param name="blocks">The images, block by block, each height x width x channels bytes; drawn while they are asked for.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <returns>The score, finite.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    double Measure(IEnumerable<byte[][]> blocks, CancellationToken stop);
}
