using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace IlgpuEdm.Data;

/// <summary>A short hash that tells data sets apart: number, shape, every label and a few hundred images spread evenly.</summary>
internal static class DatasetFingerprint
{
    private const long SampledImages = 256;

    public static string Compute(IImageDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, data.Count, data.Height, data.Width, data.Channels, data.LabelDim);
        if (data.LabelDim > 0)
        {
            var vector = new float[data.HasLabelVectors ? data.LabelDim : 0];
            for (long i = 0; i < data.Count; i++)
            {
                if (data.HasLabelVectors)
                {
                    data.ReadLabel(i, vector);
                    hash.AppendData(MemoryMarshal.AsBytes(vector.AsSpan()));
                }
                else
                {
                    Add(hash, data.Label(i));
                }
            }
        }
        var samples = Math.Min(SampledImages, data.Count);
        var pixels = new byte[data.Height * data.Width * data.Channels];
        for (long s = 0; s < samples; s++)
        {
            data.ReadImage(samples == 1 ? 0 : (long)((Int128)s * (data.Count - 1) / (samples - 1)), pixels);
            hash.AppendData(pixels);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static void Add(IncrementalHash hash, params ReadOnlySpan<long> values)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }
}
