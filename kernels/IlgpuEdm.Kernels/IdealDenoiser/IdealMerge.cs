using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.IdealDenoiser;

/// <summary>
/// Puts the slices of a chunk to what is there of the chunks before: a softmax that goes along, as attention has it. All weights are
/// taken relative to the nearest image so far, and what was summed under a farther one is scaled down.
/// </summary>
public static class IdealMerge
{
    /// <summary>Fat schedule: a task is a query.</summary>
    /// <param name="numbers">The slices' numbers.</param>
    /// <param name="parts">The slices' parts.</param>
    /// <param name="state">The queries' state; not read for the first chunk.</param>
    /// <param name="sums">The queries' weighted sums of images, <c>[queries, stride]</c>; not read for the first chunk.</param>
    /// <param name="s">The step.</param>
    public static void Fat(ArrayView<float> numbers, ArrayView<float> parts, ArrayView<float> state, ArrayView<float> sums, IdealShape s)
    {
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), s.Queries);
        for (var query = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), s.Queries); query < last; query++)
        {
            var first = query * s.Slices * IdealShape.Numbers;
            var end = first + s.Slices * IdealShape.Numbers;
            var own = query * IdealShape.Numbers;
            var before = s.IsFirst != 0 ? numbers[first] : state[own];
            var nearest = before;
            for (var at = first; at < end; at += IdealShape.Numbers)
            {
                nearest = numbers[at] < nearest ? numbers[at] : nearest;
            }

            var factor = s.IsFirst != 0 ? 0f : SquaredDistances.Weight(before - nearest, s.Scale);
            var sum = s.IsFirst != 0 ? 0f : factor * state[own + 1];
            var squares = s.IsFirst != 0 ? 0f : factor * factor * state[own + 2];
            var row = sums.SubView(query * s.Stride, s.Stride);
            if (s.IsFirst != 0)
            {
                Rows.Fill(row, 0, s.Stride, 0f);
            }
            else
            {
                Pointwise.Combine(row, row, row, 0, s.Stride, factor, 0f, 0);
            }

            var part = query * s.Stride;
            for (var at = first; at < end; at += IdealShape.Numbers)
            {
                var weight = SquaredDistances.Weight(numbers[at] - nearest, s.Scale);
                if (weight != 0f)
                {
                    sum += weight * numbers[at + 1];
                    squares += weight * weight * numbers[at + 2];
                    var slice = parts.SubView(part, s.Stride);
                    Pointwise.Combine(slice, slice, row, 0, s.Stride, weight, 0f, 1);
                }

                part += s.Queries * s.Stride;
            }

            state[own] = nearest;
            state[own + 1] = sum;
            state[own + 2] = squares;
        }
    }

    /// <summary>Cooperative schedule, first: the state, and what each slice is worth. A thread has a slice.</summary>
    /// <param name="numbers">The slices' numbers, of which the last is received.</param>
    /// <param name="state">The queries' state; not read for the first chunk.</param>
    /// <param name="s">The step; a group for each query.</param>
    [Cooperative]
    public static void Weights(ArrayView<float> numbers, ArrayView<float> state, IdealShape s)
    {
        // Memory for each on its own: the compiler takes a result from it late, when others may have begun with the next.
        var minima = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var weightSums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var squareSums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var own = Grid.IdxX * IdealShape.Numbers;
        var inside = Group.IdxX < s.Slices;
        var at = (Grid.IdxX * s.Slices + (inside ? Group.IdxX : 0)) * IdealShape.Numbers;
        var distance = numbers[at];
        var nearest = -GroupSums.Maximum(minima, -distance);
        var factor = 0f;
        var sum = 0f;
        var squares = 0f;
        if (s.IsFirst == 0)
        {
            var before = state[own];
            nearest = before < nearest ? before : nearest;
            factor = SquaredDistances.Weight(before - nearest, s.Scale);
            sum = factor * state[own + 1];
            squares = factor * factor * state[own + 2];
        }

        var weight = inside ? SquaredDistances.Weight(distance - nearest, s.Scale) : 0f;
        if (inside)
        {
            numbers[at + 3] = weight;
        }

        sum += GroupSums.OverRuns(weightSums, weight * numbers[at + 1], CooperativeAttribute.GroupSize);
        squares += GroupSums.OverRuns(squareSums, weight * weight * numbers[at + 2], CooperativeAttribute.GroupSize);
        if (Group.IdxX == 0)
        {
            state[own] = nearest;
            state[own + 1] = sum;
            state[own + 2] = squares;
            state[own + 3] = factor;
        }
    }

    /// <summary>Cooperative schedule, second: the weighted sums of images. A thread has four numbers of a query.</summary>
    /// <param name="numbers">The slices' numbers.</param>
    /// <param name="parts">The slices' parts.</param>
    /// <param name="state">The queries' state.</param>
    /// <param name="sums">The queries' weighted sums of images, <c>[queries, stride]</c>; not read for the first chunk.</param>
    /// <param name="s">The step.</param>
    [Cooperative]
    public static void Sums(ArrayView<float> numbers, ArrayView<float> parts, ArrayView<float> state, ArrayView<float> sums, IdealShape s)
    {
        var depth = s.Stride / 4;
        var from = parts.Cast<Float4>();
        var to = sums.Cast<Float4>();
        for (var i = WorkItem.Index(); i < s.Queries * depth; i += WorkItem.Count())
        {
            var query = i / depth;
            var sum = new Float4(0f, 0f, 0f, 0f);
            if (s.IsFirst == 0)
            {
                sum = Four.Scale(state[query * IdealShape.Numbers + 3], to[i]);
            }

            var part = i;
            var at = query * s.Slices * IdealShape.Numbers + 3;
            for (var slice = 0; slice < s.Slices; slice++)
            {
                sum = Float4.MultiplyAdd(numbers[at], from[part], sum);
                part += s.Queries * depth;
                at += IdealShape.Numbers;
            }

            to[i] = sum;
        }
    }
}
