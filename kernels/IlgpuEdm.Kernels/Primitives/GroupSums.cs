using System.Runtime.CompilerServices;
using ILGPU;

namespace IlgpuEdm.Kernels.Primitives;

/// <summary>
/// Sums over the threads of a group, by trees in shared memory whose order is always the same. All threads of the group must call, and
/// each call in a kernel needs shared memory of its own: ILGPU may move the load of the result to where it is used, behind the last
/// barrier.
/// </summary>
internal static class GroupSums
{
    /// <summary>Sums over the rows of a group whose rows are <c>2^laneBits</c> threads wide.</summary>
    /// <param name="shared">A place for each thread.</param>
    /// <param name="value">The thread's term.</param>
    /// <param name="laneBits">The binary logarithm of the lanes.</param>
    /// <returns>The sum of its lane, to the threads of the first row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 OverRows(ArrayView<Float4> shared, Float4 value, int laneBits)
    {
        var thread = Group.IdxX;
        shared[thread] = value;
        Group.Barrier();
        for (var half = CooperativeAttribute.GroupSize / 2; half >= 1 << laneBits; half >>= 1)
        {
            if (thread < half)
            {
                value = Four.Add(value, shared[thread + half]);
                shared[thread] = value;
            }

            Group.Barrier();
        }

        return value;
    }

    /// <summary>Sums over runs of threads.</summary>
    /// <param name="shared">A place for each thread.</param>
    /// <param name="value">The thread's term.</param>
    /// <param name="run">Threads of a run, a power of two.</param>
    /// <returns>The sum of its run, to each thread.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OverRuns(ArrayView<float> shared, float value, int run)
    {
        var thread = Group.IdxX;
        var place = thread & (run - 1);
        shared[thread] = value;
        Group.Barrier();
        for (var half = run >> 1; half > 0; half >>= 1)
        {
            if (place < half)
            {
                value += shared[thread + half];
                shared[thread] = value;
            }

            Group.Barrier();
        }

        value = shared[thread - place];
        Group.Barrier();
        return value;
    }

    /// <summary>The largest of the threads' values.</summary>
    /// <param name="shared">A place for each thread.</param>
    /// <param name="value">The thread's value.</param>
    /// <returns>The largest, to each thread.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Maximum(ArrayView<float> shared, float value)
    {
        var thread = Group.IdxX;
        shared[thread] = value;
        Group.Barrier();
        for (var half = CooperativeAttribute.GroupSize / 2; half > 0; half >>= 1)
        {
            if (thread < half)
            {
                var other = shared[thread + half];
                value = other > value ? other : value;
                shared[thread] = value;
            }

            Group.Barrier();
        }

        value = shared[0];
        Group.Barrier();
        return value;
    }
}
