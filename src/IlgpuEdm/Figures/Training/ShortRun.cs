using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Figures;

/// <summary>A run of 2,000 images for those who have none yet: enough to see at which noise levels a network learns first.</summary>
public static class ShortRun
{
    /// <summary>How many images it trains on.</summary>
    public const long Images = 2_000;

    // Small steps make the most of few images; a tick of two steps is early enough to show the loss before training.
    private const int BatchSize = 16;
    private const int TickImages = 2 * BatchSize;
    private const string Description = "explain";

    /// <summary>
    /// Trains the compact network, or goes on with the run of the same data, seed and place; one that is finished is used as it is.
    /// </summary>
    /// <param name="root">The folder that gets the run's folder.</param>
    /// <param name="data">The images.</param>
    /// <param name="where">The device, and how it computes.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="onProgress">Told after each step where the run stands; null for nobody.</param>
    /// <param name="stop">Ends the run after the step at hand; the same call goes on with it.</param>
    /// <returns>The run's folder.</returns>
    /// <exception cref="EdmException">Whatever keeps the run from going on, in one line.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static string Train(
        string root, IImageDataset data, DeviceRequest where, ulong seed = 0, Action<TrainingProgress>? onProgress = null,
        CancellationToken stop = default)
    {
        var defaults = new TrainingRequest();
        TrainingRequest request = defaults with
        {
            // As the paper means it: the data's, so that the loss starts at 1 at every level.
            SigmaData = DatasetStatistics.Measure(data).RootMeanSquare,
            BatchSize = BatchSize,
            Optimizer = defaults.Optimizer with { RampUpImages = 500, EmaHalfLifeImages = 500 },
            Description = Description,
            Seed = seed,
            Schedule = new RunSchedule
            {
                DataSource = "",
                Images = Images,
                TickImages = TickImages,
                GridImages = 0,
                SnapshotImages = 0,
            }.On(where),
        };
        TrainingResult result = new TrainingSession { OnProgress = onProgress }.Run(root, request.Resolve(data), data, resume: true, stop);
        stop.ThrowIfCancellationRequested();
        return Path.GetDirectoryName(result.Snapshot)!;
    }
}
