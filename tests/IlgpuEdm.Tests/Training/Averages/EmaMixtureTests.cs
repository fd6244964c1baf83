using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Reconstruction on weights that move as in training, against the averages computed directly.</summary>
[TestClass]
public class EmaMixtureTests
{
    private const int Batch = 10, Steps = 4000;
    private static readonly double[] _stored = [0.05, 0.10];

    [TestMethod]
    [DataRow(8, 0.07, 0.002)]
    [DataRow(8, 0.12, 0.002)]
    [DataRow(8, 0.04, 0.01)]
    [DataRow(8, 0.15, 0.01)]
    [DataRow(16, 0.07, 0.001)]
    [DataRow(16, 0.03, 0.01)]
    [DataRow(16, 0.20, 0.01)]
    public void Of_two_lengths_others_are_made(int snapshots, double deviation, double tolerance)
    {
        (PowerProfile[] stored, double[][] averages) = Train(Every(snapshots), _stored);
        var target = new PowerProfile(deviation, Steps * Batch);
        EmaMixture mixture = EmaMixture.Of(stored, target);
        double error = Error(Mix(mixture, averages), Average(Steps, deviation));
        Assert.AreEqual(1, mixture.Weights.Sum(), 1e-12, "the sum of the weights");
        Assert.IsLessThan(tolerance, error, "distance from the true average, as a part of its distance from the last weights");
    }

    [TestMethod]
    public void Between_snapshots_the_profiles_end_is_only_rounded()
    {
        (PowerProfile[] stored, double[][] averages) = Train(Every(16), _stored);
        const int end = (Steps * 13 / 16) + 70;
        EmaMixture mixture = EmaMixture.Of(stored, new PowerProfile(0.1, end * Batch));
        Assert.IsGreaterThan(0.1, mixture.Error, "the profile's error, by which one knows");
        Assert.IsLessThan(0.1, Error(Mix(mixture, averages), Average(end, 0.1)), "distance from the true average");
    }

    [TestMethod]
    public void A_stored_average_is_taken_as_it_is()
    {
        PowerProfile[] stored = Train(Every(8), _stored).Profiles;
        EmaMixture mixture = EmaMixture.Of(stored, stored[5]);
        CollectionAssert.AreEqual(stored.Select((_, i) => i == 5 ? 1.0 : 0.0).ToArray(), mixture.Weights.ToArray(), "weights");
        Assert.AreEqual(0, mixture.Error, "error");
    }

    // Snapshots a step apart and lengths that hardly differ: without care the weights are huge and multiply the rounding of float32.
    [TestMethod]
    public void Nearly_equal_averages_do_no_harm()
    {
        int[] ends = [.. Every(64), .. Enumerable.Range(Steps - 40, 40)];
        (PowerProfile[] stored, double[][] averages) = Train(ends, [0.05, 0.0501, 0.1, 0.10001]);
        double[][] rounded = [.. averages.Select(average => Array.ConvertAll(average, value => (double)(float)value))];
        foreach (double deviation in new[] { 0.02, 0.07, 0.15, 0.25 })
        {
            EmaMixture mixture = EmaMixture.Of(stored, new PowerProfile(deviation, Steps * Batch));
            double[] exact = Mix(mixture, averages);
            double noise = Norm(Mix(mixture, rounded), exact) / Norm(exact, new double[exact.Length]);
            Assert.IsLessThan(2e-5, noise, $"what rounding does at {deviation}");
            Assert.IsLessThan(0.01, Error(exact, Average(Steps, deviation)), $"distance from the true average at {deviation}");
        }
    }

    [TestMethod]
    public void More_snapshots_make_the_error_smaller()
    {
        var target = new PowerProfile(0.07, Steps * Batch);
        double[] errors = [.. new[] { 1, 4, 16, 64 }.Select(n => EmaMixture.Of(Train(Every(n), _stored).Profiles, target).Error)];
        CollectionAssert.AreEqual(errors.OrderDescending().ToArray(), errors, string.Join(", ", errors));
        Assert.IsLessThan(1e-3, errors[^1], "with 64 snapshots of two lengths");
    }

    [TestMethod]
    [DataRow(8, 0.03)]
    [DataRow(8, 0.07)]
    [DataRow(16, 0.2)]
    public void The_error_is_that_of_the_profile(int snapshots, double deviation)
    {
        PowerProfile[] stored = Train(Every(snapshots), _stored).Profiles;
        var target = new PowerProfile(deviation, Steps * Batch);
        EmaMixture mixture = EmaMixture.Of(stored, target);
        double difference = 0, whole = 0;
        for (double t = 0.5; t < target.Images; t++)
        {
            double wanted = Density(target, t);
            difference += Math.Pow(stored.Select((p, i) => mixture.Weights[i] * Density(p, t)).Sum() - wanted, 2);
            whole += wanted * wanted;
        }

        Assert.AreEqual(1, mixture.Error / Math.Sqrt(difference / whole), 1e-3, "closed form against the sum over all images");
    }

    [TestMethod]
    public void Without_anything_stored_it_is_refused() =>
        Assert.ThrowsExactly<ArgumentException>(() => EmaMixture.Of([], new PowerProfile(0.1, 10)), "nothing to mix");

    private static int[] Every(int snapshots) => [.. Enumerable.Range(1, snapshots).Select(i => Steps * i / snapshots)];

    private static double Density(PowerProfile profile, double t) =>
        t > profile.Images ? 0 : (profile.Gamma + 1) * Math.Pow(t / profile.Images, profile.Gamma) / profile.Images;

    // Weights that settle at several speeds, drift, swing and shake.
    private static double[] Weights(int step)
    {
        double t = step / (double)Steps;
        var noise = new Random(step);
        return
        [
            Math.Exp(-3 * t) + 0.05 * noise.NextDouble(), Math.Exp(-20 * t) - t, Math.Sqrt(t) + 0.1 * noise.NextDouble(),
            0.3 * Math.Sin(6 * t) + Math.Log(0.01 + t), 1 / (1 + 10 * t), 1 - t * t + 0.02 * Math.Sin(60 * t),
        ];
    }

    private static double[] Average(int end, double deviation) => Train([end], [deviation]).Averages[0];

    private static (PowerProfile[] Profiles, double[][] Averages) Train(int[] ends, double[] deviations)
    {
        var profiles = new List<PowerProfile>();
        var averages = new List<double[]>();
        foreach (double deviation in deviations)
        {
            double gamma = PowerEma.Gamma(deviation);
            double[] average = Weights(1);
            for (int step = 1; step <= ends.Max(); step++)
            {
                double rate = PowerEma.Rate((long)(step - 1) * Batch, Batch, gamma);
                average = [.. average.Zip(Weights(step), (old, w) => old + rate * (w - old))];
                if (ends.Contains(step))
                {
                    profiles.Add(new PowerProfile(deviation, (long)step * Batch));
                    averages.Add(average);
                }
            }
        }

        return ([.. profiles], [.. averages]);
    }

    private static double[] Mix(EmaMixture mixture, double[][] averages) =>
        [.. Enumerable.Range(0, averages[0].Length).Select(i => averages.Select((average, k) => mixture.Weights[k] * average[i]).Sum())];

    private static double Error(double[] actual, double[] expected)
    {
        double[] last = Weights(Steps);
        return Norm(actual, expected) / Norm(expected, last);
    }

    private static double Norm(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
