using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>The figures of an evaluation against their formulas.</summary>
[TestClass]
public sealed class ClassifierEvaluationTests
{
    [TestMethod]
    public void FiguresFollowTheirFormulas()
    {
        var evaluation = new ClassifierEvaluation(3);
        evaluation.Add([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]], [0, 0]);
        evaluation.Add([[0.2, 0.7, 0.1], [0.4, 0.6, 0]], [1, 1]);
        var overall = evaluation.Overall;
        Assert.AreEqual(4, overall.Images, "images");
        Assert.AreEqual(0.75, overall.Accuracy, "three of four");
        Assert.AreEqual(Math.Sqrt(0.75 * 0.25 / 4), overall.AccuracyError, 1e-15, "its standard error");
        Assert.AreEqual((0.5 + 0.1 + 0.7 + 0.6) / 4, overall.Probability, 1e-15, "mean probability");
        double[] deviations = [0.025, -0.375, 0.225, 0.125];
        Assert.AreEqual(Math.Sqrt(deviations.Sum(d => d * d) / 3 / 4), overall.ProbabilityError, 1e-12, "its standard error");
        CollectionAssert.AreEqual(new long[] { 2, 2, 0 }, evaluation.Classes.Select(c => c.Images).ToArray(), "images of each class");
        Assert.AreEqual(0.5, evaluation.Classes[0].Accuracy, "one of two");
        Assert.AreEqual(1, evaluation.Classes[1].Accuracy, "two of two");
    }

    [TestMethod]
    public void AClassWithoutImagesHasNoFigures()
    {
        var empty = new ClassifierEvaluation(2).Classes[1];
        Assert.AreEqual(0, empty.Images, "images");
        Assert.AreEqual(double.NaN, empty.Accuracy, "accuracy");
    }

    [TestMethod]
    public void WhatDoesNotFitIsRefused()
    {
        var evaluation = new ClassifierEvaluation(2);
        Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add([[0.5, 0.5]], [0, 1]), "two labels for one image");
        Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add([[0.5, 0.5]], [2]), "a third class");
        Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add([[0.5, 0.3, 0.2]], [1]), "three probabilities");
    }
}
