using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Figures;

namespace IlgpuEdm.Tests.Figures;

/// <summary>The numbers of the figures about sampling: schedules, time steps, solvers.</summary>
[TestClass]
public class SamplingFiguresTests
{
    [TestMethod]
    public void TheLinearScheduleHasTheSmallestMeanCurvature()
    {
        var figure = new SchedulesFigure();
        foreach (IReadOnlyList<SchedulePicture> pictures in new[] { figure.Pictures, figure.WholePictures })
        {
            CollectionAssert.AreEqual(new[] { "VP", "VE", "linear" }, pictures.Select(picture => picture.Name).ToArray());
            Assert.IsLessThan(0.75 * pictures[0].MeanCurvature, pictures[2].MeanCurvature);
            Assert.IsLessThan(0.35 * pictures[1].MeanCurvature, pictures[2].MeanCurvature);
        }

        // More noise adds bends to VP and VE, hardly any to linear.
        Assert.AreEqual(figure.Pictures[2].MeanCurvature, figure.WholePictures[2].MeanCurvature, 0.01);
        Assert.IsGreaterThan(1.5 * figure.Pictures[1].MeanCurvature, figure.WholePictures[1].MeanCurvature);
    }

    [TestMethod]
    public void CurvatureIsThatOfACircleAndKnowsNoUnits()
    {
        // A quarter of an ellipse turns by a right angle, whatever the square does to it; the other line is straight.
        double[] sigmas = EdmTimeSteps.Create(2000, 1e-5, 1, rho: 2);
        var quarter = new FlowPath(sigmas, [.. sigmas.Select(sigma => new[] { Math.Sqrt(1 - sigma * sigma), 0.5 * sigma })]);
        var picture = new SchedulePicture("circle", new LinearSchedule(), new NoScaling(), quarter);
        Assert.AreEqual(90, double.RadiansToDegrees(picture.Turns[0]), 3);
        Assert.AreEqual(0, picture.Turns[1], 1e-9);
        var larger = new FlowPath(sigmas, [.. quarter.States.Select(x => Array.ConvertAll(x, value => 100 * value))]);
        Assert.AreEqual(picture.Turns[0], new SchedulePicture("larger", new LinearSchedule(), new NoScaling(), larger).Turns[0], 1e-9);
    }

    [TestMethod]
    public void FlowLinesKeepTheirShareOfTheProbability()
    {
        // In one dimension the flow keeps the order of points, hence the probability below each.
        double[] noise = OnePixelWorld.EvenNoise(5);
        FlowPath exact = FlowPath.Exact(noise, [80, 1, 0.1, 0.002]);
        FlowPath lines = FlowPath.Lines(noise, 80);
        for (int i = 0; i < noise.Length; i++)
        {
            double share = Below(exact.States[0][i], 80);
            Assert.AreEqual(share, Below(exact.States[1][i], 1), 1e-9);
            Assert.AreEqual(share, Below(exact.States[2][i], 0.1), 1e-9);
            Assert.AreEqual(share, Below(exact.States[3][i], 0.002), 1e-9);
            Assert.AreEqual(share, Below(lines.States[^1][i], 0), 1e-4);
        }

        static double Below(double x, double sigma) => GaussianMixture.TwoPeaks.Components.Sum(component => component.Weight
            * NormalDistribution.Cdf((x - component.Mean[0]) / Math.Sqrt(component.Deviation * component.Deviation + sigma * sigma)));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    [DataRow(1.0)]
    public void AScheduleBetweenTwoIsOne(double part)
    {
        var vp = new VpSchedule();
        var schedule = new BlendedSchedule(vp, new VeSchedule(), part, SigmaMax: 3);
        var scaling = new BlendedScaling(schedule, new VpScaling(vp), new NoScaling());
        const double step = 1e-6;
        foreach (double sigma in new[] { 0.1, 0.7, 2.5 })
        {
            double t = schedule.Time(sigma);
            Assert.AreEqual(sigma, schedule.Sigma(t), 1e-12);
            Assert.AreEqual((schedule.Sigma(t + step) - schedule.Sigma(t - step)) / (2 * step), schedule.SigmaDerivative(t), 1e-4);
            Assert.AreEqual((scaling.Scale(t + step) - scaling.Scale(t - step)) / (2 * step), scaling.ScaleDerivative(t), 1e-4);
        }

        Assert.AreEqual(1, schedule.Time(3), 1e-12);

        // Whatever the schedule, many steps of Euler's method end where the flow does.
        double[] noise = OnePixelWorld.EvenNoise(4);
        double[] levels = EdmTimeSteps.Create(401, 0.002, 3, 7)[..^1];
        double[] end = FlowPath.Euler(noise, levels, schedule, scaling).States[^1];
        Assert.IsLessThan(0.01, FlowPath.Gap(end, FlowPath.Exact(noise, levels).States[^1]));
    }

    [TestMethod]
    public void LongStepsAtHighNoiseStayOnTheLinesOfTheLinearSchedule()
    {
        var figure = new LinearScheduleFigure();
        for (int i = 0; i < figure.Steps.Count; i++)
        {
            Assert.IsLessThan(0.5 * figure.HighNoiseGaps[0][i], figure.HighNoiseGaps[2][i]);
            Assert.IsLessThan(0.05 * figure.HighNoiseGaps[1][i], figure.HighNoiseGaps[2][i]);
            Assert.IsLessThan(figure.WholeGaps[1][i], figure.WholeGaps[2][i]);
        }

        // At high noise the lines point at the mean of the data; at low noise at themselves, in one peak or the other.
        Assert.AreEqual(0.55 * 0.455 - 0.45 * 0.51, LinearScheduleFigure.DataMean, 1e-12);
        Assert.IsTrue(figure.Targets[0].All(target => Math.Abs(target - LinearScheduleFigure.DataMean) < 0.01));
        Assert.AreEqual(0.55, figure.Targets[^1].Count(target => target > 0) / (double)figure.Targets[^1].Length, 0.05);
        Assert.IsTrue(figure.Targets[^1].All(target => Math.Abs(target) > 0.2));
    }

    [TestMethod]
    public void RhoOf7SpreadsTheErrorMoreEvenlyThanLinearSteps()
    {
        IReadOnlyList<TimeStepErrors> choices = new TimeStepsFigure().Choices;
        CollectionAssert.AreEqual(new[] { "linear", "ρ = 3", "ρ = 5", "ρ = 7", "ρ = 10" }, choices.Select(c => c.Name).ToArray());
        (TimeStepErrors linear, TimeStepErrors seven) = (choices[0], choices[3]);
        Func<TimeStepErrors, IReadOnlyList<double>>[] solvers = [choice => choice.Euler, choice => choice.Heun];
        foreach (Func<TimeStepErrors, IReadOnlyList<double>> solver in solvers)
        {
            Assert.IsLessThan(0.1 * solver(linear).Max(), solver(seven).Max());
            Assert.IsLessThan(0.02 * TimeStepErrors.Spread(solver(linear)), TimeStepErrors.Spread(solver(seven)));

            // Larger rho has its error at higher noise.
            double[] centres = [.. choices.Select(choice => choice.Centre(solver(choice)))];
            CollectionAssert.AreEqual(centres.Order().ToArray(), centres);
            Assert.AreEqual(choices[1].Sigmas[0], seven.Sigmas[0], 1e-9);
            double[] first = [.. choices.Skip(1).Select(choice => solver(choice)[0])];
            CollectionAssert.AreEqual(first.Order().ToArray(), first);
        }
    }

    [TestMethod]
    public void TheFittedOrdersAre1And2()
    {
        var figure = new SolversFigure();
        CollectionAssert.AreEqual(
            new[] { "Euler", "Heun", "DPM-Solver++(2M)" }, figure.Solvers.Select(solver => solver.Name).ToArray());
        foreach ((SolverErrors solver, int order) in figure.Solvers.Zip([1, 2, 2]))
        {
            Assert.AreEqual(order, solver.Order!.Value, 0.1);
            Assert.AreEqual(solver.Evaluations[3], solver.EvaluationsFor(solver.Errors[3]), 1e-6);
        }

        // The naive loop is Euler's method with even ratios: about as good as that many of its steps.
        Assert.AreEqual(NaiveSampler.Evaluations(0.002, 80) - 1, figure.Naive.Evaluations[0]);
        Assert.AreEqual(1, figure.Solvers[0].EvaluationsFor(figure.Naive.Errors[0]) / figure.Naive.Evaluations[0], 0.3);
        Assert.IsNull(figure.Naive.Order);
        Assert.IsLessThan(0.1 * figure.Naive.Evaluations[0], figure.Solvers[1].EvaluationsFor(figure.Solvers[0].Errors[7]));
    }

    [TestMethod]
    public void HeunsStepIsHalfOfTheWayToASecondTrial()
    {
        HeunStepParts step = new SolversFigure(lines: 8).Step;
        Assert.AreEqual((step.Start + step.SecondEnd) / 2, step.HeunEnd, 1e-12);
        Assert.IsLessThan(0.25 * step.EulerGap, step.HeunGap);
    }

    [TestMethod]
    public void OrdersAreTheSlopesOfTheirErrors()
    {
        var cubic = new SolverErrors("cubic", [2, 4, 8, 16], [1, 1.0 / 64, 1.0 / 512, 1.0 / 4096], FittedFrom: 1);
        Assert.AreEqual(3, cubic.Order!.Value, 1e-12);
        Assert.AreEqual(8 * Math.Sqrt(2), cubic.EvaluationsFor(Math.Sqrt(1.0 / 512 / 4096)), 1e-9);
        Assert.AreEqual(double.NaN, cubic.EvaluationsFor(2));
    }
}
