using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The schedules sigma(t) and scalings s(t): inverses, derivatives, ends, names.</summary>
[TestClass]
public class NoiseScheduleTests
{
    private static readonly double[] _levels = [0.002, 0.01, 0.3, 1, 7, 79];

    [TestMethod]
    [DataRow("vp")]
    [DataRow("ve")]
    [DataRow("linear")]
    public void TimeIsTheInverseOfSigma(string name)
    {
        NoiseSchedule schedule = NoiseSchedule.Create(name, 0.002, 80);
        foreach (double sigma in _levels)
        {
            Assert.AreEqual(sigma, schedule.Sigma(schedule.Time(sigma)), 1e-8 * sigma, $"sigma {sigma}");
        }
    }

    [TestMethod]
    [DataRow("vp")]
    [DataRow("ve")]
    [DataRow("linear")]
    public void DerivativesAreThoseOfTheFunctions(string name)
    {
        NoiseSchedule schedule = NoiseSchedule.Create(name, 0.002, 80);
        SignalScaling scaling = SignalScaling.Create("vp", schedule);
        foreach (double sigma in _levels)
        {
            double t = schedule.Time(sigma);
            double slope = schedule.SigmaDerivative(t);
            Assert.AreEqual(Difference(schedule.Sigma, t), slope, 1e-5 * slope, $"sigma' at {t}");
            double size = Math.Abs(scaling.ScaleDerivative(t));
            Assert.AreEqual(Difference(scaling.Scale, t), scaling.ScaleDerivative(t), 1e-4 * size + 1e-9, $"s' at {t}");
        }
    }

    [TestMethod]
    public void VpBetweenTwoLevelsMeetsBoth()
    {
        VpSchedule schedule = VpSchedule.Between(0.01, 150);
        Assert.AreEqual(0.01, schedule.Sigma(VpSchedule.EpsilonS), 1e-10, "sigma(eps_s)");
        Assert.AreEqual(150, schedule.Sigma(1), 1e-9, "sigma(1)");
    }

    [TestMethod]
    public void VpBetweenItsOwnLevelsIsThePublishedOne()
    {
        (double sigmaMin, double sigmaMax) = Discretization.DefaultRange("vp");
        VpSchedule schedule = VpSchedule.Between(sigmaMin, sigmaMax);
        Assert.AreEqual(19.9, schedule.BetaD, 1e-7, "beta_d");
        Assert.AreEqual(0.1, schedule.BetaMin, 1e-7, "beta_min");
    }

    [TestMethod]
    public void VpScalingKeepsUnitVariance()
    {
        var schedule = new VpSchedule();
        var scaling = new VpScaling(schedule);
        foreach (double t in new[] { 0.001, 0.2, 1 })
        {
            double s = scaling.Scale(t);
            Assert.AreEqual(1, s * s * (1 + Math.Pow(schedule.Sigma(t), 2)), 1e-12, $"variance at t = {t}");
        }
    }

    [TestMethod]
    public void NoScalingIsOne()
    {
        SignalScaling scaling = SignalScaling.Create("none", new LinearSchedule());
        Assert.AreEqual(1.0, scaling.Scale(3), "s");
        Assert.AreEqual(0.0, scaling.ScaleDerivative(3), "s'");
    }

    [TestMethod]
    public void WhatVpCannotSpanIsRefused()
    {
        Assert.StartsWith("--sigma-min", Assert.ThrowsExactly<EdmException>(() => VpSchedule.Between(1, 2)).Message);
        Assert.StartsWith("--schedule vp", Assert.ThrowsExactly<EdmException>(() => new VpSchedule(-1, 2).Time(1e9)).Message);
    }

    [TestMethod]
    public void UnknownNamesAreRefusedWithTheKnownOnes()
    {
        Assert.AreEqual("--schedule cosine is not known; use vp, ve, linear",
            Assert.ThrowsExactly<EdmException>(() => NoiseSchedule.Create("cosine", 1, 2)).Message);
        Assert.AreEqual("--scaling ve is not known; use vp, none",
            Assert.ThrowsExactly<EdmException>(() => SignalScaling.Create("ve", new LinearSchedule())).Message);
    }

    private static double Difference(Func<double, double> function, double t)
    {
        double h = 1e-6 * t;
        return (function(t + h) - function(t - h)) / (2 * h);
    }
}
