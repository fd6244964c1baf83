using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Optimizer;
using IlgpuEdm.Training;

namespace IlgpuEdm.SelfTests;

internal static class SelfTestTraining
{
    // The betas as float32 has them: the device forms 1 - beta from these.
    private const double LearningRate = 1e-2, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8, EmaBeta = 0.9;

    public static void WeightedSquaredError(SelfTestRun run, int n, int size)
    {
        var name = $"loss, {n} of {size}";
        const float factor = 0.25f;
        float[] hd = run.Numbers(n * size), hy = run.Numbers(n * size), weights = [.. run.Numbers(n).Select(v => 2f + v)];

        var (loss, gradient) = run.Tape.WeightedSquaredError(run.Tape.From(hd, n, size), run.Tape.From(hy, n, size), weights, factor);
        var losses = new double[n];
        var gradients = new double[n * size];
        for (var i = 0; i < n * size; i++)
        {
            var d = (double)hd[i] - hy[i];
            losses[i / size] += weights[i / size] * d * d;
            gradients[i] = 2.0 * weights[i / size] * factor * d;
        }

        run.Compare(name, loss, losses);
        run.Compare($"{name}: gradient", gradient, gradients);
    }

    /// <summary>Some steps with a moving average; gradients that are not finite must count as the guard says.</summary>
    public static void Adam(SelfTestRun run, int count, int steps, bool infinite)
    {
        var name = $"Adam, {count} parameters, {steps} steps{(infinite ? ", infinite gradients" : "")}";
        var hw = run.Numbers(count);
        Tensor weights = run.Tape.From(hw, count), ema = run.Tape.From(hw, count);
        Tensor m = run.Tape.From(new float[count], count), v = run.Tape.From(new float[count], count);
        var replaced = run.Tape.New(AdamKernel.Tasks(count));
        double[] dw = SelfTestRun.Widen(hw), dEma = SelfTestRun.Widen(hw), dm = new double[count], dv = new double[count];
        var before = (double[])dw.Clone();
        for (var step = 1; step <= steps; step++)
        {
            var hg = run.Numbers(count);
            hg[7 * step] = float.NaN;
            hg[count - step] = infinite ? float.PositiveInfinity : float.NaN;
            hg[count / 2 + step] = infinite ? float.NegativeInfinity : float.NaN;
            var gradients = run.Tape.From(hg, count);
            var scalars = run.Tape.From(Kernels.Primitives.Adam.Scalars(LearningRate, Beta1, Beta2, Epsilon, step, EmaBeta),
                Kernels.Primitives.Adam.ScalarCount);
            AdamLaunch.Step(
                run.Device, weights.View, gradients.View, m.View, v.View, ema.View, scalars.View, replaced.View, count);

            var dg = Array.ConvertAll(hg, g => float.IsNaN(g) ? 0 : Math.Clamp((double)g, -1e5, 1e5));
            ReferenceAdam.Step(dw, dg, dm, dv, step, LearningRate, Beta1, Beta2, Epsilon);
            for (var i = 0; i < count; i++)
            {
                dEma[i] = dw[i] + EmaBeta * (dEma[i] - dw[i]);
            }
        }

        run.Compare($"{name}: weights", weights, dw);
        run.Compare($"{name}: moving average", ema, dEma);
        run.Compare($"{name}: first moments", m, dm);
        run.Compare($"{name}: second moments", v, dv);
        var counted = run.Tape.From([replaced.ToArray().Sum()], 1);
        run.Compare($"{name}: gradients replaced", counted, [3]);
        var moved = run.Tape.From([.. weights.ToArray().Zip(hw, (now, then) => now - then)], count);
        run.Compare($"{name}: what the weights moved", moved, [.. dw.Zip(before, (now, then) => now - then)], 10 * run.Tolerance);
    }
}
