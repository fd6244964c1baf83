using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>Says in rows of a name and a value what a network costs.</summary>
public static class CostDescription
{
    private const double Kilo = 1e3;

    /// <summary>Parameters, operations, and memory by the image.</summary>
    /// <param name="cost">The network's cost.</param>
    public static IReadOnlyList<(string Name, string Value)> OfNetwork(ComputeCost cost) =>
    [
        ("parameters", cost.Parameters.ToString("N0", CultureInfo.InvariantCulture)),
        ("operations to denoise an image", Operations(cost.DenoiseFlops)),
        ("operations to train on an image", Operations(cost.TrainingFlops)
            + (cost.Checkpointing ? " (forward, backward twice as much, and the blocks again)" : " (forward, and backward twice as much)")),
        ("memory of the weights", Bytes(cost.WeightBytes)),
    ];

    /// <summary>The same, and the memory of a training run.</summary>
    /// <param name="cost">The network's cost.</param>
    /// <param name="batch">Images of an optimiser step.</param>
    /// <param name="microBatch">Images at once.</param>
    public static IReadOnlyList<(string Name, string Value)> OfTraining(ComputeCost cost, int batch, int microBatch)
    {
        var rows = new List<(string, string)>(OfNetwork(cost))
        {
            ("operations of a training step", Operations(batch * cost.TrainingFlops) + Invariant($" (batch {batch:N0})")),
            ("memory of weights, gradients, moments, averages", Bytes(cost.StateBytes)),
            ("memory of activations", Bytes(cost.ActivationBytes(microBatch)) + Invariant($" ({microBatch:N0} images at once)")),
        };
        if (microBatch > cost.MostImagesAtOnce)
        {
            rows.Add(("memory of training",
                Invariant($"beyond what kernels can address: at most {cost.MostImagesAtOnce:N0} images at once; ")
                + Invariant($"give a smaller --micro-batch, such as {LargestDivisor(batch, cost.MostImagesAtOnce)}")));
            return rows;
        }

        rows.Add(("memory of training, CPU", Bytes(cost.TrainingBytes(microBatch, Environment.ProcessorCount))));
        rows.Add(("memory of training, GPU", Bytes(cost.TrainingBytesOnGpu(microBatch)) + " (more scratch for more work at once)"));
        return rows;
    }

    /// <summary>The layers, in the order in which they run: name, output, parameters, operations of the forward pass.</summary>
    /// <param name="cost">The network's cost.</param>
    public static IEnumerable<string[]> Layers(ComputeCost cost) => cost.Layers.Select(layer => new[]
    {
        layer.Name,
        string.Join(" x ", layer.Shape),
        Invariant($"{layer.Parameters:N0}").PadLeft(12),
        Invariant($"{2 * layer.Cost.MultiplyAdds / 1e6:N3}").PadLeft(12),
    });

    /// <summary>Operations with a fitting unit.</summary>
    /// <param name="flops">Floating-point operations.</param>
    public static string Operations(double flops) => Scaled(flops, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"]);

    /// <summary>Bytes with a fitting unit, in powers of 1000.</summary>
    /// <param name="bytes">How many.</param>
    public static string Bytes(double bytes) => Scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);

    private static int LargestDivisor(int batch, int most)
    {
        int divisor = Math.Min(batch, most);
        while (batch % divisor != 0)
        {
            divisor--;
        }

        return divisor;
    }

    private static string Scaled(double value, string[] units)
    {
        int unit = 0;
        while (value >= Kilo && unit < units.Length - 1)
        {
            value /= Kilo;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:G4} {units[unit]}");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
