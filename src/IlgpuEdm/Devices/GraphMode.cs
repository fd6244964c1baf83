namespace IlgpuEdm.Devices;

/// <summary>Whether the launches of a training step are recorded and replayed.</summary>
public enum GraphMode
{
    /// <summary>As graphs of the driver on CUDA devices; elsewhere each launch by itself.</summary>
    Auto,

    /// <summary>Each launch by itself.</summary>
    Off,

    /// <summary>As graphs of the driver on CUDA devices, and by this library elsewhere.</summary>
    On,

    /// <summary>By this library, for tests: the same logic without a driver that knows graphs.</summary>
    Software,
}
