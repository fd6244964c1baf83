using ILGPU;
using ILGPU.Runtime;

namespace IlgpuEdm.Devices;

/// <content>Launching kernels of the fat schedule: groups of one work item, no more items than the device has use for.</content>
public sealed partial class Device
{
    // An item's scratch starts at a 32-bit offset.
    private const long MaxScratch = 1L << 28;

    /// <summary>Work items for so many tasks.</summary>
    /// <param name="tasks">Tasks.</param>
    /// <param name="scratch">Floats of scratch of an item.</param>
    /// <returns>At least 1.</returns>
    internal int WorkItems(int tasks, int scratch = 0) => WorkItems(tasks, scratch, MaxWorkItems);

    /// <summary>As above, on a device that has use for so many.</summary>
    internal static int WorkItems(long tasks, long scratch, int most) =>
        (int)Math.Clamp(Math.Min(tasks, scratch == 0 ? most : MaxScratch / scratch), 1, most);

    internal void Launch<T1, T2, T3>(
        Action<T1, T2, T3> kernel, int items, KernelWork work, T1 a1, T2 a2, T3 a3)
        where T1 : struct where T2 : struct where T3 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3);
        Profile.Stop(name, work, start);
    }

    internal void Launch<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> kernel, int items, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3, a4);
        Profile.Stop(name, work, start);
    }

    internal void Launch<T1, T2, T3, T4, T5>(
        Action<T1, T2, T3, T4, T5> kernel, int items, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3, a4, a5);
        Profile.Stop(name, work, start);
    }

    internal void Launch<T1, T2, T3, T4, T5, T6>(
        Action<T1, T2, T3, T4, T5, T6> kernel, int items, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3, a4, a5, a6);
        Profile.Stop(name, work, start);
    }

    internal void Launch<T1, T2, T3, T4, T5, T6, T7>(
        Action<T1, T2, T3, T4, T5, T6, T7> kernel, int items, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct where T7 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3, a4, a5, a6, a7);
        Profile.Stop(name, work, start);
    }

    internal void Launch<T1, T2, T3, T4, T5, T6, T7, T8>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8> kernel, int items, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct where T7 : struct where T8 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3, a4, a5, a6, a7, a8);
        Profile.Stop(name, work, start);
    }

    internal void Launch<T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> kernel, int items, KernelWork work,
        T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct where T7 : struct where T8 : struct where T9 : struct
    {
        var (launch, name) = _kernels.Get<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9>>(kernel);
        var start = Profile.Start();
        launch(Stream, new KernelConfig(items, 1), a1, a2, a3, a4, a5, a6, a7, a8, a9);
        Profile.Stop(name, work, start);
    }
}
