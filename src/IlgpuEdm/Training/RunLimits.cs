namespace IlgpuEdm.Training;

/// <summary>When a run ends: at its images or its minutes of training, whichever is first.</summary>
internal sealed class RunLimits(RunSchedule schedule, int batchSize)
{
    /// <summary>Whether a run is at its end.</summary>
    /// <param name="images">Images seen since it began.</param>
    /// <param name="seconds">Seconds of training steps since it began.</param>
    public bool AreReached(long images, double seconds) =>
        images >= (schedule.Images ?? long.MaxValue) || seconds >= (schedule.Minutes ?? double.PositiveInfinity) * 60;

    /// <summary>How much of the run is done, 0 to 1.</summary>
    public double Fraction(TrainingState state)
    {
        double fraction = Math.Max((double)state.Images / (schedule.Images ?? long.MaxValue),
            state.Seconds / 60 / (schedule.Minutes ?? double.PositiveInfinity));
        return Math.Min(fraction, 1);
    }

    /// <summary>The training time that is left at a speed.</summary>
    public TimeSpan Remaining(TrainingState state, double secondsPerStep)
    {
        double byImages = schedule.Images is { } images ? (images - state.Images) * secondsPerStep / batchSize : double.PositiveInfinity;
        double byTime = schedule.Minutes is { } minutes ? (minutes * 60) - state.Seconds : double.PositiveInfinity;
        return TimeSpan.FromSeconds(Math.Clamp(Math.Min(byImages, byTime), 0, 1e9));
    }
}
