namespace IlgpuEdm.Formats.Pickle;

/// <summary>What calling a global of the fixed list stands for.</summary>
internal enum PickleGlobalKind
{
    Dictionary,
    Set,
    ByteArray,
    Encode,
    StorageType,
    StorageFromBytes,
    Tensor,
    Parameter,
    Size,
    ArrayStart,
    ArrayFromBuffer,
    ArrayType,
    ElementType,
    Scalar,
    Object,
}

/// <summary>The globals that a pickle may name. Everything else is refused, whatever it is.</summary>
internal static class PickleGlobals
{
    private static readonly Dictionary<string, PickleGlobal> Known = Create();

    /// <summary>A global by module and name.</summary>
    /// <exception cref="FormatException">It is not on the list.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        var canonical = module switch
        {
            "__builtin__" => "builtins",
            "torch.cuda" => "torch",
            _ when module.StartsWith("numpy._core.", StringComparison.Ordinal) => "numpy.core." + module["numpy._core.".Length..],
            _ => module,
        };
        return Known.TryGetValue($"{canonical}.{name}", out var global)
            ? global
            : throw new FormatException(
                $"it names the global '{PickleLimits.Shown($"{module}.{name}")}', which is not on the list of data that may be read");
    }

    private static Dictionary<string, PickleGlobal> Create()
    {
        var known = new Dictionary<string, PickleGlobal>(StringComparer.Ordinal);
        Add(PickleGlobalKind.Dictionary, "collections.OrderedDict", "builtins.dict", "dnnlib.util.EasyDict", "dnnlib.EasyDict");
        Add(PickleGlobalKind.Set, "builtins.set", "builtins.frozenset");
        Add(PickleGlobalKind.ByteArray, "builtins.bytearray");
        Add(PickleGlobalKind.Encode, "_codecs.encode");
        Add(
            PickleGlobalKind.StorageType, "torch.FloatStorage", "torch.DoubleStorage", "torch.HalfStorage", "torch.BFloat16Storage",
            "torch.LongStorage", "torch.IntStorage", "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage", "torch.BoolStorage");
        Add(PickleGlobalKind.StorageFromBytes, "torch.storage._load_from_bytes");
        Add(PickleGlobalKind.Tensor, "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2");
        Add(PickleGlobalKind.Parameter, "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state");
        Add(PickleGlobalKind.Size, "torch.Size");
        Add(PickleGlobalKind.ArrayStart, "numpy.core.multiarray._reconstruct");
        Add(PickleGlobalKind.ArrayFromBuffer, "numpy.core.numeric._frombuffer");
        Add(PickleGlobalKind.ArrayType, "numpy.ndarray");
        Add(PickleGlobalKind.ElementType, "numpy.dtype");
        Add(PickleGlobalKind.Scalar, "numpy.core.multiarray.scalar");

        // Kept as plain data: what they were made with, and their state.
        Add(
            PickleGlobalKind.Object, "torch_utils.persistence._reconstruct_persistent_obj", "torch.device",
            "torch.nn.modules.container.ModuleDict", "torch.nn.modules.container.ModuleList", "torch.nn.modules.container.Sequential",
            "torch.nn.modules.container.ParameterDict", "torch.nn.modules.container.ParameterList");
        return known;

        void Add(PickleGlobalKind role, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                known.Add(name, new PickleGlobal(name, role));
            }
        }
    }
}
