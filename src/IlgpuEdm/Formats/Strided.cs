namespace IlgpuEdm.Formats;

/// <summary>Brings elements that lie in any order into rows.</summary>
internal static class Strided
{
    /// <summary>Copies the elements at given strides, the last index running fastest.</summary>
    /// <param name="source">The elements; the first one is at its start.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="strides">How many elements lie between one index and the next, for each dimension.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    public static byte[] Gather(ReadOnlySpan<byte> source, ReadOnlySpan<int> shape, ReadOnlySpan<long> strides, int elementSize)
    {
        if (shape.Contains(0))
        {
            return [];
        }

        var count = 1;
        foreach (var size in shape)
        {
            count = checked(count * size);
        }

        var result = GC.AllocateUninitializedArray<byte>(checked(count * elementSize));
        var index = new int[shape.Length];
        long place = 0;
        for (var i = 0; i < count; i++)
        {
            source.Slice((int)(place * elementSize), elementSize).CopyTo(result.AsSpan(i * elementSize));
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                place += strides[d];
                if (++index[d] < shape[d])
                {
                    break;
                }

                place -= strides[d] * shape[d];
                index[d] = 0;
            }
        }

        return result;
    }
}
