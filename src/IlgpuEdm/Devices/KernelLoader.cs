using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;

namespace IlgpuEdm.Devices;

/// <summary>
/// Compiles kernels when they are first launched, with repairs to the generated text, and holds them for the device's life.
/// </summary>
/// <param name="accelerator">The accelerator.</param>
/// <param name="team">Who runs kernels as .NET code, uncompiled; null to compile them for the accelerator.</param>
internal sealed partial class KernelLoader(Accelerator accelerator, WorkerTeam? team) : IDisposable
{
    private readonly ConcurrentDictionary<Delegate, (Kernel? Kernel, Delegate Launcher, string Name)> _loaded = new();

    /// <summary>The typed launcher of a kernel, and its name in profiles.</summary>
    public (TLauncher Launcher, string Name) Get<TLauncher>(Delegate kernel)
        where TLauncher : Delegate
    {
        if (!_loaded.TryGetValue(kernel, out var entry))
        {
            entry = team == null
                ? Load<TLauncher>(kernel.Method)
                : (null, CpuKernels.Launcher<TLauncher>(kernel, team), Name(kernel.Method));
            _loaded[kernel] = entry;
        }

        return ((TLauncher)entry.Launcher, entry.Name);
    }

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

    private (Kernel, Delegate, string) Load<TLauncher>(MethodInfo method)
        where TLauncher : Delegate
    {
        var compiled = accelerator.GetBackend().Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), default);
        if (Repair(compiled) is { } text)
        {
            var property = compiled is PTXCompiledKernel ? nameof(PTXCompiledKernel.PTXAssembly) : nameof(CLCompiledKernel.Source);
            compiled.GetType().GetField($"<{property}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)!
                .SetValue(compiled, text);
        }

        var kernel = accelerator.LoadKernel(compiled);
        return (kernel, kernel.CreateLauncherDelegate<TLauncher>(), Name(method));
    }

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

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

    [GeneratedRegex(@"(?<p>\bL_|\btype_|\b_[A-Za-z]\w*?_|\bretval_|\bshared_var_len_|\bshared_var_)(?<n>\d+)(?=\b|_kernel)")]
    private static partial Regex GeneratedName();

    public void Dispose()
    {
        foreach (var (kernel, _, _) in _loaded.Values)
        {
            kernel?.Dispose();
        }

        _loaded.Clear();
    }
}
