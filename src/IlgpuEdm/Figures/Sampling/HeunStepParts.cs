using IlgpuEdm.Diffusion;
using IlgpuEdm.Plots;
using ScottPlot;

namespace IlgpuEdm.Figures;

/// <summary>
/// One step of Heun's method on a flow line, in its parts: a trial, a second one from where it lands, and half of the way back.
/// </summary>
public sealed class HeunStepParts
{
    /// <summary>Height of this panel and of its neighbour, for names in several rows.</summary>
    internal const int PanelHeight = 380;

    private readonly FlowPath _line;

    internal HeunStepParts()
    {
        // The samplers start from the first noise level times what they are given.
        double[] noise = [Start / From];
        double[] levels = [.. Enumerable.Range(0, 101).Select(i => From + (Lowest - From) * i / 100.0)];
        _line = FlowPath.Exact(noise, levels);
        TrialEnd = EulerSampler.Sample(FlowPath.Denoise, noise, [From, To])[0];
        SecondEnd = EulerSampler.Sample(FlowPath.Denoise, [TrialEnd / To], [To, To - (From - To)])[0];
        HeunEnd = HeunSampler.Sample(FlowPath.Denoise, noise, [From, To])[0];
        LineEnd = FlowPath.Exact(noise, [From, To]).States[^1][0];
    }

    /// <summary>The noise level that the step starts from.</summary>
    public double From => 0.5;

    /// <summary>The noise level that it leads to.</summary>
    public double To => 0.3;

    /// <summary>The pixel where it starts.</summary>
    public double Start => 0.5;

    /// <summary>Where the trial, Euler's step, lands at <see cref="To"/>.</summary>
    public double TrialEnd { get; }

    /// <summary>Where a second step of the same length lands that starts at the trial's end.</summary>
    public double SecondEnd { get; }

    /// <summary>Where Heun's step lands at <see cref="To"/>: half-way between the start and <see cref="SecondEnd"/>.</summary>
    public double HeunEnd { get; }

    /// <summary>Where the flow line is at <see cref="To"/>.</summary>
    public double LineEnd { get; }

    /// <summary>How far Euler's step lands off the line.</summary>
    public double EulerGap => Math.Abs(TrialEnd - LineEnd);

    /// <summary>How far Heun's step lands off the line.</summary>
    public double HeunGap => Math.Abs(HeunEnd - LineEnd);

    private double Lowest => To - (From - To);

    internal Panel Draw()
    {
        Plot plot = FigureStyle.Plot("noise level σ = time", "pixel value", "One step of Heun's method");
        plot.Line(_line.Sigmas, _line.States.Select(x => x[0]), FigureStyle.Faint, 5).LegendText = "flow line";
        plot.Line([From, Lowest], [Start, SecondEnd], FigureStyle.Colours[2], 1);
        Arrow((From, Start), (To, TrialEnd), 0, $"1. trial = Euler, gap {EulerGap:0.0000}");
        Arrow((To, TrialEnd), (Lowest, SecondEnd), 1, $"2. second step");
        Arrow((From, Start), (To, HeunEnd), 2, $"3. half of the way = Heun, gap {HeunGap:0.0000}");

        // Where the step should lead to, and how far from it both end.
        plot.Line([To, To], [TrialEnd, LineEnd], FigureStyle.Ink, 1);
        plot.Marked([To], [LineEnd], FigureStyle.Ink, MarkerShape.FilledCircle).LegendText = "where the step should end";
        plot.Axes.SetLimitsX(Lowest - 0.02, From + 0.02);
        FigureStyle.LegendBelow(plot);
        return new Panel(plot, "A trial step leaves the bending flow line; half-way back from a second one, Heun's step lands near it.",
            Height: PanelHeight);

        void Arrow((double X, double Y) from, (double X, double Y) to, int colour, FormattableString name)
        {
            plot.Line([from.X, to.X], [from.Y, to.Y], FigureStyle.Colours[colour], 1).LegendText = FormattableString.Invariant(name);
            plot.Arrow(from, to, FigureStyle.Colours[colour]);
        }
    }
}
