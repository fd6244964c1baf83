namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>A line of pixels continued beyond its ends by reflection, the last pixel not repeated.</summary>
public static class Reflection
{
    /// <summary>The pixel that stands at a place.</summary>
    /// <param name="place">Any place; pixels lie at 0 to size - 1.</param>
    /// <param name="size">Pixels, at least 1.</param>
    /// <returns>The pixel's index.</returns>
    public static int Index(int place, int size)
    {
        if (place >= 0 && place < size)
        {
            return place;
        }

        if (size == 1)
        {
            return 0;
        }

        var period = 2 * size - 2;
        var rest = place % period;
        if (rest < 0)
        {
            rest += period;
        }

        return rest < size ? rest : period - rest;
    }
}
