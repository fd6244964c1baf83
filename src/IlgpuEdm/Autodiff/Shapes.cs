using System.Runtime.CompilerServices;

namespace IlgpuEdm.Autodiff;

/// <summary>Checks that tensors fit together; a kernel that were given others would read past their ends.</summary>
internal static class Shapes
{
    /// <summary>Refuses tensors that do not fit, naming the rule and their shapes.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static void Require(
        bool fits, ReadOnlySpan<Tensor?> tensors, [CallerArgumentExpression(nameof(fits))] string rule = "")
    {
        if (!fits)
        {
            var shapes = tensors.ToArray().OfType<Tensor>().Select(t => $"[{string.Join(", ", t.Shape)}]");
            throw new ArgumentException($"tensors of {string.Join(" and ", shapes)} do not fit: {rule}");
        }
    }

    /// <summary>Whether a tensor has another's shape; one that is not there fits.</summary>
    public static bool Same(Tensor? a, Tensor b) => a == null || a.Shape.SequenceEqual(b.Shape);

    /// <summary>Whether a tensor has so many elements; one that is not there fits.</summary>
    public static bool Has(Tensor? a, long length) => a == null || a.Length == length;

    /// <summary>Whether a tensor lies in memory as another does; one that is not there does.</summary>
    public static bool Stored(Tensor? a, Tensor b) => a == null || a.Storage == b.Storage;
}
