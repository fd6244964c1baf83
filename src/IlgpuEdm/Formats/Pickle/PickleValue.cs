using System.Numerics;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>
/// A value of a Python pickle as plain data. Nothing is ever executed: what a pickle would call is either on a fixed list and becomes
/// one of
/// the types derived from this one, or the pickle is refused. Values may be shared and, in lists and dictionaries, refer to themselves.
/// </summary>
public abstract class PickleValue
{
    /// <summary>What it is, in words for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>How many values lie within each other here, as far as they were nested when they were put together.</summary>
    internal virtual int Depth => 0;
}

/// <summary>Python's None.</summary>
public sealed class PickleNone : PickleValue
{
    private PickleNone()
    {
    }

    /// <summary>The only one.</summary>
    public static PickleNone Instance { get; } = new();

    /// <inheritdoc/>
    public override string Kind => "None";
}

/// <summary>True or False.</summary>
public sealed class PickleBoolean : PickleValue
{
    private PickleBoolean(bool value) => Value = value;

    /// <summary>True.</summary>
    public static PickleBoolean True { get; } = new(true);

    /// <summary>False.</summary>
    public static PickleBoolean False { get; } = new(false);

    /// <summary>The value.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override string Kind => "a truth value";
}

/// <summary>A whole number of any size.</summary>
/// <param name="value">The number.</param>
public sealed class PickleInteger(BigInteger value) : PickleValue
{
    /// <summary>The number.</summary>
    public BigInteger Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "a whole number";
}

/// <summary>A float64 number.</summary>
/// <param name="value">The number.</param>
public sealed class PickleFloat(double value) : PickleValue
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "a number";
}

/// <summary>A text.</summary>
/// <param name="value">The text.</param>
public sealed class PickleText(string value) : PickleValue
{
    /// <summary>The text.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "a text";
}

/// <summary>Bytes, or a text of Python 2, which does not tell them apart.</summary>
/// <param name="value">The bytes; they lie in the pickle's own memory.</param>
public sealed class PickleBytes(ReadOnlyMemory<byte> value) : PickleValue
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "bytes";
}

/// <summary>A class or function of the fixed list, by name; it has no behaviour.</summary>
public sealed class PickleGlobal : PickleValue
{
    internal PickleGlobal(string name, PickleGlobalKind role)
    {
        Name = name;
        Role = role;
    }

    /// <summary>Module and name, such as <c>collections.OrderedDict</c>.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string Kind => "the global " + Name;

    internal PickleGlobalKind Role { get; }
}
