using System.Buffers;
using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Devices;

/// <summary>Computes a stretch of numbers.</summary>
/// <param name="first">The place of the first.</param>
/// <param name="values">Receives them.</param>
internal delegate void Stretch(int first, Span<float> values);

/// <content>Numbers that the host computes, without an array of all of them.</content>
public sealed partial class Device
{
    private const int StretchLength = 1 << 14;
    private const int StretchesOnHost = 64;

    /// <summary>Writes numbers that the host computes on all its cores: on the CPU in place, else through a small buffer.</summary>
    /// <param name="target">Receives them.</param>
    /// <param name="compute">Computes a stretch of them, each stretch for itself and on any thread.</param>
    internal unsafe void Write(ArrayView<float> target, Stretch compute)
    {
        using var stage = Profile.Stage("upload");
        var length = (int)target.Length;
        if (Kind == DeviceKind.Cpu)
        {
            Synchronize();
            InStretches((float*)Unsafe.AsPointer(ref target[0]), 0, length, compute);
            return;
        }

        var buffer = new float[Math.Min(length, StretchesOnHost * StretchLength)];
        for (var first = 0; first < length; first += buffer.Length)
        {
            var count = Math.Min(buffer.Length, length - first);
            fixed (float* values = buffer)
            {
                InStretches(values, first, count, compute);
            }

            Upload(buffer.AsSpan(0, count), target.SubView(first, count));
        }
    }

    /// <summary>Copies numbers of the host's precision to the device, rounded.</summary>
    /// <exception cref="ArgumentException">The target is too short.</exception>
    internal unsafe void Upload(ReadOnlySpan<double> source, ArrayView<float> target)
    {
        RequireRoom(source.Length, target.Length);
        if (source.IsEmpty)
        {
            return;
        }

        fixed (double* from = source)
        {
            var values = from;
            Write(target.SubView(0, source.Length), (first, to) =>
            {
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = (float)values[first + i];
                }
            });
        }
    }

    /// <summary>Copies numbers from the device, in the host's precision, after all that was launched is done.</summary>
    /// <exception cref="ArgumentException">The source holds fewer.</exception>
    internal void Download(ArrayView<float> source, Span<double> target)
    {
        RequireRoom(target.Length, source.Length);
        var buffer = ArrayPool<float>.Shared.Rent(Math.Min(target.Length, StretchesOnHost * StretchLength));
        for (var first = 0; first < target.Length; first += buffer.Length)
        {
            var piece = buffer.AsSpan(0, Math.Min(buffer.Length, target.Length - first));
            Download(source.SubView(first, piece.Length), piece);
            for (var i = 0; i < piece.Length; i++)
            {
                target[first + i] = piece[i];
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    private static unsafe void InStretches(float* values, int first, int count, Stretch compute)
    {
        var stretches = (count + StretchLength - 1) / StretchLength;
        if (stretches == 1)
        {
            compute(first, new Span<float>(values, count));
            return;
        }

        Parallel.For(0, stretches, i =>
        {
            var start = i * StretchLength;
            compute(first + start, new Span<float>(values + start, Math.Min(StretchLength, count - start)));
        });
    }
}
