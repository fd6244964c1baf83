using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using IlgpuEdm.Kernels;

namespace IlgpuEdm.Devices;

/// <summary>
/// Compiles kernels when they are first launched, with repairs to the generated text, and holds them for the device's life.
/// </summary>
/// <param name="accelerator">The accelerator.</param>
/// <param name="team">Who runs kernels as .NET code, uncompiled; null to compile them for the accelerator.</param>
internal sealed partial class KernelLoader(Accelerator accelerator, WorkerTeam? team) : IDisposable
{
    private readonly ConcurrentDictionary<Delegate, Entry> _loaded = new();

    /// <summary>The typed launcher of a kernel, and its name in profiles.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="schedule">The schedule that it is launched in.</param>
    /// <exception cref="InvalidOperationException">The kernel is not of that schedule.</exception>
    public (TLauncher Launcher, string Name) Get<TLauncher>(Delegate kernel, KernelSchedule schedule)
        where TLauncher : Delegate
    {
        if (!_loaded.TryGetValue(kernel, out var entry))
        {
            var (loaded, launcher) = team == null ? Load<TLauncher>(kernel.Method) : (null, CpuKernels.Launcher<TLauncher>(kernel, team));
            entry = new Entry(loaded, launcher, Name(kernel.Method), ScheduleOf(kernel.Method));
            _loaded[kernel] = entry;
        }

        if (entry.Schedule != schedule && entry.Schedule != KernelSchedule.Auto)
        {
            throw new InvalidOperationException($"the kernel {entry.Name} is not of the {schedule} schedule that this device runs");
        }

        return ((TLauncher)entry.Launcher, entry.Name);
    }

    private static KernelSchedule ScheduleOf(MethodInfo kernel) =>
        kernel.IsDefined(typeof(EitherScheduleAttribute)) ? KernelSchedule.Auto
        : kernel.IsDefined(typeof(CooperativeAttribute)) ? KernelSchedule.Cooperative : KernelSchedule.Fat;

    /// <summary>What a compiler is told of a kernel's groups.</summary>
    internal static KernelSpecialization Specialization(MethodInfo kernel) =>
        kernel.GetCustomAttribute<CooperativeAttribute>() is { } mark
            ? new KernelSpecialization(
                CooperativeAttribute.GroupSize, mark.GroupsPerMultiprocessor == 0 ? null : mark.GroupsPerMultiprocessor)
            : default;

    /// <summary>The generated text with the repairs: PTX, OpenCL C, or null for the CPU.</summary>
    internal static string? Repair(CompiledKernel compiled)
    {
        // ptxas neither unrolls loops nor keeps arrays in registers across branches marked uniform.
        // ILGPU's barrier fences global memory only, which is not what shared memory needs.
        return compiled switch
        {
            PTXCompiledKernel ptx => Canonical(ptx.PTXAssembly.Replace("bra.uni", "bra", StringComparison.Ordinal)),
            CLCompiledKernel cl => Canonical(cl.Source.Replace(
                "work_group_barrier ( CLK_GLOBAL_MEM_FENCE )", "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)",
                StringComparison.Ordinal)),
            _ => null,
        };
    }

    private (Kernel, Delegate) Load<TLauncher>(MethodInfo method)
        where TLauncher : Delegate
    {
        var compiled = accelerator.GetBackend().Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), Specialization(method));
        if (Repair(compiled) is { } text)
        {
            var property = compiled is PTXCompiledKernel ? nameof(PTXCompiledKernel.PTXAssembly) : nameof(CLCompiledKernel.Source);
            compiled.GetType().GetField($"<{property}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)!
                .SetValue(compiled, text);
        }

        var kernel = accelerator.LoadKernel(compiled);
        return (kernel, kernel.CreateLauncherDelegate<TLauncher>());
    }

    /// <summary>A kernel's name in profiles, with the types that it is made for.</summary>
    internal static string Name(MethodInfo method)
    {
        var types = string.Join(",", method.GetGenericArguments().Select(type => type.Name));
        return $"{method.DeclaringType!.Name}.{method.Name}{(types == "" ? "" : $"<{types}>")}";
    }

    // ILGPU numbers names by the order of compilation; renumbered by appearance, drivers find the same text in their caches.
    private static string Canonical(string text)
    {
        var numbers = new Dictionary<string, int>();
        return GeneratedName().Replace(text, match =>
        {
            var key = match.Groups["n"].Value;
            if (!numbers.TryGetValue(key, out var number))
            {
                number = numbers.Count;
                numbers[key] = number;
            }

            return match.Groups["p"].Value + number;
        });
    }

    [GeneratedRegex(@"(?<p>\bL_|\b[A-Z]\w*?_|\btype_|\b_[A-Za-z]\w*?_|\bretval_|\bshared_var_len_|\bshared_var_)(?<n>\d+)(?=\b|_kernel)")]
    private static partial Regex GeneratedName();

    public void Dispose()
    {
        foreach (var entry in _loaded.Values)
        {
            entry.Kernel?.Dispose();
        }

        _loaded.Clear();
    }

    private sealed record Entry(Kernel? Kernel, Delegate Launcher, string Name, KernelSchedule Schedule);
}
