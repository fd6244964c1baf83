using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Devices;

/// <summary>Makes ILGPU contexts as this library needs them: level O2, everything inlined, primitives registered, drivers found.</summary>
internal static class DeviceContext
{
    /// <summary>The CUDA driver, by the name under which this library's own calls ask for it.</summary>
    internal const string CudaLibrary = "cuda";

    private static readonly Lazy<bool> _resolver = new(InstallResolver);

    /// <summary>A context that knows the CPU only; opening it loads no driver.</summary>
    public static Context ForCpu(CPUDevice device) => Context.Create(builder => Configure(builder.CPU(device)));

    /// <summary>A context with all OpenCL devices.</summary>
    public static Context ForOpenCl()
    {
        _ = _resolver.Value;
        return Context.Create(builder => Configure(builder.OpenCL(Accept)));
    }

    /// <summary>A context with all CUDA devices.</summary>
    public static Context ForCuda()
    {
        _ = _resolver.Value;
        return Context.Create(builder => Configure(builder.Cuda()));
    }

    // O1 would give every view the generic address space, which PoCL cannot compile and which costs GPUs dearly.
    private static void Configure(Context.Builder builder) =>
        builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnablePrimitives();

    // PoCL before 4 does not report the generic address space, without which ILGPU refuses a device; at O2 no kernel of ours needs it.
    private static bool Accept(CLDevice device)
    {
        device.Capabilities.GetType().GetProperty("GenericAddressSpace")?.GetSetMethod(true)?.Invoke(device.Capabilities, [true]);
        return device.CLStdVersion >= CLBackend.MinimumVersion;
    }

    // Linux distributions install the drivers' libraries under their versioned names only.
    private static bool InstallResolver()
    {
        NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) => Find(name));
        NativeLibrary.SetDllImportResolver(typeof(DeviceContext).Assembly, (name, _, _) => Find(name));
        return true;
    }

    private static IntPtr Find(string name)
    {
        string[] candidates = name switch
        {
            "OpenCL" when OperatingSystem.IsLinux() => ["libOpenCL.so.1", "libOpenCL.so"],
            CudaLibrary when OperatingSystem.IsLinux() => ["libcuda.so.1", "libcuda.so"],
            CudaLibrary when OperatingSystem.IsWindows() => ["nvcuda.dll"],
            _ => [],
        };
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        return IntPtr.Zero;
    }
}
