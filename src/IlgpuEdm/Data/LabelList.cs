namespace IlgpuEdm.Data;

/// <summary>The labels of a data set, one an image: classes, or vectors of one length.</summary>
internal sealed class LabelList
{
    private readonly int[]? classes;
    private readonly float[][]? vectors;

    private LabelList(int[]? classes, float[][]? vectors, int dim) => (this.classes, this.vectors, Dim) = (classes, vectors, dim);

    /// <summary>Number of classes, or length of a vector.</summary>
    public int Dim { get; }

    public int Count => classes?.Length ?? vectors!.Length;

    public bool AreVectors => vectors is not null;

    /// <summary>Labels from classes; without their number the highest tells it. Null stays null.</summary>
    public static LabelList? OfClasses(int[]? classes, int? number = null) =>
        classes is null ? null : new LabelList(classes, null, number ?? classes.Max() + 1);

    /// <summary>Labels from vectors of one length.</summary>
    public static LabelList OfVectors(float[][] vectors) => new(null, vectors, vectors[0].Length);

    /// <summary>The class; -1 where labels are vectors.</summary>
    public int Class(long index) => classes is null ? -1 : classes[index];

    /// <summary>The vector; null where labels are classes.</summary>
    public float[]? Vector(long index) => vectors?[index];
}
