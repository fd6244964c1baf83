// A kernel of one's own with its gradient: Mish, x tanh(softplus(x)) (Misra 2019), becomes an operation of the autodiff. It is checked by
// finite differences against the same formula in float64, and profiled.
//
//     dotnet run -c Release --project docs/samples/OwnKernel [-- --device NAME]          NAME is auto, cpu, opencl or cuda
using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels;
using IlgpuEdm.Kernels.Primitives;
using Device = IlgpuEdm.Devices.Device;

// 1. What runs on the device: static methods over views of float32. ILGPU compiles them for GPUs; on the CPU they are called as they are.
// Work items share the elements: a few on a CPU, each with a long stretch; about one an element on a GPU. [EitherSchedule] says that a
// kernel is good for both; the library's heavy operations have a kernel for each.
internal static class MishKernels
{
    [EitherSchedule]
    public static void Forward(ArrayView<float> x, ArrayView<float> y, int count)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), count);
        for (var i = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), count); i < last; i++)
        {
            var v = x[i];
            y[i] = v * Gate(v, out _);
        }
    }

    [EitherSchedule]
    public static void Backward(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int count, int accumulate)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), count);
        for (var i = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), count); i < last; i++)
        {
            var v = x[i];
            var d = dy[i] * (Gate(v, out var slope) + v * slope);
            dx[i] = accumulate != 0 ? dx[i] + d : d;
        }
    }

    [EitherSchedule]
    public static void Copy(ArrayView<float> x, ArrayView<float> y, int count)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), count);
        for (var i = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), count); i < last; i++)
        {
            y[i] = x[i];
        }
    }

    // tanh(softplus(v)) and its derivative from one exponential: with e = exp(v) and w = e (e + 2) they are w / (w + 2) and
    // 4 e (e + 1) / (w + 2)^2. Above 15 both are constant in float32, and further up e^4 would overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Gate(float v, out float slope)
    {
        var e = FloatMath.Exp(v < 15f ? v : 15f);
        var w = e * (e + 2f);
        var inverse = 1f / (w + 2f);
        slope = 4f * e * (e + 1f) * inverse * inverse;
        return w * inverse;
    }
}

// 2. What the host does: launch the kernel, and tell the tape how the gradient flows back. The last part of a launch's description is the
// memory that it moves, which the profile divides by its time.
internal static class MishOperation
{
    public static Tensor Mish(this Tape tape, Tensor x)
    {
        Tensor y = tape.NewLike(x);
        Launch(MishKernels.Forward, x, y);
        tape.Record(y, [x], dy =>
        {
            // Called by tape.Backward with the gradient of y, which it gives back to the pool at its end. Only by then is it known whether
            // another operation has written to the gradient of x before, so that this one must add to it.
            if (tape.WantsGradient(x, out Tensor dx, out int accumulate))
            {
                using FloatElements input = x.Read(), from = dy.Read(), to = dx.Write(keep: accumulate != 0);
                x.Device.Launch(
                    MishKernels.Backward, x.Device.Spread(x.Length), new KernelWork(Flops: 0, Bytes: 12.0 * x.Length),
                    input.View, from.View, to.View, x.Length, accumulate);
            }

            dy.Release();
        });
        return y;
    }

    public static void Launch(Action<ArrayView<float>, ArrayView<float>, int> kernel, Tensor x, Tensor y)
    {
        using FloatElements from = x.Read(), to = y.Write();
        x.Device.Launch(kernel, x.Device.Spread(x.Length), new KernelWork(Flops: 0, Bytes: 8.0 * x.Length), from.View, to.View, x.Length);
    }
}

internal static class Program
{
    private static int Main(string[] args)
    {
        try
        {
            using Device device = Device.Open(args is ["--device", var name] ? name : "auto");
            Console.WriteLine($"{device.Spec} ({device.Name}), {device.Schedule} schedule\n");
            bool passed = Check(device);
            Profile(device);
            Console.WriteLine(passed ? "\nok" : "\nFAILED: the value or the gradient is wrong");
            return passed ? 0 : 1;
        }
        catch (EdmException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    // 3. The check, on y = mish(x) + mish(2 x): x is read more than once, so that its gradient is a sum.
    private static bool Check(Device device)
    {
        const int count = 1000;
        float[] x = [.. Enumerable.Range(0, count).Select(i => 12f * i / count - 6f)];
        float[] weights = [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i))];
        using var tape = new Tape(device, recording: true);
        Tensor input = tape.From(x, count);
        input.RequiresGradient = true;
        Tensor output = tape.Add(tape.Mish(input), tape.Mish(tape.AddScaled(input, input, scale: 1)));
        float[] values = output.ToArray();

        // The gradient of L = sum of weights * y by y is the weights; walking back turns it into that by x.
        tape.Backward(output, tape.From(weights, count));
        float[] gradient = input.Gradient!.ToArray();

        // The truth, in float64. Its slopes are measured, not derived: a wrong formula of the gradient cannot be wrong in both places.
        double[] expected = Truth(Wide(x));
        double error = values.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);
        double slopeError = FiniteDifference.LargestDeviation(Truth, Wide(x), Wide(weights), Wide(gradient));
        Console.WriteLine($"largest error, relative to the largest number: {error:0.0e-0} of mish, {slopeError:0.0e-0} of its gradient\n");
        return error < 1e-6 && slopeError < 1e-6;

        static double[] Truth(double[] x) => Array.ConvertAll(x, v => Mish(v) + Mish(2 * v));
        static double Mish(double v) => v * Math.Tanh(Math.Log(1 + Math.Exp(v)));
        static double[] Wide(float[] narrow) => Array.ConvertAll(narrow, v => (double)v);
    }

    // 4. The profile. A copy moves memory and computes nothing, so the nearer Mish comes to its GB/s, the less there is to gain. On the CPU
    // the exponential shows: this is scalar code, where the library's own kernels call primitives that are written with SIMD for CPUs.
    private static void Profile(Device device)
    {
        using var tape = new Tape(device, recording: true);
        float[] values = [.. Enumerable.Range(0, 1 << 22).Select(i => i % 1000 * 0.01f - 5f)];
        Tensor x = tape.From(values, values.Length);
        x.RequiresGradient = true;
        for (int round = 0; round < 6; round++)
        {
            // The first round compiles the kernels and is not counted. Timing makes the device wait after each kernel: it is off as a rule.
            device.Profile.Enabled = round > 0;
            Tensor copy = tape.NewLike(x);
            MishOperation.Launch(MishKernels.Copy, x, copy);
            tape.Backward(tape.Mish(x), copy);
        }

        Console.WriteLine("kernel                          launches       ms    GB/s");
        foreach (KernelStatistics kernel in device.Profile.Top(10))
        {
            Console.WriteLine($"{kernel.Name,-30}{kernel.Launches,10}{kernel.MeanMilliseconds,9:f2}{kernel.GigabytesPerSecond,8:f1}");
        }
    }
}
