using IlgpuEdm.Devices;

namespace IlgpuEdm.Training;

/// <summary>A benchmark's result; one line of JSON.</summary>
/// <param name="Verb"><c>train</c> or <c>denoise</c>.</param>
/// <param name="ImagesPerSecond">The speed of the median step.</param>
/// <param name="MsPerStep">The time of the median step, in milliseconds.</param>
/// <param name="PeakMemoryMb">The most device memory in use, in MB (10^6 bytes); of several devices on the one that needs most.</param>
/// <param name="PeakProcessMb">The most memory that the process has had in the machine's memory at once, in MB (10^6 bytes).</param>
/// <param name="FirstStepSeconds">From the start of the process to the end of its first step, compilation included.</param>
/// <param name="Parameters">The network's trained parameters.</param>
/// <param name="Device">The device, or all of them with commas between them.</param>
/// <param name="Batch">Images per step.</param>
/// <param name="Losses">The mean loss of each training step from the first on; those of <c>train</c> on the same images and seed.</param>
/// <param name="ManagedHeap">What the timed steps asked of the garbage collector.</param>
/// <param name="Profile">Where the time of one more step went; of several devices on the first, which waits for the others in it.</param>
/// <param name="Kernels">The kernels that took most of that step, of several devices those of the first.</param>
public sealed record BenchmarkResult(string Verb, double ImagesPerSecond, double MsPerStep, double PeakMemoryMb, double PeakProcessMb,
    double FirstStepSeconds, long Parameters, string Device, int Batch, IReadOnlyList<double>? Losses, ManagedHeapUse ManagedHeap,
    StepProfile Profile, IReadOnlyList<KernelStatistics> Kernels);

/// <summary>What steps asked of the garbage collector.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="BytesPerStep">Bytes on the managed heap, a step.</param>
/// <param name="BytesPerLaunch">The same, a launch of a kernel.</param>
/// <param name="Collections">Collections during all steps, of generation 0, 1 and 2; one of a higher counts for the lower.</param>
public sealed record ManagedHeapUse(int Steps, long BytesPerStep, double BytesPerLaunch, IReadOnlyList<int> Collections);

/// <summary>Where the time of a step went while each kernel was waited for.</summary>
/// <param name="WallMs">The step, in milliseconds.</param>
/// <param name="KernelsMs">All kernels.</param>
/// <param name="Launches">Their launches.</param>
/// <param name="NamedShare">The share of the step that kernels and stages account for.</param>
/// <param name="Stages">The host's work by stage, without kernels.</param>
public sealed record StepProfile(
    double WallMs, double KernelsMs, long Launches, double NamedShare, IReadOnlyList<StageStatistics> Stages);
