using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Training;

/// <summary>Writes what a run is for: snapshots of the averaged weights, sample grids, the loss curve, the report.</summary>
internal sealed class RunOutputs(string folder, RunIdentity identity, int imagesAtOnce, ITrainingModel model)
{
    // Enough to judge by; drawing them costs about as much as training on 400 images.
    private const int GridSide = 6;
    private const int MostClassRows = 12;

    public string SnapshotPath(long images) =>
        Path.Combine(folder, StateStore.Numbered(RunFiles.SnapshotPrefix, images, RunFiles.WeightsSuffix));

    public string GridPath(long images) => Path.Combine(folder, StateStore.Numbered(RunFiles.GridPrefix, images, RunFiles.GridSuffix));

    public string BestPath => Path.Combine(folder, "network-best.safetensors");

    public string CurvePath => Path.Combine(folder, RunFiles.Curve);

    public string ReportPath => Path.Combine(folder, RunFiles.Report);

    /// <summary>Writes the averaged weights as files that <c>sample</c> reads; where the snapshot is there, so are the profiles.</summary>
    public void WriteSnapshot(long images)
    {
        foreach (double deviation in identity.Model.Optimizer.EmaProfiles)
        {
            var profile = new PowerProfile(deviation, images);
            string profilePath = Path.Combine(folder, EmaFile.NameOf(profile));
            SafetensorsWriter profileFile = EmaFile.Describe(new SafetensorsWriter(), profile, EmaFile.RunOf(identity));
            model.AddEmaProfile(profileFile, deviation);
            FileErrors.Writing(profilePath, () => profileFile.WriteTo(profilePath));
        }

        WriteAverage(SnapshotPath(images), Snapshot(images));
    }

    /// <summary>Writes the averaged weights as those with the best score, over the ones before.</summary>
    public void WriteBest(ScoreRecord score) => WriteAverage(BestPath, Snapshot(score.Images)
        .Metadata("score", score.Score.ToString("R", CultureInfo.InvariantCulture))
        .Metadata("score_name", score.ScoreName)
        .Metadata("score_images", score.ScoreImages.ToString(CultureInfo.InvariantCulture))
        .Metadata("score_basis", score.ScoreBasis));

    /// <summary>Draws seeds 0, 1, 2, … with the averaged weights, as they are asked for; classes, where there are any, at random.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<byte[][]> Draw(int count, CancellationToken stop)
    {
        ulong[] seeds = [.. Enumerable.Range(0, count).Select(i => (ulong)i)];
        return ClassChoice.Images(null, seeds, identity.Model.Network).Chunk(imagesAtOnce)
            .Select(block => model.SampleEma(block, new SamplerOptions(), imagesAtOnce, stop));
    }

    /// <summary>Draws seeds 0, 1, 2, ... with the averaged weights; of a few classes one a row, the same seeds in each.</summary>
    /// <returns>Whether it was done; no file was written where it was stopped.</returns>
    public bool TryWriteGrid(long images, CancellationToken stop)
    {
        UNetOptions network = identity.Model.Network;
        bool classRows = network.LabelDim is > 1 and <= MostClassRows;
        int columns = classRows ? (int)Math.Round((double)GridSide * GridSide / network.LabelDim) : GridSide;
        ulong[] seeds = [.. Enumerable.Range(0, classRows ? columns : GridSide * GridSide).Select(i => (ulong)i)];
        ImageSeed[] grid = classRows
            ? [.. Enumerable.Range(0, network.LabelDim).SelectMany(c => seeds.Select(seed => new ImageSeed(seed, c)))]
            : [.. ClassChoice.Images(null, seeds, network)];
        try
        {
            byte[][] drawn = model.SampleEma(grid, new SamplerOptions(), Math.Min(imagesAtOnce, grid.Length), stop);
            SampleFolder.WriteGrid(GridPath(images), drawn, network, columns);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Draws the loss curve.</summary>
    public bool WriteCurve(IReadOnlyList<TickRecord> records) => LossCurve.Write(CurvePath, records, Path.GetFileName(folder));

    /// <summary>Writes the report. It shows the run and is no part of it: whatever goes wrong there, training goes on.</summary>
    /// <returns>What went wrong, or null.</returns>
    public string? TryWriteReport()
    {
        try
        {
            RunReport.Write(ReportPath, [folder]);
            return null;
        }
        catch (Exception e)
        {
            return $"the report was not written: {OneLine.Of(e)}; training goes on, and 'report' writes it later";
        }
    }

    private static SafetensorsWriter Snapshot(long images) =>
        new SafetensorsWriter().Metadata("images", images.ToString(CultureInfo.InvariantCulture));

    private void WriteAverage(string path, SafetensorsWriter file)
    {
        model.AddEma(file);
        FileErrors.Writing(path, () => file.WriteTo(path));
    }
}
