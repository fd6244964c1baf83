using System.Text;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Formats.Torch;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>What calls to the globals of the fixed list become: data of the types derived from <see cref="PickleValue"/>.</summary>
/// <param name="budget">Bounds what is decoded again.</param>
/// <param name="persistent">Finds what a persistent identifier means; null where a pickle may have none.</param>
/// <param name="isNested">Whether the pickle lies in another one; it may hold no further then.</param>
internal sealed class PickleCalls(PickleBudget budget, Func<PickleValue, PickleValue>? persistent = null, bool isNested = false)
{
    public PickleValue Persistent(PickleValue id) =>
        persistent?.Invoke(id) ?? throw new FormatException("persistent identifiers are read only in files of torch.save");

    /// <summary>Calls a global, in data.</summary>
    public PickleValue Call(PickleGlobal global, PickleList arguments)
    {
        var items = arguments.Items;
        switch (global.Role)
        {
            case PickleGlobalKind.Dictionary:
                return Dictionary(arguments);
            case PickleGlobalKind.Set:
                return Set(arguments);
            case PickleGlobalKind.ByteArray:
                return items.Count == 0 ? new PickleBytes(default) : new PickleBytes(Argument<PickleBytes>(arguments, 0).Value);
            case PickleGlobalKind.Encode:
                return Encode(arguments);
            case PickleGlobalKind.StorageFromBytes:
                return Storage(Argument<PickleBytes>(arguments, 0).Value);
            case PickleGlobalKind.Tensor:
                return TorchTensor.Rebuild(arguments);
            case PickleGlobalKind.Parameter:
                return Argument<TorchTensor>(arguments, 0);
            case PickleGlobalKind.Size:
                return Argument<PickleList>(arguments, 0);
            case PickleGlobalKind.ArrayStart:
                return new PickleArray(null);
            case PickleGlobalKind.ArrayFromBuffer:
                return PickledArrays.FromBuffer(arguments);
            case PickleGlobalKind.Scalar:
                return PickledArrays.Scalar(arguments);
            case PickleGlobalKind.ElementType or PickleGlobalKind.Object:
                return new PickleObject(global, arguments);
            default:
                throw new FormatException($"{global.Name} is called, which is only ever named");
        }
    }

    /// <summary>Gives an object its state, in data.</summary>
    public static void Build(PickleValue target, PickleValue state)
    {
        switch (target)
        {
            case PickleArray array:
                array.Array = PickledArrays.FromState(state);
                break;
            case PickleObject thing:
                thing.SetState(state);
                break;
            case PickleDictionary:
                // Attributes of an OrderedDict, such as the versions of modules beside a state: of no meaning here.
                break;
            default:
                throw new FormatException($"{target.Kind} has no state");
        }
    }

    /// <summary>An argument of a call.</summary>
    /// <exception cref="FormatException">It is missing or of another type.</exception>
    public static T Argument<T>(PickleList arguments, int index) where T : PickleValue =>
        index >= arguments.Items.Count ? throw new FormatException($"argument {index + 1} of a call is missing")
        : arguments.Items[index] as T ?? throw new FormatException($"{arguments.Items[index].Kind} cannot be argument {index + 1} here");

    /// <summary>A whole number that must be in a range.</summary>
    /// <exception cref="FormatException">It is no such number.</exception>
    public static long Number(PickleValue value, long least = 0, long most = long.MaxValue) =>
        value is PickleInteger { Value: var number } && number >= least && number <= most
            ? (long)number
            : throw new FormatException($"{value.Kind} where a whole number from {least} to {most} is needed");

    private PickleDictionary Dictionary(PickleList arguments)
    {
        var dictionary = new PickleDictionary();
        switch (arguments.Items)
        {
            case []:
                break;
            case [PickleDictionary other]:
                budget.Spend(16L * other.Entries.Count);
                foreach (var (key, value) in other.Entries)
                {
                    dictionary.Add(key, value);
                }

                break;
            case [PickleList pairs]:
                budget.Spend(16L * pairs.Items.Count);
                foreach (var pair in pairs.Items)
                {
                    if (pair is not PickleList { Items: [var key, var value] })
                    {
                        throw new FormatException($"{pair.Kind} where a key and a value are needed");
                    }

                    dictionary.Add(key, value);
                }

                break;
            default:
                throw new FormatException("a dictionary is made of something else than pairs");
        }

        return dictionary;
    }

    private PickleList Set(PickleList arguments)
    {
        if (arguments.Items.Count == 0)
        {
            return new PickleList(PickleListKind.Set);
        }

        var items = Argument<PickleList>(arguments, 0).Items;
        budget.Spend(8L * items.Count);
        return new PickleList(PickleListKind.Set, [.. items]);
    }

    // How protocol 2 writes bytes of Python 3.
    private PickleBytes Encode(PickleList arguments)
    {
        var text = Argument<PickleText>(arguments, 0).Value;
        budget.Spend(2L * text.Length);
        if (arguments.Items.Count > 1 && Argument<PickleText>(arguments, 1).Value is not ("latin1" or "latin-1"))
        {
            throw new FormatException("a text is encoded as something else than latin1");
        }

        return text.All(c => c <= '\u00ff')
            ? new PickleBytes(Encoding.Latin1.GetBytes(text))
            : throw new FormatException("a text cannot be encoded as latin1");
    }

    private TorchStorage Storage(ReadOnlyMemory<byte> bytes)
    {
        if (isNested)
        {
            throw new FormatException("a tensor's file lies in another tensor's file");
        }

        budget.Spend(bytes.Length);
        return TorchLegacyFile.Read(bytes, budget, isNested: true) as TorchStorage
            ?? throw new FormatException("a tensor's bytes hold something else than a storage");
    }
}
