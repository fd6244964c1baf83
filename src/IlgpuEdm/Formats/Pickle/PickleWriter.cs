using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace IlgpuEdm.Formats.Pickle;

/// <summary>Writes the one pickle that torch.save would write for a state: an OrderedDict of tensors, protocol 2.</summary>
internal sealed class PickleWriter
{
    // As Python's pickler does, so that a reader's stack stays small.
    private const int EntriesAtOnce = 1000;
    private readonly MemoryStream stream = new();
    private int tensors;

    public PickleWriter()
    {
        stream.Write([(byte)PickleOpcode.Proto, 2]);
        OrderedDict();
        Write(PickleOpcode.Mark);
    }

    /// <summary>Adds a tensor whose storage is called by its number.</summary>
    public void Tensor(string name, string storageClass, IReadOnlyList<int> shape, long count)
    {
        if (tensors > 0 && tensors % EntriesAtOnce == 0)
        {
            Write(PickleOpcode.SetItems);
            Write(PickleOpcode.Mark);
        }

        Text(name);
        Global("torch._utils", "_rebuild_tensor_v2");
        Write(PickleOpcode.Mark);
        Write(PickleOpcode.Mark);
        Text("storage");
        Global("torch", storageClass);
        Text((tensors++).ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Integer(count);
        Write(PickleOpcode.Tuple);
        Write(PickleOpcode.BinPersId);
        Integer(0);
        Tuple(shape.Select(size => (long)size));
        Tuple(Strides(shape));
        Write(PickleOpcode.NewFalse);
        OrderedDict();
        Write(PickleOpcode.Tuple);
        Write(PickleOpcode.Reduce);
    }

    /// <summary>Ends the pickle.</summary>
    public byte[] Finish()
    {
        Write(PickleOpcode.SetItems);
        Write(PickleOpcode.Stop);
        return stream.ToArray();
    }

    private static long[] Strides(IReadOnlyList<int> shape)
    {
        var strides = new long[shape.Count];
        long stride = 1;
        for (var d = strides.Length - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= Math.Max(shape[d], 1);
        }

        return strides;
    }

    private void Tuple(IEnumerable<long> numbers)
    {
        Write(PickleOpcode.Mark);
        foreach (var number in numbers)
        {
            Integer(number);
        }

        Write(PickleOpcode.Tuple);
    }

    private void OrderedDict()
    {
        Global("collections", "OrderedDict");
        Write(PickleOpcode.EmptyTuple);
        Write(PickleOpcode.Reduce);
    }

    private void Global(string module, string name)
    {
        Write(PickleOpcode.Global);
        stream.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Write(PickleOpcode.BinUnicode);
        Number(bytes.Length);
        stream.Write(bytes);
    }

    private void Integer(long value)
    {
        if (value <= int.MaxValue)
        {
            Write(PickleOpcode.BinInt);
            Number((int)value);
            return;
        }

        Write(PickleOpcode.Long1);
        Span<byte> bytes = stackalloc byte[1 + sizeof(long)];
        bytes[0] = sizeof(long);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value);
        stream.Write(bytes);
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private void Write(PickleOpcode opcode) => stream.WriteByte((byte)opcode);
}
