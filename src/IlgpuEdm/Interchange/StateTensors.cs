using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Formats.Torch;

namespace IlgpuEdm.Interchange;

/// <summary>
/// Collects the tensors and arrays in a pickle's value under the names that PyTorch's state_dict would give them: of modules the
/// parameters,
/// buffers and what modules they hold, of dictionaries and lists what they hold.
/// </summary>
internal static class StateTensors
{
    private const int MostTensors = 1 << 17;
    private const int MostVisits = 1 << 20;
    private const int LongestName = 1000;

    /// <summary>Collects all tensors.</summary>
    /// <param name="value">The value.</param>
    /// <param name="fileLength">Length of the file; tensors that share memory may not grow far beyond it.</param>
    /// <exception cref="FormatException">Two tensors have one name, or there are too many.</exception>
    public static List<SafetensorsEntry> Collect(PickleValue value, long fileLength)
    {
        var found = new OrderedDictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var budget = new PickleBudget(fileLength);
        var waiting = new Stack<(string Name, PickleValue Value)>();
        waiting.Push(("", value));
        for (var visits = 0; waiting.TryPop(out var next); visits++)
        {
            if (visits > MostVisits || next.Name.Length > LongestName || found.Count > MostTensors)
            {
                throw new FormatException("it holds more values within values than any state of a network");
            }

            if (Tensor(next.Name, next.Value, budget) is { } tensor)
            {
                if (!found.TryAdd(tensor.Name, tensor))
                {
                    throw new FormatException($"it holds two tensors '{PickleLimits.Shown(tensor.Name)}'");
                }

                continue;
            }

            var inside = Inside(next.Value);
            if (waiting.Count + inside.Count > MostVisits)
            {
                throw new FormatException("it holds more values within values than any state of a network");
            }

            for (var i = inside.Count - 1; i >= 0; i--)
            {
                var (name, held) = inside[i];
                waiting.Push((next.Name.Length > 0 ? $"{next.Name}.{name}" : name, held));
            }
        }

        return [.. found.Values];
    }

    private static SafetensorsEntry? Tensor(string name, PickleValue value, PickleBudget budget)
    {
        switch (value)
        {
            case TorchTensor tensor:
                budget.Spend(tensor.ByteCount);
                return new SafetensorsEntry(name, tensor.Type, tensor.Shape, tensor.ToRowMajor());
            case PickleArray { Array: { } array }:
                budget.Spend(array.Bytes.Length);
                return new SafetensorsEntry(name, array.Type, array.Shape, array.Bytes);
            default:
                return null;
        }
    }

    private static List<(string Name, PickleValue Value)> Inside(PickleValue value)
    {
        var inside = new List<(string, PickleValue)>();
        switch (value)
        {
            case PickleDictionary dictionary:
                Add(dictionary);
                break;
            case PickleList { Type: not PickleListKind.Set } list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    inside.Add((i.ToString(System.Globalization.CultureInfo.InvariantCulture), list.Items[i]));
                }

                break;
            case PickleObject when PersistentObject.State(value) is { } state:
                foreach (var part in new[] { "_parameters", "_buffers", "_modules" })
                {
                    if (state.Find(part) is PickleDictionary held)
                    {
                        Add(held);
                    }
                }

                break;
        }

        return inside;

        void Add(PickleDictionary dictionary)
        {
            foreach (var (key, held) in dictionary.Entries)
            {
                if (PickleDictionary.Name(key) is { } name)
                {
                    inside.Add((name, held));
                }
            }
        }
    }
}
