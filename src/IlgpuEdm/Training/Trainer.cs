using System.Diagnostics;
using System.Globalization;
using IlgpuEdm.Data;

namespace IlgpuEdm.Training;

/// <summary>
/// The training loop: batches in, statistics, sample grids, snapshots and training states out. Whatever moment the process is
/// killed at, the next call goes on from the last state and ends with the same bits.
/// </summary>
public sealed class Trainer
{
    private readonly RunFolder folder;
    private readonly RunIdentity identity;
    private readonly RunSchedule schedule;
    private readonly RunLimits limits;
    private readonly int imagesAtOnce;
    private readonly IImageDataset data;
    private readonly ITrainingModel model;
    private readonly RunLog log;
    private readonly StateStore states;
    private readonly StatisticsFiles statistics;
    private readonly RunOutputs outputs;
    private readonly SaveClock saves;
    private readonly SnapshotScores? scores;
    private TrainingState state = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="folder">The run's folder, held by this process.</param>
    /// <param name="options">The run's options, the folder's.</param>
    /// <param name="data">The images.</param>
    /// <param name="model">What is trained, as it was initialised.</param>
    /// <param name="score">What judges the averaged weights; where the options say that they are scored.</param>
    public Trainer(RunFolder folder, RunOptions options, IImageDataset data, ITrainingModel model, IImageScore? score = null)
    {
        this.folder = folder;
        this.data = data;
        this.model = model;
        identity = options.Identity;
        schedule = options.Schedule;
        limits = new RunLimits(schedule, identity.BatchSize);
        imagesAtOnce = options.ImagesAtOnce;
        log = new RunLog(folder.FilePath(RunFiles.Log));
        states = new StateStore(folder.Location);
        statistics = new StatisticsFiles(folder.Location);
        outputs = new RunOutputs(folder.Location, identity, imagesAtOnce, model);
        saves = new SaveClock(schedule.StateSeconds, TimeProvider.System);
        scores = schedule.Score is null || score is null ? null : new SnapshotScores(schedule.Score, score, outputs, statistics, Line);
    }

    /// <summary>Told of each line that also goes to <c>log.txt</c>: one a tick, and what is out of the ordinary.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Told after each step where the run stands.</summary>
    public Action<TrainingProgress>? OnProgress { get; init; }

    /// <summary>Told once that there is something left to train, before the first step; not for a run that is finished already.</summary>
    public Action? OnTraining { get; init; }

    /// <summary>Trains until the run's end or until asked to stop; then the step at hand is finished and the state saved.</summary>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="EdmException">The loss is not finite, a file cannot be written, or the device has too little memory.</exception>
    public TrainingResult Run(CancellationToken stop)
    {
        try
        {
            return Train(stop);
        }
        catch (EdmException e)
        {
            log.TryWrite($"error: {e.Message}");
            throw;
        }
    }

    private TrainingResult Train(CancellationToken stop)
    {
        bool restored = Restore();
        if (limits.AreReached(state.Images, state.Seconds))
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"'{folder.Location}' is finished: {state.Images:N0} images in "
                + $"{TimeText.Of(state.Seconds)}; give it more --images or --minutes to go on"));
            return End(TrainingOutcome.AlreadyFinished, stop);
        }

        OnTraining?.Invoke();

        // What was due when the state was saved may not have been done any more.
        if (restored)
        {
            WriteDue(onlyMissing: true, stop);
        }

        saves.Saved();
        using var loader = new BatchLoader(data, identity.BatchSize, identity.Seed, state.Images, identity.XFlip);
        var clock = new StepClock();
        bool warm = false;
        while (!limits.AreReached(state.Images, state.Seconds))
        {
            if (stop.IsCancellationRequested)
            {
                return Interrupt();
            }

            clock.Start();
            Batch batch = loader.Next();
            StepResult step = Step(batch);
            loader.Recycle(batch);
            double seconds = clock.Stop();
            if (!warm)
            {
                ProcessFootprint.CollectStartUpGarbage();
                warm = true;
            }

            foreach (string notice in model.TakeNotices())
            {
                Line(notice);
            }

            Divergence.Check(step, state, identity);
            state.Add(step, seconds, model.MemoryBytes);
            double loss = state.Tick.LossSum / state.Tick.Count;
            if (Passed(schedule.TickImages))
            {
                EndTick(clock);
            }

            OnProgress?.Invoke(Progress(clock, loss));
            WriteDue(onlyMissing: false, stop);
            if (saves.IsDue(clock.SecondsPerStep))
            {
                Save();
            }
        }

        Save();
        return End(TrainingOutcome.Finished, stop);
    }

    // Whether the last step passed a multiple: it depends on the count alone, not on where the run was interrupted.
    private bool Passed(long every) =>
        every > 0 && state.Images > 0 && state.Images / every > Math.Max(state.Images - identity.BatchSize, 0) / every;

    private bool Restore()
    {
        states.RemoveTemporaries();
        TrainingState? found = states.LoadNewest(model, Line);
        state = found ?? new TrainingState();
        statistics.CutBack(state.Tick.StartImages, state.Images, Line);
        Line(string.Create(CultureInfo.InvariantCulture, $"{(found is null ? "starts" : "resumes")} at {state.Images:N0} images: ")
            + string.Create(CultureInfo.InvariantCulture, $"{model.ParameterCount:N0} parameters, ")
            + string.Create(CultureInfo.InvariantCulture, $"{data.Count:N0} images in '{data.Source}'"));
        return found is not null;
    }

    private StepResult Step(Batch batch)
    {
        try
        {
            return model.Step(batch, imagesAtOnce);
        }
        catch (OutOfMemoryException e)
        {
            throw new EdmException("the device has not enough memory for "
                + FormattableString.Invariant($"{imagesAtOnce} images at once; give a smaller --micro-batch, ")
                + FormattableString.Invariant($"such as {Math.Max(imagesAtOnce / 2, 1)} (or a smaller network)"), e);
        }
    }

    private void EndTick(StepClock clock)
    {
        TickRecord record = state.Record();
        statistics.Append(record);
        state.StartTick();
        Line(StatusLine.Of(record, limits.Remaining(state, clock.SecondsPerStep)));
        if (record.NonFiniteGradients > 0)
        {
            Line(string.Create(CultureInfo.InvariantCulture,
                $"{record.NonFiniteGradients:N0} gradients of this tick were not finite and were replaced; if it goes on, lower --lr"));
        }
    }

    private void WriteDue(bool onlyMissing, CancellationToken stop)
    {
        if (Passed(schedule.SnapshotImages) && !(onlyMissing && File.Exists(outputs.SnapshotPath(state.Images))))
        {
            outputs.WriteSnapshot(state.Images);
        }

        // Drawing takes a while: someone who asked to stop gets it when the run is resumed.
        if (scores != null && Passed(scores.EveryImages) && scores.IsMissing(state.Images) && !stop.IsCancellationRequested)
        {
            SaveBefore(scores.Seconds);
            scores.TryWrite(state.Images, stop);
        }

        if (Passed(schedule.GridImages) && !(onlyMissing && File.Exists(outputs.GridPath(state.Images))) && !stop.IsCancellationRequested)
        {
            SaveBefore(saves.SecondsPerGrid);
            long start = Stopwatch.GetTimestamp();
            if (outputs.TryWriteGrid(state.Images, stop))
            {
                outputs.WriteCurve(statistics.Records);
                WriteReport();
                saves.SecondsPerGrid = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }
    }

    private void SaveBefore(double seconds)
    {
        if (saves.IsDue(seconds))
        {
            Save();
        }
    }

    private void Save()
    {
        saves.Saved();
        states.Save(state, model);
        saves.SecondsPerSave = saves.Age;
    }

    private TrainingResult Interrupt()
    {
        Save();
        outputs.WriteSnapshot(state.Images);
        Line(string.Create(CultureInfo.InvariantCulture, $"stopped at {state.Images:N0} images, saved; the same command goes on"));
        return Result(TrainingOutcome.Interrupted);
    }

    // The last tick, cut short, is written but stays open in the state, so that a longer run can complete it.
    private TrainingResult End(TrainingOutcome outcome, CancellationToken stop)
    {
        if (state.Tick.Count > 0)
        {
            statistics.Append(state.Record());
        }

        if (!File.Exists(outputs.SnapshotPath(state.Images)))
        {
            outputs.WriteSnapshot(state.Images);
        }

        outputs.WriteCurve(statistics.Records);
        if ((!File.Exists(outputs.GridPath(state.Images)) && !outputs.TryWriteGrid(state.Images, stop))
            || (scores?.IsMissing(state.Images) is true && !scores.TryWrite(state.Images, stop)))
        {
            Line(string.Create(CultureInfo.InvariantCulture,
                $"stopped at {state.Images:N0} images, saved; the same command draws what is left to draw"));
            return Result(TrainingOutcome.Interrupted);
        }

        if (outcome == TrainingOutcome.Finished)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"finished at {state.Images:N0} images in {TimeText.Of(state.Seconds)}"));
        }

        return Result(outcome);
    }

    private TrainingResult Result(TrainingOutcome outcome)
    {
        WriteReport();
        return new TrainingResult(outcome, state.Images, state.Seconds,
            outputs.SnapshotPath(state.Images), Existing(outputs.GridPath(state.Images)), Existing(outputs.CurvePath))
        { Best = Existing(outputs.BestPath), Report = Existing(outputs.ReportPath) };
    }

    private void WriteReport()
    {
        if (outputs.TryWriteReport() is { } problem)
        {
            log.TryWrite(problem);
            OnLine?.Invoke(problem);
        }
    }

    private TrainingProgress Progress(StepClock clock, double loss) => new(state.Images, limits.Fraction(state),
        identity.BatchSize / clock.SecondsPerStep, loss, limits.Remaining(state, clock.SecondsPerStep), model.MemoryBytes);

    private void Line(string message)
    {
        log.Write(message);
        OnLine?.Invoke(message);
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
