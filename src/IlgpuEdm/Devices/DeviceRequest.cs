namespace IlgpuEdm.Devices;

/// <summary>What a user asks for: where to compute, and how.</summary>
/// <param name="Spec">The name of a device, as for <see cref="Device.Open"/>, or of several with commas between them.</param>
/// <param name="Schedule">Which kernels run.</param>
/// <param name="Precision">With how many bits networks compute.</param>
public sealed record DeviceRequest(
    string Spec = "auto", KernelSchedule Schedule = KernelSchedule.Auto, Precision Precision = Precision.Fp32)
{
    /// <summary>Opens the device.</summary>
    /// <exception cref="EdmException">As <see cref="Device.Open"/>.</exception>
    public Device Open() => Device.Open(Spec, Schedule, Precision);

    /// <summary>Opens all devices of a list.</summary>
    /// <exception cref="EdmException">As <see cref="DeviceList.Open"/>.</exception>
    public DeviceList OpenAll() => DeviceList.Open(Spec, Schedule, Precision);
}
