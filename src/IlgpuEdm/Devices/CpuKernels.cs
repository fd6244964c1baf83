using ILGPU;
using ILGPU.Runtime;

namespace IlgpuEdm.Devices;

/// <summary>
/// Launchers of kernels on a CPU, with the signature of those that ILGPU makes: they keep a launch's arguments in fields, so that a launch
/// allocates nothing, and let the team call the kernel, which is ordinary .NET code, once a work item.
/// </summary>
internal static class CpuKernels
{
    /// <summary>The launcher of a kernel.</summary>
    /// <typeparam name="TLauncher">Its signature: stream, configuration, and the kernel's arguments.</typeparam>
    /// <param name="kernel">The kernel.</param>
    /// <param name="team">Who runs it.</param>
    /// <exception cref="NotSupportedException">The kernel has more arguments, or fewer, than any has so far.</exception>
    public static TLauncher Launcher<TLauncher>(Delegate kernel, WorkerTeam team)
        where TLauncher : Delegate
    {
        var arguments = kernel.GetType().GetGenericArguments();
        var definition = arguments.Length switch
        {
            3 => typeof(CpuKernel<,,>),
            4 => typeof(CpuKernel<,,,>),
            5 => typeof(CpuKernel<,,,,>),
            6 => typeof(CpuKernel<,,,,,>),
            7 => typeof(CpuKernel<,,,,,,>),
            8 => typeof(CpuKernel<,,,,,,,>),
            9 => typeof(CpuKernel<,,,,,,,,>),
            _ => throw new NotSupportedException($"a kernel of {arguments.Length} arguments"),
        };
        var work = Activator.CreateInstance(definition.MakeGenericType(arguments), kernel, team)!;
        return (TLauncher)Delegate.CreateDelegate(typeof(TLauncher), work, nameof(CpuKernel<int, int, int>.Launch));
    }
}

internal sealed class CpuKernel<T1, T2, T3>(Action<T1, T2, T3> kernel, WorkerTeam team) : TeamWork
    where T1 : struct where T2 : struct where T3 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3);
}

internal sealed class CpuKernel<T1, T2, T3, T4>(Action<T1, T2, T3, T4> kernel, WorkerTeam team) : TeamWork
    where T1 : struct where T2 : struct where T3 : struct where T4 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;
    private T4 _a4;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3, T4 a4)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        _a4 = a4;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3, _a4);
}

internal sealed class CpuKernel<T1, T2, T3, T4, T5>(Action<T1, T2, T3, T4, T5> kernel, WorkerTeam team) : TeamWork
    where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;
    private T4 _a4;
    private T5 _a5;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        _a4 = a4;
        _a5 = a5;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3, _a4, _a5);
}

internal sealed class CpuKernel<T1, T2, T3, T4, T5, T6>(Action<T1, T2, T3, T4, T5, T6> kernel, WorkerTeam team) : TeamWork
    where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;
    private T4 _a4;
    private T5 _a5;
    private T6 _a6;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        _a4 = a4;
        _a5 = a5;
        _a6 = a6;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3, _a4, _a5, _a6);
}

internal sealed class CpuKernel<T1, T2, T3, T4, T5, T6, T7>(Action<T1, T2, T3, T4, T5, T6, T7> kernel, WorkerTeam team) : TeamWork
    where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct where T7 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;
    private T4 _a4;
    private T5 _a5;
    private T6 _a6;
    private T7 _a7;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        _a4 = a4;
        _a5 = a5;
        _a6 = a6;
        _a7 = a7;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3, _a4, _a5, _a6, _a7);
}

internal sealed class CpuKernel<T1, T2, T3, T4, T5, T6, T7, T8>(Action<T1, T2, T3, T4, T5, T6, T7, T8> kernel, WorkerTeam team) : TeamWork
    where T1 : struct where T2 : struct where T3 : struct where T4 : struct
    where T5 : struct where T6 : struct where T7 : struct where T8 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;
    private T4 _a4;
    private T5 _a5;
    private T6 _a6;
    private T7 _a7;
    private T8 _a8;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        _a4 = a4;
        _a5 = a5;
        _a6 = a6;
        _a7 = a7;
        _a8 = a8;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3, _a4, _a5, _a6, _a7, _a8);
}

internal sealed class CpuKernel<T1, T2, T3, T4, T5, T6, T7, T8, T9>(
    Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> kernel, WorkerTeam team)
    : TeamWork
    where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
    where T6 : struct where T7 : struct where T8 : struct where T9 : struct
{
    private T1 _a1;
    private T2 _a2;
    private T3 _a3;
    private T4 _a4;
    private T5 _a5;
    private T6 _a6;
    private T7 _a7;
    private T8 _a8;
    private T9 _a9;

    public void Launch(AcceleratorStream stream, KernelConfig config, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9)
    {
        _a1 = a1;
        _a2 = a2;
        _a3 = a3;
        _a4 = a4;
        _a5 = a5;
        _a6 = a6;
        _a7 = a7;
        _a8 = a8;
        _a9 = a9;
        team.Run(this, config.GridDim.X);
    }

    public override void RunItem() => kernel(_a1, _a2, _a3, _a4, _a5, _a6, _a7, _a8, _a9);
}
