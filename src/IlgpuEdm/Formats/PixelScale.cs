namespace IlgpuEdm.Formats;

/// <summary>Between bytes and the scale [-1, 1] that networks see.</summary>
public static class PixelScale
{
    /// <summary>A byte on the scale [-1, 1]: v / 127.5 - 1.</summary>
    /// <param name="v">The byte.</param>
    /// <returns>The value, computed in float32.</returns>
    public static float ToUnit(byte v) => (v / 127.5f) - 1f;

    /// <summary>A value of the scale [-1, 1] as a byte, as the reference has it: v * 127.5 + 128, clipped to 0..255, cut off.</summary>
    /// <param name="v">The value; not a number gives 0.</param>
    /// <returns>The byte.</returns>
    public static byte ToByte(double v) => double.IsNaN(v) ? (byte)0 : (byte)Math.Clamp((v * 127.5) + 128, 0, 255);
}
