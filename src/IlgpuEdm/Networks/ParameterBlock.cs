using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Networks;

/// <summary>Values for all parameters of a network in one piece of device memory: weights, their average, or a moment of Adam.</summary>
public sealed class ParameterBlock : IDisposable
{
    private readonly Device _device;
    private readonly ParameterList _list;
    private readonly Tensor[] _tensors;

    /// <summary>Makes a block of zeros.</summary>
    /// <param name="device">Where it lies.</param>
    /// <param name="list">The parameters.</param>
    /// <param name="gradients">Whether the parameters want gradients; <see cref="Gradients"/> then holds them.</param>
    public ParameterBlock(Device device, ParameterList list, bool gradients = false)
    {
        _device = device;
        _list = list;
        Values = new Tensor(device, list.BlockLength);
        Elementwise.Fill(Values, 0f);
        _tensors = View(Values);
        if (gradients)
        {
            Gradients = new Tensor(device, list.BlockLength);
            Elementwise.Fill(Gradients, 0f);
            var views = View(Gradients);
            for (var i = 0; i < _tensors.Length; i++)
            {
                _tensors[i].RequiresGradient = true;
                _tensors[i].Gradient = views[i];
            }
        }
    }

    /// <summary>All values.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients; null where none are wanted.</summary>
    public Tensor? Gradients { get; }

    /// <summary>The values of a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    public Tensor this[Parameter parameter] => _tensors[parameter.Index];

    /// <summary>Sets the values that training starts from; they follow from the seed, whatever the device.</summary>
    /// <param name="seed">The seed.</param>
    public void Initialise(ulong seed)
    {
        foreach (var parameter in _list.All)
        {
            _device.Write(this[parameter].View, (first, values) => ParameterDraws.Fill(parameter, seed, first, values));
        }
    }

    /// <summary>Copies all values of another block of the same network.</summary>
    /// <param name="other">The other block.</param>
    public void CopyFrom(ParameterBlock other)
    {
        Shapes.Require(Shapes.Same(other.Values, Values), [Values, other.Values]);
        Elementwise.Combine(other.Values, null, Values, 1f, 0f, accumulate: false);
    }

    /// <summary>Adds all parameters to a file, in the files' layouts; they are read when the file is written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">Put before each name.</param>
    public void AddTo(SafetensorsWriter file, string prefix)
    {
        var memory = new Lazy<float[]>(() => new float[LongestParameter]);
        var inFile = new Lazy<float[]>(() => new float[LongestParameter]);
        foreach (var parameter in _list.All)
        {
            file.Add(prefix + parameter.Name, () => Read(parameter), parameter.FileShape);
        }

        ReadOnlyMemory<float> Read(Parameter parameter)
        {
            _device.Download(this[parameter].View, memory.Value.AsSpan(0, parameter.Length));
            var written = inFile.Value.AsMemory(0, parameter.Length);
            parameter.ToFile(memory.Value.AsSpan(0, parameter.Length), written.Span);
            return written;
        }
    }

    /// <summary>Reads all parameters from a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">Put before each name.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="fixedPrefix">Put before the names of values that are not trained; null for the same prefix.</param>
    /// <exception cref="EdmException">A parameter is missing or has another shape; nothing has changed then.</exception>
    public void Load(SafetensorsFile file, string prefix, string path, string? fixedPrefix = null)
    {
        RequireFit(_list, file, prefix, path, fixedPrefix);
        var buffer = new byte[LongestParameter * sizeof(float)];
        var memory = new float[LongestParameter];
        foreach (var parameter in _list.All)
        {
            var values = memory.AsSpan(0, parameter.Length);
            parameter.FromFile(file.GetFloats(NameInFile(parameter, prefix, fixedPrefix), buffer), values);
            this[parameter].Upload(values);
        }
    }

    /// <summary>Checks that a file holds all parameters of a network; no device is needed.</summary>
    /// <exception cref="EdmException">A parameter is missing, has another shape or holds no floating-point numbers.</exception>
    internal static void RequireFit(ParameterList list, SafetensorsFile file, string prefix, string path, string? fixedPrefix = null)
    {
        foreach (var parameter in list.All)
        {
            var name = NameInFile(parameter, prefix, fixedPrefix);
            if (!file.Contains(name))
            {
                throw new EdmException($"{path}: tensor '{name}' is missing; the file belongs to another network");
            }

            var shape = file.GetShape(name);
            if (!shape.SequenceEqual(parameter.FileShape))
            {
                throw new EdmException(
                    $"{path}: tensor '{name}' is [{string.Join(", ", shape)}] where [{string.Join(", ", parameter.FileShape)}] is needed; "
                    + "the file belongs to another network");
            }

            file.RequireFloats(name);
        }
    }

    private int LongestParameter => _list.All.Max(p => p.Length);

    private static string NameInFile(Parameter parameter, string prefix, string? fixedPrefix) =>
        (parameter.Trained ? prefix : fixedPrefix ?? prefix) + parameter.Name;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Values.Release();
        Gradients?.Release();
    }

    private Tensor[] View(Tensor block) =>
        _list.All.Select(p => new Tensor(_device, p.Shape, block.View.SubView(p.Offset, p.Length))).ToArray();
}
