using System.Globalization;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>Writes what a run is for: snapshots of the averaged weights, sample grids, the loss curve.</summary>
internal sealed class RunOutputs(string folder, RunIdentity identity, ITrainingModel model)
{
    // Enough to judge by; drawing them costs about as much as training on 400 images.
    private const int GridSide = 6;

    public string SnapshotPath(long images) => Path.Combine(folder, StateStore.Numbered("network-snapshot-", images, ".safetensors"));

    public string GridPath(long images) => Path.Combine(folder, StateStore.Numbered("samples-", images, ".png"));

    public string CurvePath => Path.Combine(folder, "curve.png");

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

        string path = SnapshotPath(images);
        SafetensorsWriter file = new SafetensorsWriter().Metadata("images", images.ToString(CultureInfo.InvariantCulture));
        model.AddEma(file);
        FileErrors.Writing(path, () => file.WriteTo(path));
    }

    /// <summary>Draws seeds 0, 1, 2, ... with the averaged weights.</summary>
    public void WriteGrid(long images)
    {
        ulong[] seeds = Enumerable.Range(0, GridSide * GridSide).Select(i => (ulong)i).ToArray();
        byte[][] drawn = model.SampleEma(seeds, new SamplerOptions(), Math.Min(identity.MicroBatchSize, seeds.Length));
        SampleFolder.WriteGrid(GridPath(images), drawn, identity.Model.Network);
    }

    /// <summary>Draws the loss curve.</summary>
    public bool WriteCurve(IReadOnlyList<TickRecord> records) => LossCurve.Write(CurvePath, records, Path.GetFileName(folder));
}
