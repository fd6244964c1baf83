using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Training;

/// <summary>One call of <c>train</c>: opens the devices, takes the run's folder, builds the model and trains it.</summary>
public sealed class TrainingSession
{
    /// <summary>Told of each line that also goes to <c>log.txt</c>.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Told after each step where the run stands.</summary>
    public Action<TrainingProgress>? OnProgress { get; init; }

    /// <summary>Opens what judges the averaged weights, for a run that is scored.</summary>
    public ScoreOpener? OpenScore { get; init; }

    /// <summary>Trains a new run or goes on with the newest that has the same identity.</summary>
    /// <param name="root">The folder of all runs.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="resume">Whether to look for a run to go on with.</param>
    /// <param name="stop">Ends the run after the step at hand, saved.</param>
    /// <exception cref="EdmException">Whatever keeps the run from going on, in one line.</exception>
    public TrainingResult Run(string root, RunOptions options, IImageDataset data, bool resume, CancellationToken stop)
    {
        options.Validate();
        SafetensorsFile? weights = options.Schedule.TransferSource is { } source ? TransferWeights.Read(source, options.Identity) : null;
        using DeviceList devices = options.Schedule.Where.OpenAll();

        // Before there is a folder: it may take a while, and fail.
        using IImageScore? score = options.Schedule.Score is { } scored ? Open(scored, data, options.Schedule.Where) : null;
        using RunFolder folder = RunFolder.Open(root, options, resume);
        string line = $"{(folder.Resumed ? "goes on in" : "trains in")} '{folder.Location}' on {devices.Description}";
        new RunLog(folder.FilePath(RunFiles.Log)).Write(line);
        OnLine?.Invoke(line);
        SessionRecord session = SessionRecord.Now(devices);
        using ITrainingModel model = new DeviceTrainingModel(devices.All, options.Identity, weights, options.Schedule.Checkpointing);
        return new Trainer(folder, options, data, model, score)
        {
            OnLine = OnLine,
            OnProgress = OnProgress,
            OnTraining = () => SessionFile.Append(folder.Location, session),
        }.Run(stop);
    }

    private IImageScore Open(ScoreOptions options, IImageDataset data, DeviceRequest where) =>
        OpenScore?.Invoke(options, data, where with { Spec = where.Spec.Split(',')[0] }, OnLine ?? (_ => { }))
        ?? throw new InvalidOperationException("the run is to be scored, and nobody said with what");
}

/// <summary>Opens what judges the averaged weights of a run.</summary>
/// <param name="options">Feature network, reference and number of images.</param>
/// <param name="data">The training images.</param>
/// <param name="where">The run's first device.</param>
/// <param name="tell">Told what is being done.</param>
public delegate IImageScore ScoreOpener(ScoreOptions options, IImageDataset data, DeviceRequest where, Action<string> tell);
