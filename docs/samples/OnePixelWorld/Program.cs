// The world of one pixel. Its images are single numbers, and their distribution has two peaks. In so small a world nothing needs to be
// learned: density, score and the best possible denoiser are formulas, so every claim about diffusion can be looked at directly.
//
//     dotnet run -c Release --project docs/samples/OnePixelWorld [-- PIXELS]
//
// It all runs on the host in float64; no device is opened.
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;

int pixels = args is [var text, ..] ? int.Parse(text) : 4000;

// Three pixels of ten are dark, around -0.6; the others are bright, around 0.5. The third number is the width of a peak.
var world = new GaussianMixture(new MixtureComponent(0.3, [-0.6], 0.15), new MixtureComponent(0.7, [0.5], 0.10));

// 1. Noise and its removal. Of a noisy pixel the ideal denoiser gives the mean of all clean pixels that it may come from. For little noise
// that is almost the pixel itself, for much it is the mean of the whole world, 0.17. What it takes away is the score, the slope of
// ln p(x; sigma), in units of the noise: D(x; sigma) = x + sigma^2 score(x; sigma).
Console.WriteLine("a pixel of 0.5 under noise\n\n  sigma     noisy  denoised   x + sigma^2 score");
double normal = HostRandom.Normal(seed: 1, RandomPurpose.TrainingNoise, image: 0, element: 0);
foreach (double sigma in new[] { 0.05, 0.2, 0.5, 2, 10 })
{
    double[] noisy = [0.5 + sigma * normal];
    double[] denoised = world.Denoise(noisy, sigma), score = world.Score(noisy, sigma);
    Console.WriteLine($"{sigma,7:f2}{noisy[0],10:f3}{denoised[0],10:f3}{noisy[0] + sigma * sigma * score[0],20:f3}");
}

// 2. From noise to pixels. At sigma = 80 nothing is left of the two peaks, so sampling starts from plain noise. The noise levels fall to 0,
// more and more slowly (rho = 7), since the paths bend most where the peaks come apart.
double[] levels = EdmTimeSteps.Create(steps: 32, sigmaMin: 0.002, sigmaMax: 80, rho: 7);
double[] latents = Normals(RandomPurpose.Latents, 0, pixels);

// The probability flow: dx/dsigma = (x - D(x; sigma)) / sigma. No chance is left in it; a latent decides where its path ends.
double[] flow = HeunSampler.Sample(world.Denoise, latents, levels);

// The reverse SDE: more noise is taken away than the level falls by, and some fresh noise comes back. It keeps to the same density, but a
// random walk needs more and smaller steps than a smooth path.
double[] walk = SdeSampler.Sample(
    world.Denoise, latents, EdmTimeSteps.Create(512, 0.002, 80, 7), weight: 1, sNoise: 1,
    (draw, length) => Normals(RandomPurpose.SamplerNoise, draw, length));
double[] data = Array.ConvertAll(world.Draw(seed: 2, first: 0, pixels).Images, v => (double)v);
PrintHistograms(("data", data), ("probability flow", flow), ("reverse SDE", walk));

// Are they distributed as the data? The largest distance between the share of pixels below x and the true probability, over all x, stays
// under 1.95 / sqrt(n) in 999 of 1000 samples that are (Kolmogorov and Smirnov).
double bound = 1.95 / Math.Sqrt(pixels), ofFlow = Distance(flow), ofWalk = Distance(walk);
Console.WriteLine($"\ndistance from the true distribution: flow {ofFlow:f4}, SDE {ofWalk:f4}, allowed {bound:f4}");
bool passed = ofFlow < bound && ofWalk < bound;

// 3. Steps and errors. Euler follows the slope at the start of a step; Heun goes there, takes the mean with the slope at the end, and pays
// a second call of the denoiser for it. Doubling the steps halves Euler's error and quarters Heun's: they are of order 1 and 2.
double[] some = latents[..Math.Min(pixels, 500)];
double[] exact = HeunSampler.Sample(world.Denoise, some, EdmTimeSteps.Create(4096, 0.002, 80, 7));
Console.WriteLine("\nroot mean square error at the end of the flow\n\n  steps     Euler  order      Heun  order");
double euler = double.NaN, heun = double.NaN, eulerOrder = 0, heunOrder = 0;
for (int steps = 8; steps <= 256; steps *= 2)
{
    double[] t = EdmTimeSteps.Create(steps, 0.002, 80, 7);
    (eulerOrder, euler) = Compare(euler, EulerSampler.Sample(world.Denoise, some, t));
    (heunOrder, heun) = Compare(heun, HeunSampler.Sample(world.Denoise, some, t));
    Console.WriteLine($"{steps,7}{euler,10:0.0e-0}{Order(eulerOrder),7}{heun,10:0.0e-0}{Order(heunOrder),7}");
}

passed &= Math.Abs(eulerOrder - 1) < 0.2 && Math.Abs(heunOrder - 2) < 0.2;
Console.WriteLine(passed ? "\nok" : "\nFAILED: the distances or the orders are not what theory says");
return passed ? 0 : 1;

// Standard normal numbers that follow from their purpose and number alone; the same every time.
static double[] Normals(RandomPurpose purpose, int number, int count)
{
    var values = new double[count];
    HostRandom.FillNormal(seed: 3, purpose, (ulong)number, values);
    return values;
}

(double Order, double Error) Compare(double before, double[] ends)
{
    double error = Math.Sqrt(ends.Zip(exact, (a, b) => (a - b) * (a - b)).Average());
    return (Math.Log2(before / error), error);
}

// The first row has none to compare with.
static string Order(double order) => double.IsNaN(order) ? "" : $"{order:f1}";

double Distance(double[] sample)
{
    double[] sorted = [.. sample.Order()];
    return Enumerable.Range(0, sorted.Length).Max(i => Math.Max(
        Math.Abs(TrueShareBelow(sorted[i]) - (double)i / sorted.Length), Math.Abs(TrueShareBelow(sorted[i]) - (i + 1.0) / sorted.Length)));
}

double TrueShareBelow(double x) =>
    world.Components.Sum(peak => peak.Weight * NormalDistribution.Cdf((x - peak.Mean[0]) / peak.Deviation));

static void PrintHistograms(params (string Title, double[] Values)[] columns)
{
    const double low = -1.1, width = 0.1;
    Console.WriteLine("\n  pixel  " + string.Concat(columns.Select(column => $"{column.Title,-24}")).TrimEnd());
    for (int bin = 0; bin < 20; bin++)
    {
        double from = low + bin * width;
        string bars = string.Concat(columns.Select(column => $"{Bar(column.Values, from, from + width),-24}"));
        Console.WriteLine($"{from + width / 2,7:f2}  {bars.TrimEnd()}");
    }

    // A hundredth and a quarter of all pixels a sign.
    static string Bar(double[] values, double from, double to) =>
        new('#', (int)Math.Round(80.0 * values.Count(v => v >= from && v < to) / values.Length));
}
