using IlgpuEdm.Formats.Numpy;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>An object as plain data: the class or function that would have made it, what it would have been given, and its state.</summary>
public sealed class PickleObject : PickleContainer
{
    internal PickleObject(PickleGlobal type, PickleList arguments)
    {
        Type = type;
        Arguments = arguments;
        Hold(arguments);
    }

    /// <summary>The class or function.</summary>
    public PickleGlobal Type { get; }

    /// <summary>What it would have been called with.</summary>
    public PickleList Arguments { get; }

    /// <summary>What the object would have been told afterwards; null for nothing.</summary>
    public PickleValue? State { get; private set; }

    /// <inheritdoc/>
    public override string Kind => "an object of " + Type.Name;

    internal void SetState(PickleValue state)
    {
        Hold(state);
        State = state;
    }
}

/// <summary>A NumPy array.</summary>
public sealed class PickleArray : PickleValue
{
    internal PickleArray(NumpyArray? array) => Array = array;

    /// <summary>The array; null where the pickle never gave it contents.</summary>
    public NumpyArray? Array { get; internal set; }

    /// <inheritdoc/>
    public override string Kind => "an array";
}
