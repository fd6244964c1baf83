namespace IlgpuEdm.Training;

/// <summary>
/// Says when to save a state so that none is ever older than the interval: it looks ahead over what is done before the next
/// chance to save.
/// </summary>
internal sealed class SaveClock(double interval, TimeProvider time)
{
    private long saved = time.GetTimestamp();

    public double SecondsPerSave { get; set; }

    public double SecondsPerGrid { get; set; }

    /// <summary>Seconds since the last state.</summary>
    public double Age => time.GetElapsedTime(saved).TotalSeconds;

    public void Saved() => saved = time.GetTimestamp();

    public bool IsDue(double secondsToNextChance) =>
        Age + (1.5 * secondsToNextChance) + SecondsPerSave >= interval;
}
