using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>The picture that a noise schedule and a scaling make of the flow lines: time from left to right, the state upwards.</summary>
public sealed class SchedulePicture
{
    private readonly double _longest;

    internal SchedulePicture(string name, NoiseSchedule schedule, SignalScaling scaling, FlowPath lines)
    {
        Name = name;
        Schedule = schedule;
        Scaling = scaling;
        _longest = schedule.Time(lines.Sigmas[0]);
        double[][] points = [.. lines.Sigmas.Select((sigma, i) => States(sigma, lines.States[i]))];
        Height = points.Max(states => states.Max(Math.Abs));
        double[] times = [.. lines.Sigmas.Select(Time)];
        Turns = [.. Enumerable.Range(0, lines.States[0].Length)
            .Select(line => Turn(times, [.. points.Select(states => states[line] / (2 * Height))]))];
    }

    /// <summary>What the schedule is called.</summary>
    public string Name { get; }

    /// <summary>sigma(t).</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>s(t).</summary>
    public SignalScaling Scaling { get; }

    /// <summary>The largest |state| of a line: the picture reaches from minus to plus this.</summary>
    public double Height { get; }

    /// <summary>
    /// How far each line turns on its way, in radians: the integral of its curvature's size along it, in a picture that is stretched to a
    /// square. Neither the unit of time nor that of the state changes it; a straight line has 0.
    /// </summary>
    public IReadOnlyList<double> Turns { get; }

    /// <summary>The mean of <see cref="Turns"/>, in radians.</summary>
    public double MeanCurvature => Turns.Average();

    /// <summary>The mean of <see cref="Turns"/>, in degrees.</summary>
    public double MeanDegrees => double.RadiansToDegrees(MeanCurvature);

    /// <summary>When a noise level is reached, as a part of the whole time.</summary>
    internal double Time(double sigma) => sigma == 0 ? 0 : Schedule.Time(sigma) / _longest;

    /// <summary>The states s x of pixels x.</summary>
    internal double[] States(double sigma, double[] x)
    {
        double s = Scaling.Scale(sigma == 0 ? 0 : Schedule.Time(sigma));
        return Array.ConvertAll(x, value => s * value);
    }

    /// <summary>Noise levels at evenly spaced times, the last 0: steps that are equally long in the picture.</summary>
    internal double[] EvenLevels(int steps) =>
        [.. Enumerable.Range(0, steps + 1).Select(i => i == steps ? 0 : Schedule.Sigma(_longest * (steps - i) / steps))];

    private static double Turn(double[] times, double[] heights)
    {
        double[] angles = [.. Enumerable.Range(1, times.Length - 1)
            .Select(i => Math.Atan2(heights[i] - heights[i - 1], times[i - 1] - times[i]))];
        return Enumerable.Range(1, angles.Length - 1).Sum(i => Math.Abs(angles[i] - angles[i - 1]));
    }
}
