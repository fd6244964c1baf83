using IlgpuEdm.Devices;

namespace IlgpuEdm.Networks;

/// <summary>The parameters of a network in the order in which its modules declare them; no device is needed to have one.</summary>
public sealed class ParameterList
{
    private const int Alignment = 64;
    private readonly List<Parameter> _parameters = [];

    /// <summary>The options that the network follows from, for errors of its layers.</summary>
    internal string Origin { get; init; } = "this network";

    /// <summary>All parameters.</summary>
    public IReadOnlyList<Parameter> All => _parameters;

    /// <summary>Number of values of all trained parameters.</summary>
    public long Count { get; private set; }

    /// <summary>Floats of a block that holds all, with each parameter's start aligned.</summary>
    public int BlockLength { get; private set; }

    /// <summary>Declares a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="layout">Its layout in files.</param>
    /// <param name="start">Its values before training.</param>
    /// <param name="shape">Its dimensions in memory.</param>
    /// <returns>The parameter.</returns>
    public Parameter Add(string name, ParameterLayout layout, ParameterStart start, params int[] shape) =>
        Add(name, layout, start, trained: true, shape);

    /// <summary>Declares values that are drawn once and never trained.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="start">The draws.</param>
    /// <param name="length">How many.</param>
    /// <returns>The values, as a parameter.</returns>
    public Parameter AddFixed(string name, ParameterStart start, int length) =>
        Add(name, ParameterLayout.Vector, start, trained: false, [length]);

    private Parameter Add(string name, ParameterLayout layout, ParameterStart start, bool trained, int[] shape)
    {
        var length = shape.Aggregate(1L, (a, b) => a * b);
        var end = BlockLength + (length + Alignment - 1) / Alignment * Alignment;
        if (end > MemoryPool.MaxLength)
        {
            throw new EdmException("the network has 2^31 parameters or more; use a smaller --channels, --mult or --blocks");
        }

        _parameters.Add(new Parameter(name, shape, layout, _parameters.Count, BlockLength, start, trained));
        BlockLength = (int)end;
        Count += trained ? length : 0;
        return _parameters[^1];
    }
}
