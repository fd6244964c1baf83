using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace IlgpuEdm.Devices;

/// <summary>
/// An open accelerator: its kernels, its memory and what they cost. Everything runs in order on one stream. Not for use by several
/// threads at once.
/// </summary>
public sealed partial class Device : IDisposable
{
    /// <summary>Work items on a GPU.</summary>
    internal const int FatItemsOnGpu = 4096;

    // Few enough for their scratch, many enough that cores end a launch together although others disturb one of them.
    private const int ItemsPerCore = 4;

    private const string ConvolutionVariable = "ILGPU_EDM_CONVOLUTION";
    private const string ScheduleVariable = "ILGPU_EDM_SCHEDULE";
    private const string GraphVariable = "ILGPU_EDM_GRAPH";

    private readonly Context _context;
    private readonly KernelLoader _kernels;
    private readonly WorkerTeam? _team;

    private Device(Context context, Accelerator accelerator, DeviceKind kind, string spec)
    {
        _context = context;
        Accelerator = accelerator;
        Stream = accelerator.DefaultStream;
        Kind = kind;
        Spec = spec;
        _team = spec == DeviceCatalog.Cpu ? new WorkerTeam(Environment.ProcessorCount) : null;
        _kernels = new KernelLoader(accelerator, _team);
        Pool = new MemoryPool(this);
        Profile = new KernelProfile(this);
        MaxWorkItems = kind switch
        {
            DeviceKind.Cpu => ItemsPerCore * Environment.ProcessorCount,
            DeviceKind.OpenCl when accelerator.WarpSize <= 8 => Math.Max(1, 4 * accelerator.NumMultiprocessors),
            _ => FatItemsOnGpu,
        };
    }

    /// <summary>What opens this device again.</summary>
    public string Spec { get; }

    /// <summary>The name that the driver gives.</summary>
    public string Name => Accelerator.Name;

    /// <summary>The kind of accelerator.</summary>
    public DeviceKind Kind { get; }

    /// <summary>The memory of all tensors.</summary>
    public MemoryPool Pool { get; }

    /// <summary>What each kernel cost, where asked for.</summary>
    public KernelProfile Profile { get; }

    /// <summary>Work items that a fat kernel is launched with at most.</summary>
    public int MaxWorkItems { get; }

    /// <summary>How 3x3 convolutions are computed; tests force it, by the environment variable ILGPU_EDM_CONVOLUTION too.</summary>
    public ConvolutionMethod Convolution { get; internal set; }

    /// <summary>Which kernels run: <see cref="KernelSchedule.Fat"/> or <see cref="KernelSchedule.Cooperative"/>.</summary>
    public KernelSchedule Schedule { get; internal set; }

    /// <summary>With how many bits networks compute on this device.</summary>
    public Precision Precision { get; internal set; }

    /// <summary>Whether there are tensor cores for the products of narrow precisions; tests say so of devices that have none.</summary>
    internal bool HasTensorCores { get; set; }

    /// <summary>Whether the device can run groups of threads as the cooperative schedule has them.</summary>
    internal bool CanCooperate => _team == null && Accelerator.MaxNumThreadsPerGroup >= Kernels.CooperativeAttribute.GroupSize;

    /// <summary>Whether products run on tensor cores.</summary>
    internal bool UsesTensorCores => HasTensorCores && IsCooperative && Precision != Precision.Fp32;

    internal bool IsCooperative => Schedule == KernelSchedule.Cooperative;

    internal Accelerator Accelerator { get; }

    internal AcceleratorStream Stream { get; private set; }

    /// <summary>Opens a device.</summary>
    /// <param name="spec">
    /// <c>auto</c> (CUDA, then an OpenCL GPU, then the CPU), <c>cpu</c>, <c>cuda</c>, <c>opencl</c>, or one of several: <c>opencl:1</c>.
    /// <c>cpu:emulator</c> is for tests.
    /// </param>
    /// <param name="schedule">
    /// Which kernels run; auto leaves the choice to the environment variable ILGPU_EDM_SCHEDULE, where the device can run what it says, and
    /// to the kind of device.
    /// </param>
    /// <param name="precision">With how many bits networks compute.</param>
    /// <returns>The device; dispose it after everything made on it.</returns>
    /// <exception cref="EdmException">
    /// The name means nothing, or the device is not there; lists those that are. Or it has not the schedule or the precision.
    /// </exception>
    public static Device Open(
        string spec = "auto", KernelSchedule schedule = KernelSchedule.Auto, Precision precision = Precision.Fp32)
    {
        var convolution = Forced(ConvolutionVariable, ConvolutionMethod.Auto);
        var wished = Forced(ScheduleVariable, KernelSchedule.Auto);
        var graphs = Forced(GraphVariable, GraphMode.Auto);
        var (context, accelerator, kind, opened) = DeviceCatalog.Open(spec);
        var device = new Device(context, accelerator, kind, opened) { Convolution = convolution };
        try
        {
            device.Schedule = device.Resolve(schedule, wished);
            device.HasTensorCores = accelerator is CudaAccelerator cuda && cuda.Architecture >= CudaArchitecture.SM_80;
            device.Precision = device.Require(precision);
            device.UseGraphs(graphs);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private KernelSchedule Resolve(KernelSchedule asked, KernelSchedule wished)
    {
        if (asked == KernelSchedule.Cooperative && !CanCooperate)
        {
            throw new EdmException(
                $"device '{Spec}' cannot run the cooperative schedule, which takes groups of "
                + $"{Kernels.CooperativeAttribute.GroupSize} threads; leave --schedule out, or name a GPU or an OpenCL device");
        }

        var isGpu = Kind != DeviceKind.OpenCl || Accelerator is CLAccelerator { DeviceType: CLDeviceType.CL_DEVICE_TYPE_GPU };
        return (asked, wished) switch
        {
            (KernelSchedule.Auto, KernelSchedule.Fat) => KernelSchedule.Fat,
            (KernelSchedule.Auto, _) when CanCooperate && (isGpu || wished != KernelSchedule.Auto) => KernelSchedule.Cooperative,
            (KernelSchedule.Auto, _) => KernelSchedule.Fat,
            _ => asked,
        };
    }

    private Precision Require(Precision precision) =>
        precision != Precision.Tf32 || (HasTensorCores && IsCooperative)
            ? precision
            : throw new EdmException(
                $"device '{Spec}' ({Name}) cannot compute in tf32, which takes the tensor cores of an NVIDIA GPU of compute capability "
                + "8.0 or later and the cooperative schedule; say --precision fp32 or bf16");

    internal static T Forced<T>(string variable, T otherwise)
        where T : struct, Enum
    {
        var name = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(name) ? otherwise
            : Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
            : throw new EdmException(
                $"the environment variable {variable} is '{name}'; say {string.Join(" or ", Enum.GetNames<T>()).ToLowerInvariant()}");
    }

    /// <summary>The devices that are there.</summary>
    /// <returns>CUDA devices, OpenCL devices and the CPU.</returns>
    public static IReadOnlyList<DeviceInfo> List() => DeviceCatalog.List();

    /// <summary>Waits until all that was launched is done.</summary>
    public void Synchronize() => Synchronize(recorded: true);

    /// <summary>Copies numbers to the device.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="target">Receives them from its start.</param>
    /// <exception cref="ArgumentException">The target is too short.</exception>
    public void Upload<T>(ReadOnlySpan<T> source, ArrayView<T> target)
        where T : unmanaged
    {
        using var stage = Profile.Stage("upload");
        RequireRoom(source.Length, target.Length);
        if (source.IsEmpty)
        {
            return;
        }

        if (_recording == null)
        {
            UploadNow(source, target);
        }
        else
        {
            _recording.Upload(source, target.SubView(0, source.Length));
        }
    }

    /// <summary>The same, whether or not a stretch is recorded.</summary>
    internal unsafe void UploadNow<T>(ReadOnlySpan<T> source, ArrayView<T> target)
        where T : unmanaged
    {
        if (Kind == DeviceKind.Cpu)
        {
            source.CopyTo(MemoryMarshal.CreateSpan(ref target[0], source.Length));
            return;
        }

        // The driver reads while it is waited for: the array must not move until then.
        fixed (T* pinned = source)
        {
            target.SubView(0, source.Length).CopyFromCPUUnsafeAsync(Stream, ref *pinned, source.Length);
            Synchronize(recorded: false);
        }
    }

    /// <summary>Copies numbers from the device, after all that was launched is done.</summary>
    /// <param name="source">The numbers; as many as the target holds are read.</param>
    /// <param name="target">Receives them.</param>
    /// <exception cref="ArgumentException">The source holds fewer.</exception>
    public unsafe void Download<T>(ArrayView<T> source, Span<T> target)
        where T : unmanaged
    {
        using var stage = Profile.Stage("download");
        RequireRoom(target.Length, source.Length);
        if (target.IsEmpty)
        {
            return;
        }

        _recording?.Wait();
        if (Kind == DeviceKind.Cpu)
        {
            MemoryMarshal.CreateReadOnlySpan(ref source[0], target.Length).CopyTo(target);
            return;
        }

        // The driver writes while it is waited for: the array must not move until then.
        fixed (T* pinned = target)
        {
            source.SubView(0, target.Length).CopyToCPUUnsafeAsync(Stream, ref *pinned, target.Length);
            Synchronize(recorded: false);
        }
    }

    private static void RequireRoom(long count, long room)
    {
        if (count > room)
        {
            throw new ArgumentException($"{count} numbers do not fit into a view of {room}");
        }
    }

    /// <summary>Closes the device and frees its memory.</summary>
    public void Dispose()
    {
        Pool.Dispose();
        _kernels.Dispose();
        _team?.Dispose();
        DisposeStream();
        Accelerator.Dispose();
        _context.Dispose();
    }
}
