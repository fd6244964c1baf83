using System.Numerics;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>
/// Runs the opcodes of one pickle after the other, without recursion: values are put together on a stack, and calls become data (see
/// <see cref="PickleCalls"/>). What is not allowed ends it with a FormatException that names the opcode and where it is.
/// </summary>
internal sealed class PickleMachine(PickleInput input, PickleCalls calls)
{
    private const int LastProtocol = 5;
    private PickleStack stack = new();

    /// <summary>Reads one pickle, up to its end; the input stands behind it then.</summary>
    /// <exception cref="FormatException">It is damaged, or names something that is not allowed.</exception>
    public PickleValue Run()
    {
        stack = new PickleStack();
        if (input.Left == 0)
        {
            throw new FormatException("it ends where a pickle should begin");
        }

        while (true)
        {
            var at = input.Position;
            if (input.Left == 0)
            {
                throw new FormatException($"it ends at byte {at} without the opcode STOP");
            }

            var opcode = input.Byte();
            try
            {
                if (opcode == (byte)PickleOpcode.Stop)
                {
                    var result = stack.Pop();
                    return stack.HasNone ? result : throw new FormatException("values are left over");
                }

                Step((PickleOpcode)opcode);
            }
            catch (FormatException error)
            {
                throw new FormatException($"opcode {PickleOpcodes.Name(opcode)} at byte {at}: {OneLine.Of(error)}", error);
            }
        }
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                CheckProtocol(input.Byte());
                break;
            case PickleOpcode.Frame:
                if (input.UInt64() is var length && length > (ulong)input.Left)
                {
                    throw new FormatException($"{length} bytes are claimed where {input.Left} are left");
                }

                break;
            case PickleOpcode.Mark:
                stack.Mark();
                break;
            case PickleOpcode.Pop:
                stack.PopOrMark();
                break;
            case PickleOpcode.PopMark:
                stack.PopMark();
                break;
            case PickleOpcode.Dup:
                stack.Push(stack.Top());
                break;
            case PickleOpcode.BinGet:
                stack.Push(stack.Recall(input.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                stack.Push(stack.Recall(input.UInt32()));
                break;
            case PickleOpcode.BinPut:
                stack.Remember(input.Byte());
                break;
            case PickleOpcode.LongBinPut:
                stack.Remember(input.UInt32());
                break;
            case PickleOpcode.Memoize:
                stack.Remember();
                break;
            default:
                if (!Simple(opcode) && !Collect(opcode))
                {
                    Call(opcode);
                }

                break;
        }
    }

    // Numbers, texts and bytes.
    private bool Simple(PickleOpcode opcode)
    {
        PickleValue? value = opcode switch
        {
            PickleOpcode.None => PickleNone.Instance,
            PickleOpcode.NewTrue => PickleBoolean.True,
            PickleOpcode.NewFalse => PickleBoolean.False,
            PickleOpcode.BinInt => new PickleInteger(input.Int32()),
            PickleOpcode.BinInt1 => new PickleInteger(input.Byte()),
            PickleOpcode.BinInt2 => new PickleInteger(input.UInt16()),
            PickleOpcode.Long1 => new PickleInteger(new BigInteger(input.Take(input.Byte()).Span)),
            PickleOpcode.Long4 => new PickleInteger(new BigInteger(input.Take(input.UInt32()).Span)),
            PickleOpcode.BinFloat => new PickleFloat(input.BigEndianDouble()),
            PickleOpcode.ShortBinString or PickleOpcode.ShortBinBytes => new PickleBytes(input.Take(input.Byte())),
            PickleOpcode.BinString or PickleOpcode.BinBytes => new PickleBytes(input.Take(input.UInt32())),
            PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8 => new PickleBytes(input.Take(input.UInt64())),
            PickleOpcode.ShortBinUnicode => new PickleText(input.Text(input.Byte())),
            PickleOpcode.BinUnicode => new PickleText(input.Text(input.UInt32())),
            PickleOpcode.BinUnicode8 => new PickleText(input.Text(input.UInt64())),
            _ => null,
        };
        if (value != null)
        {
            stack.Push(value);
        }

        return value != null;
    }

    // Lists, tuples, sets and dictionaries.
    private bool Collect(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyList:
                stack.Push(new PickleList(PickleListKind.List));
                return true;
            case PickleOpcode.EmptySet:
                stack.Push(new PickleList(PickleListKind.Set));
                return true;
            case PickleOpcode.EmptyDict:
                stack.Push(new PickleDictionary());
                return true;
            case PickleOpcode.EmptyTuple:
                stack.Push(PickleList.EmptyTuple);
                return true;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                Tuple(opcode - PickleOpcode.Tuple1 + 1);
                return true;
            case PickleOpcode.Tuple:
                stack.Push(new PickleList(PickleListKind.Tuple, stack.PopMark()));
                return true;
            case PickleOpcode.List:
                stack.Push(new PickleList(PickleListKind.List, stack.PopMark()));
                return true;
            case PickleOpcode.FrozenSet:
                stack.Push(new PickleList(PickleListKind.Set, stack.PopMark()));
                return true;
            case PickleOpcode.Dict:
                var entries = stack.PopMark();
                var dictionary = new PickleDictionary();
                Fill(dictionary, entries);
                stack.Push(dictionary);
                return true;
            case PickleOpcode.Append:
                Append([stack.Pop()], PickleListKind.List);
                return true;
            case PickleOpcode.Appends:
                Append(stack.PopMark(), PickleListKind.List);
                return true;
            case PickleOpcode.AddItems:
                Append(stack.PopMark(), PickleListKind.Set);
                return true;
            case PickleOpcode.SetItem:
                var value = stack.Pop();
                var key = stack.Pop();
                Fill(stack.Top(), [key, value]);
                return true;
            case PickleOpcode.SetItems:
                var items = stack.PopMark();
                Fill(stack.Top(), items);
                return true;
            default:
                return false;
        }
    }

    private void Call(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                var module = input.Line();
                stack.Push(PickleGlobals.Find(module, input.Line()));
                break;
            case PickleOpcode.StackGlobal:
                var name = stack.Pop<PickleText>("a text").Value;
                stack.Push(PickleGlobals.Find(stack.Pop<PickleText>("a text").Value, name));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj or PickleOpcode.NewObjEx:
                if (opcode == PickleOpcode.NewObjEx && stack.Pop<PickleDictionary>("a dictionary").Entries.Count > 0)
                {
                    throw new FormatException("objects with arguments by name are not read");
                }

                var arguments = stack.Pop<PickleList>("a tuple");
                stack.Push(calls.Call(stack.Pop<PickleGlobal>("a global"), arguments));
                break;
            case PickleOpcode.Build:
                var state = stack.Pop();
                PickleCalls.Build(stack.Top(), state);
                break;
            case PickleOpcode.BinPersId:
                stack.Push(calls.Persistent(stack.Pop()));
                break;
            default:
                throw new FormatException("this opcode is not read");
        }
    }

    private void Tuple(int count)
    {
        var items = new List<PickleValue>(count);
        for (var i = 0; i < count; i++)
        {
            items.Insert(0, stack.Pop());
        }

        stack.Push(new PickleList(PickleListKind.Tuple, items));
    }

    private void Append(List<PickleValue> items, PickleListKind kind)
    {
        // Modules that are lists and dictionaries of others keep what they hold in their state; nothing is ever appended to them.
        var list = stack.Top<PickleList>("a list or set");
        if (list.Type != kind)
        {
            throw new FormatException($"{list.Kind} where {(kind == PickleListKind.List ? "a list" : "a set")} is needed");
        }

        items.ForEach(list.Add);
    }

    private static void Fill(PickleValue target, List<PickleValue> items)
    {
        if (target is not PickleDictionary dictionary)
        {
            throw new FormatException($"{target.Kind} where a dictionary is needed");
        }

        if (items.Count % 2 != 0)
        {
            throw new FormatException("a key has no value");
        }

        for (var i = 0; i < items.Count; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }

    private static void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > LastProtocol)
        {
            throw new FormatException($"protocol {protocol} is not from 2 to {LastProtocol}");
        }
    }
}
