using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace IlgpuEdm.Devices;

/// <summary>Finds devices and opens them by name.</summary>
internal static class DeviceCatalog
{
    /// <summary>What opens the CPU.</summary>
    public const string Cpu = "cpu";

    private const string HowToGetOpenCl =
        "an OpenCL driver for a GPU comes with its vendor's software, one for CPUs with the package pocl-opencl-icd (Debian, Ubuntu)";

    /// <summary>All devices that can be opened, in the order in which <c>auto</c> prefers them but for OpenCL on CPUs.</summary>
    public static IReadOnlyList<DeviceInfo> List()
    {
        var found = new List<DeviceInfo>();
        using (var context = DeviceContext.ForCuda())
        {
            var i = 0;
            foreach (var d in context.GetCudaDevices())
            {
                found.Add(new DeviceInfo(
                    $"cuda:{i++}", d.Name, DeviceKind.Cuda, d.MemorySize, $"{d.NumMultiprocessors} multiprocessors, {d.Architecture}"));
            }
        }

        using (var context = DeviceContext.ForOpenCl())
        {
            var i = 0;
            foreach (var d in context.GetCLDevices())
            {
                found.Add(new DeviceInfo(
                    $"opencl:{i++}", d.Name, DeviceKind.OpenCl, d.MemorySize,
                    $"{d.NumMultiprocessors} compute units, {TypeOf(d)}, {d.CLStdVersion}"));
            }
        }

        found.Add(new DeviceInfo(
            Cpu, "ILGPU CPU accelerator", DeviceKind.Cpu, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            $"{Environment.ProcessorCount} cores, {System.Numerics.Vector<float>.Count * 32}-bit or wider SIMD"));
        return found;
    }

    /// <summary>Opens the context and accelerator that a name asks for.</summary>
    /// <exception cref="EdmException">The name means nothing, or the device is not there.</exception>
    public static (Context Context, Accelerator Accelerator, DeviceKind Kind, string Spec) Open(string spec)
    {
        switch (spec)
        {
            case "auto":
                return OpenCuda(null) ?? OpenOpenCl(null) ?? OpenCpu(emulator: false);
            case Cpu:
                return OpenCpu(emulator: false);
            case "cpu:emulator":
                return OpenCpu(emulator: true);
        }

        var parts = spec.Split(':');
        var index = 0;
        if (parts.Length > 2 || parts[0] is not ("cuda" or "opencl")
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new EdmException(
                $"device '{spec}' is not known; say auto, cpu, cuda, cuda:1, opencl or opencl:1 (here are: {Names()})");
        }

        return (parts[0] == "cuda" ? OpenCuda(index) : OpenOpenCl(index))
            ?? throw new EdmException(
                $"device '{spec}' is not there; here are: {Names()}; "
                + (parts[0] == "cuda" ? "CUDA needs an NVIDIA GPU and its driver" : HowToGetOpenCl));
    }

    private static string Names() => string.Join(", ", List().Select(d => $"{d.Spec} ({d.Name})"));

    private static string TypeOf(CLDevice device) => device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU) ? "GPU" : "CPU";

    // Group size 1 then runs exactly one thread a core; the emulator has one multiprocessor with groups of up to 256.
    private static (Context, Accelerator, DeviceKind, string) OpenCpu(bool emulator)
    {
        var device = emulator ? new CPUDevice(32, 8, 1) : new CPUDevice(2, 32, Environment.ProcessorCount);
        var context = DeviceContext.ForCpu(device);
        var accelerator = context.GetCPUDevice(0).CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel);
        return (context, accelerator, DeviceKind.Cpu, emulator ? "cpu:emulator" : Cpu);
    }

    private static (Context, Accelerator, DeviceKind, string)? OpenCuda(int? index)
    {
        var context = DeviceContext.ForCuda();
        var candidates = new List<Candidate>();
        foreach (var device in context.GetCudaDevices())
        {
            candidates.Add(new Candidate(device.Name, true, () => device.CreateCudaAccelerator(context)));
        }

        return Open(context, DeviceKind.Cuda, candidates, index);
    }

    private static (Context, Accelerator, DeviceKind, string)? OpenOpenCl(int? index)
    {
        var context = DeviceContext.ForOpenCl();
        var candidates = new List<Candidate>();
        foreach (var device in context.GetCLDevices())
        {
            candidates.Add(new Candidate(device.Name, TypeOf(device) == "GPU", () => device.CreateCLAccelerator(context)));
        }

        return Open(context, DeviceKind.OpenCl, candidates, index);
    }

    /// <summary>
    /// Opens the device with an index, or without one the first that suits <c>auto</c> and can be opened; null if there is none. Takes
    /// the context over.
    /// </summary>
    /// <exception cref="EdmException">The device with the index cannot be opened.</exception>
    internal static (Context, Accelerator, DeviceKind, string)? Open(
        Context context, DeviceKind kind, IReadOnlyList<Candidate> devices, int? index)
    {
        for (var i = 0; i < devices.Count; i++)
        {
            if (index == null ? !devices[i].SuitsAuto : i != index)
            {
                continue;
            }

            var spec = $"{(kind == DeviceKind.Cuda ? "cuda" : "opencl")}:{i}";
            try
            {
                return (context, devices[i].Create(), kind, spec);
            }
            catch (Exception e)
            {
                // Busy, or a driver too old: auto goes on to the next.
                if (index != null)
                {
                    context.Dispose();
                    throw new EdmException(
                        $"device '{spec}' ({devices[i].Name}) cannot be opened: {e.Message.ReplaceLineEndings(" ")}; "
                        + $"here are: {Names()}", e);
                }
            }
        }

        context.Dispose();
        return null;
    }

    /// <summary>A device that is there, and how to open it.</summary>
    internal sealed record Candidate(string Name, bool SuitsAuto, Func<Accelerator> Create);
}
