using System.Diagnostics;

namespace IlgpuEdm.Training;

/// <summary>Times steps and keeps their recent mean, in which older steps fade.</summary>
internal sealed class StepClock
{
    private const double Fading = 0.9;
    private long started;
    private int steps;

    public double SecondsPerStep { get; private set; }

    public void Start() => started = Stopwatch.GetTimestamp();

    public double Stop()
    {
        double seconds = Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-6);

        // The first step compiles kernels; it says nothing of the others.
        SecondsPerStep = steps++ < 2 ? seconds : (Fading * SecondsPerStep) + ((1 - Fading) * seconds);
        return seconds;
    }
}
