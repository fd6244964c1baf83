using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Devices.Graphs;

namespace IlgpuEdm.Devices;

/// <content>Launching kernels: work items of the fat schedule, no more than the device has use for, or groups of threads.</content>
public sealed partial class Device
{
    // An item's scratch starts at a 32-bit offset.
    private const long MaxScratch = 1L << 28;

    // Some ten times what the largest cards hold at once: enough to keep them busy to the end.
    private const int MaxStridingGroups = 16384;

    /// <summary>Work items for so many tasks.</summary>
    /// <param name="tasks">Tasks.</param>
    /// <param name="scratch">Floats of scratch of an item.</param>
    /// <returns>At least 1.</returns>
    internal int WorkItems(int tasks, int scratch = 0) => WorkItems(tasks, scratch, MaxWorkItems);

    /// <summary>As above, on a device that has use for so many.</summary>
    internal static int WorkItems(long tasks, long scratch, int most) =>
        (int)Math.Clamp(Math.Min(tasks, scratch == 0 ? most : MaxScratch / scratch), 1, most);

    /// <summary>
    /// The size of a launch of a kernel that serves both schedules: in the fat one as <see cref="WorkItems(int, int)"/>, in the
    /// cooperative one a thread a task, up to as many as a grid that strides needs.
    /// </summary>
    /// <param name="tasks">Tasks.</param>
    /// <returns>The size; the kernel bears the mark <see cref="Kernels.EitherScheduleAttribute"/>.</returns>
    public LaunchSize Spread(int tasks) => IsCooperative ? Groups(tasks) : WorkItems(tasks);

    /// <summary>Groups of threads for so many tasks of a thread, up to as many as a grid that strides needs.</summary>
    internal static LaunchSize Groups(int tasks)
    {
        const int size = Kernels.CooperativeAttribute.GroupSize;
        return LaunchSize.OfGroups(Math.Clamp(1 + ((tasks - 1) / size), 1, MaxStridingGroups));
    }

    /// <summary>
    /// Launches a kernel after all that was launched before; compiles it the first time. A kernel is a static method over views and plain
    /// structures that takes its part of the work by <see cref="Kernels.Primitives.WorkItem"/>.
    /// </summary>
    /// <param name="kernel">The kernel, of the device's <see cref="Schedule"/>.</param>
    /// <param name="size">How many run it.</param>
    /// <param name="work">What it costs at least, for <see cref="Profile"/>.</param>
    /// <param name="a1">Its first argument; the others follow.</param>
    /// <param name="a2">An argument.</param>
    /// <param name="a3">An argument.</param>
    /// <exception cref="InvalidOperationException">The kernel is of the other schedule.</exception>
    public void Launch<T1, T2, T3>(
        Action<T1, T2, T3> kernel, LaunchSize size, KernelWork work, T1 a1, T2 a2, T3 a3)
        where T1 : struct where T2 : struct where T3 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3>, (T1, T2, T3)>(
            kernel, size, work, (a1, a2, a3),
            static (launch, stream, config, in a) => launch(stream, config, a.Item1, a.Item2, a.Item3));

    /// <inheritdoc cref="Launch{T1,T2,T3}"/>
    public void Launch<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> kernel, LaunchSize size, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4>, (T1, T2, T3, T4)>(
            kernel, size, work, (a1, a2, a3, a4),
            static (launch, stream, config, in a) => launch(stream, config, a.Item1, a.Item2, a.Item3, a.Item4));

    /// <inheritdoc cref="Launch{T1,T2,T3}"/>
    public void Launch<T1, T2, T3, T4, T5>(
        Action<T1, T2, T3, T4, T5> kernel, LaunchSize size, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5>, (T1, T2, T3, T4, T5)>(
            kernel, size, work, (a1, a2, a3, a4, a5),
            static (launch, stream, config, in a) => launch(stream, config, a.Item1, a.Item2, a.Item3, a.Item4, a.Item5));

    /// <inheritdoc cref="Launch{T1,T2,T3}"/>
    public void Launch<T1, T2, T3, T4, T5, T6>(
        Action<T1, T2, T3, T4, T5, T6> kernel, LaunchSize size, KernelWork work, T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6>, (T1, T2, T3, T4, T5, T6)>(
            kernel, size, work, (a1, a2, a3, a4, a5, a6),
            static (launch, stream, config, in a) => launch(stream, config, a.Item1, a.Item2, a.Item3, a.Item4, a.Item5, a.Item6));

    /// <inheritdoc cref="Launch{T1,T2,T3}"/>
    public void Launch<T1, T2, T3, T4, T5, T6, T7>(
        Action<T1, T2, T3, T4, T5, T6, T7> kernel, LaunchSize size, KernelWork work,
        T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct where T7 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7>, (T1, T2, T3, T4, T5, T6, T7)>(
            kernel, size, work, (a1, a2, a3, a4, a5, a6, a7),
            static (launch, stream, config, in a) => launch(stream, config, a.Item1, a.Item2, a.Item3, a.Item4, a.Item5, a.Item6, a.Item7));

    /// <inheritdoc cref="Launch{T1,T2,T3}"/>
    public void Launch<T1, T2, T3, T4, T5, T6, T7, T8>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8> kernel, LaunchSize size, KernelWork work,
        T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct where T7 : struct where T8 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8>, (T1, T2, T3, T4, T5, T6, T7, T8)>(
            kernel, size, work, (a1, a2, a3, a4, a5, a6, a7, a8),
            static (launch, stream, config, in a) =>
                launch(stream, config, a.Item1, a.Item2, a.Item3, a.Item4, a.Item5, a.Item6, a.Item7, a.Item8));

    /// <inheritdoc cref="Launch{T1,T2,T3}"/>
    public void Launch<T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> kernel, LaunchSize size, KernelWork work,
        T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6, T7 a7, T8 a8, T9 a9)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct
        where T6 : struct where T7 : struct where T8 : struct where T9 : struct =>
        Launch<Action<AcceleratorStream, KernelConfig, T1, T2, T3, T4, T5, T6, T7, T8, T9>, (T1, T2, T3, T4, T5, T6, T7, T8, T9)>(
            kernel, size, work, (a1, a2, a3, a4, a5, a6, a7, a8, a9),
            static (launch, stream, config, in a) =>
                launch(stream, config, a.Item1, a.Item2, a.Item3, a.Item4, a.Item5, a.Item6, a.Item7, a.Item8, a.Item9));

    private void Launch<TLauncher, TArguments>(
        Delegate kernel, LaunchSize size, in KernelWork work, in TArguments arguments, Spread<TLauncher, TArguments> spread)
        where TLauncher : Delegate
        where TArguments : struct
    {
        var (launcher, name) = _kernels.Get<TLauncher>(kernel, Schedule);
        if (_recording != null)
        {
            _recording.Launch(launcher, size, arguments, spread);
            return;
        }

        var start = Profile.Start();
        spread(launcher, Stream, size.Config, arguments);
        Profile.Stop(name, work, start);
    }
}
