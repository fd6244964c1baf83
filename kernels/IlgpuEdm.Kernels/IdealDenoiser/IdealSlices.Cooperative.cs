using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.IdealDenoiser;

/// <content>
/// Cooperative schedule, three launches: the distances of 16 queries to a slice's images by a group, their weights, and the weighted sums
/// of 64 numbers of the images of a slice.
/// </content>
public static partial class IdealSlices
{
    /// <summary>Queries that a group has at once.</summary>
    public const int GroupQueries = 16;

    /// <summary>Numbers of an image that a group sums.</summary>
    public const int GroupColumns = 64;

    // A step along the images is 16 floats; a line in shared memory has room for 20, so that no bank is met twice.
    private const int StepVectors = 4;
    private const int Line = StepVectors + 1;

    // Threads that stand beside each other along a slice's images, and the parts into which the others cut its sums.
    private const int Apart = 64;
    private const int Parts = CooperativeAttribute.GroupSize / Apart;

    /// <summary>Squared distances of queries to images. A thread has those of 4 queries to every 64th image of a slice.</summary>
    /// <param name="queries">Noisy images, <c>[queries, stride]</c>.</param>
    /// <param name="images">The chunk, <c>[rows, stride]</c>.</param>
    /// <param name="distances">Receives them, <c>[queries, slices, 256]</c>; behind the last image stands its distance again.</param>
    /// <param name="s">The step; a group for each slice of each 16 queries.</param>
    [Cooperative]
    public static void Distances(ArrayView<float> queries, ArrayView<float> images, ArrayView<float> distances, IdealShape s)
    {
        var lines = SharedMemory.Allocate<Float4>((IdealShape.SliceRows + GroupQueries) * Line);
        var block = Grid.IdxX / s.Slices;
        var slice = Grid.IdxX - block * s.Slices;
        var line = Group.IdxX / StepVectors;
        var vector = Group.IdxX - line * StepVectors;
        var lastRow = s.Rows - slice * IdealShape.SliceRows - 1;
        var lastQuery = s.Queries - block * GroupQueries - 1;
        var depth = s.Stride / 4;
        var from = images.Cast<Float4>().SubView(slice * IdealShape.SliceRows * depth);
        var row0 = Smaller(line, lastRow) * depth + vector;
        var row1 = Smaller(line + Apart, lastRow) * depth + vector;
        var row2 = Smaller(line + 2 * Apart, lastRow) * depth + vector;
        var row3 = Smaller(line + 3 * Apart, lastRow) * depth + vector;
        var asked = queries.Cast<Float4>().SubView(block * GroupQueries * depth);
        var query = Smaller(line & (GroupQueries - 1), lastQuery) * depth + vector;
        var put = lines.SubView(line * Line + vector);
        var rows = lines.SubView((Group.IdxX & (Apart - 1)) * Line);
        var own = lines.SubView((IdealShape.SliceRows + 4 * (Group.IdxX / Apart)) * Line);
        Block4x4 sums = default;
        for (var k = 0; k < depth; k += StepVectors)
        {
            var next0 = from[row0 + k];
            var next1 = from[row1 + k];
            var next2 = from[row2 + k];
            var next3 = from[row3 + k];
            var nextQuery = asked[query + k];
            Group.Barrier();
            put[0] = next0;
            put[Apart * Line] = next1;
            put[2 * Apart * Line] = next2;
            put[3 * Apart * Line] = next3;
            if (line < GroupQueries)
            {
                put[IdealShape.SliceRows * Line] = nextQuery;
            }

            Group.Barrier();
            sums = AddVector(own, rows, 0, sums);
            sums = AddVector(own, rows, 1, sums);
            sums = AddVector(own, rows, 2, sums);
            sums = AddVector(own, rows, 3, sums);
        }

        var count = s.Slices * IdealShape.SliceRows;
        var first = 4 * (Group.IdxX / Apart);
        var place = (block * GroupQueries + first) * count + slice * IdealShape.SliceRows + (Group.IdxX & (Apart - 1));
        Store(distances, place, first <= lastQuery, sums.R0);
        Store(distances, place + count, first + 1 <= lastQuery, sums.R1);
        Store(distances, place + 2 * count, first + 2 <= lastQuery, sums.R2);
        Store(distances, place + 3 * count, first + 3 <= lastQuery, sums.R3);
    }

    /// <summary>Replaces distances by weights; a thread has an image of the slice.</summary>
    /// <param name="distances">Holds distances, receives weights, <c>[queries, slices, 256]</c>; zeros where there is no image.</param>
    /// <param name="numbers">Receives the slices' numbers but the last of the four.</param>
    /// <param name="s">The step; a group for each query and slice.</param>
    [Cooperative]
    public static void Weights(ArrayView<float> distances, ArrayView<float> numbers, IdealShape s)
    {
        // Memory for each on its own: the compiler takes a result from it late, when others may have begun with the next.
        var minima = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var sums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var squareSums = SharedMemory.Allocate<float>(CooperativeAttribute.GroupSize);
        var slice = Grid.IdxX % s.Slices;
        var inside = slice * IdealShape.SliceRows + Group.IdxX < s.Rows;
        var place = Grid.IdxX * IdealShape.SliceRows + Group.IdxX;
        var distance = distances[place];

        // Behind the last image its distance stands again, which changes no minimum.
        var nearest = -GroupSums.Maximum(minima, -distance);
        var weight = inside ? SquaredDistances.Weight(distance - nearest, s.Scale) : 0f;
        distances[place] = weight;
        var sum = GroupSums.OverRuns(sums, weight, CooperativeAttribute.GroupSize);
        var squares = GroupSums.OverRuns(squareSums, weight * weight, CooperativeAttribute.GroupSize);
        if (Group.IdxX == 0)
        {
            var at = Grid.IdxX * IdealShape.Numbers;
            numbers[at] = nearest;
            numbers[at + 1] = sum;
            numbers[at + 2] = squares;
        }
    }

    /// <summary>
    /// Weighted sums of images. A thread has 4 queries and 4 numbers of a quarter of the slice's images; the quarters are added in order.
    /// </summary>
    /// <param name="weights">The weights, <c>[queries, slices, 256]</c>.</param>
    /// <param name="images">The chunk, <c>[rows, stride]</c>.</param>
    /// <param name="parts">Receives the slices' parts.</param>
    /// <param name="s">The step; a group for each 64 numbers of each slice of each 16 queries.</param>
    [Cooperative]
    public static void Sums(ArrayView<float> weights, ArrayView<float> images, ArrayView<float> parts, IdealShape s)
    {
        var shared = SharedMemory.Allocate<Float4>(IdealShape.SliceRows * Line);
        var blocks = (s.Stride + GroupColumns - 1) / GroupColumns;
        var block = Grid.IdxX % blocks;
        var slice = Grid.IdxX / blocks % s.Slices;
        var first = Grid.IdxX / blocks / s.Slices * GroupQueries;
        var floats = shared.Cast<float>().SubView(Group.IdxX * Line * 4);
        var count = s.Slices * IdealShape.SliceRows;
        for (var q = 0; q < GroupQueries; q++)
        {
            floats[q] = first + q < s.Queries ? weights[(first + q) * count + slice * IdealShape.SliceRows + Group.IdxX] : 0f;
        }

        Group.Barrier();
        var depth = s.Stride / 4;
        var column = block * (GroupColumns / 4) + (Group.IdxX & 15);
        var part = Group.IdxX / Apart;
        var query = (Group.IdxX >> 4) & 3;
        var start = part * (IdealShape.SliceRows / Parts);
        var end = Smaller(start + IdealShape.SliceRows / Parts, s.RowsOf(slice));
        var own = shared.SubView(query);

        // Beyond the images' end the first column is summed, and not stored.
        var from = images.Cast<Float4>().SubView(slice * IdealShape.SliceRows * depth + (column < depth ? column : 0));
        Block4x4 sums = default;
        var row = start;
        for (; row <= end - 4; row += 4)
        {
            var y0 = from[row * depth];
            var y1 = from[(row + 1) * depth];
            var y2 = from[(row + 2) * depth];
            var y3 = from[(row + 3) * depth];
            var w = own.SubView(row * Line);
            sums = Block4x4.MultiplyAdd(w[0], y0, sums);
            sums = Block4x4.MultiplyAdd(w[Line], y1, sums);
            sums = Block4x4.MultiplyAdd(w[2 * Line], y2, sums);
            sums = Block4x4.MultiplyAdd(w[3 * Line], y3, sums);
        }

        for (; row < end; row++)
        {
            sums = Block4x4.MultiplyAdd(own[row * Line], from[row * depth], sums);
        }

        Group.Barrier();
        var mine = shared.SubView(Group.IdxX);
        mine[0] = sums.R0;
        mine[CooperativeAttribute.GroupSize] = sums.R1;
        mine[2 * CooperativeAttribute.GroupSize] = sums.R2;
        mine[3 * CooperativeAttribute.GroupSize] = sums.R3;
        Group.Barrier();
        if (part == 0 && column < depth)
        {
            var to = parts.Cast<Float4>();
            for (var i = 0; i < 4; i++)
            {
                var asked = first + 4 * query + i;
                if (asked < s.Queries)
                {
                    var rowOfParts = mine.SubView(i * CooperativeAttribute.GroupSize);
                    var sum = Four.Add(Four.Add(rowOfParts[0], rowOfParts[Apart]), Four.Add(rowOfParts[2 * Apart], rowOfParts[3 * Apart]));
                    to[(slice * s.Queries + asked) * depth + column] = sum;
                }
            }
        }
    }

    // Four floats of four queries against those of four images.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block4x4 AddVector(ArrayView<Float4> queries, ArrayView<Float4> rows, int vector, Block4x4 sums)
    {
        var y0 = rows[vector];
        var y1 = rows[Apart * Line + vector];
        var y2 = rows[2 * Apart * Line + vector];
        var y3 = rows[3 * Apart * Line + vector];
        sums.R0 = AddSquares(queries[vector], y0, y1, y2, y3, sums.R0);
        sums.R1 = AddSquares(queries[Line + vector], y0, y1, y2, y3, sums.R1);
        sums.R2 = AddSquares(queries[2 * Line + vector], y0, y1, y2, y3, sums.R2);
        sums.R3 = AddSquares(queries[3 * Line + vector], y0, y1, y2, y3, sums.R3);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 AddSquares(Float4 x, Float4 y0, Float4 y1, Float4 y2, Float4 y3, Float4 sums) =>
        new(AddSquares(x, y0, sums.X), AddSquares(x, y1, sums.Y), AddSquares(x, y2, sums.Z), AddSquares(x, y3, sums.W));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AddSquares(Float4 x, Float4 y, float sum)
    {
        var d = Four.Subtract(x, y);
        return Gpu.Fma(d.X, d.X, Gpu.Fma(d.Y, d.Y, Gpu.Fma(d.Z, d.Z, Gpu.Fma(d.W, d.W, sum))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ArrayView<float> distances, int place, bool inside, Float4 values)
    {
        if (inside)
        {
            distances[place] = values.X;
            distances[place + Apart] = values.Y;
            distances[place + 2 * Apart] = values.Z;
            distances[place + 3 * Apart] = values.W;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Smaller(int a, int b) => a < b ? a : b;
}
