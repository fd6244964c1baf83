using System.Globalization;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Training;

/// <summary>How a batch is dealt to devices: each gets as many images as the others, next to each other, in whole micro-batches.</summary>
internal static class BatchShares
{
    /// <summary>Images that go through a network at once: the micro-batch, but no more than a device's share.</summary>
    public static int MicroBatch(int batch, int microBatch, int devices) => Math.Min(microBatch, batch / devices);

    /// <summary>Whether all devices get as many whole micro-batches.</summary>
    public static bool AreEven(int batch, int microBatch, int devices) =>
        batch % devices == 0 && batch / devices % MicroBatch(batch, microBatch, devices) == 0;

    /// <summary>As <see cref="MicroBatch(int, int, int)"/>, for a list of devices.</summary>
    public static int MicroBatch(int batch, int microBatch, string deviceSpec) =>
        MicroBatch(batch, microBatch, DeviceList.Names(deviceSpec).Length);

    /// <summary>Refuses a batch that cannot be dealt out evenly.</summary>
    /// <exception cref="EdmException">Names the option and what it may be.</exception>
    public static void RequireEven(int batch, int microBatch, string deviceSpec)
    {
        var devices = DeviceList.Names(deviceSpec).Length;
        if (batch % devices != 0)
        {
            var below = batch / devices * devices;
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"--batch {batch} cannot be dealt evenly to the {devices} devices of --device {deviceSpec}: ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"say --batch {(below > 0 ? below : devices)}{(below > 0 ? $" or {below + devices}" : "")}"));
        }

        if (!AreEven(batch, microBatch, devices))
        {
            var share = batch / devices;
            var fit = Enumerable.Range(1, microBatch).Last(n => share % n == 0);
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"--micro-batch {microBatch} does not divide the {share} images that each of the {devices} devices of ")
                + string.Create(CultureInfo.InvariantCulture, $"--device {deviceSpec} gets of --batch {batch}: say --micro-batch {fit}"));
        }
    }
}
