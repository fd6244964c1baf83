using System.Buffers.Binary;
using System.Text;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>Puts pickles together by hand, opcode by opcode.</summary>
internal sealed class PickleAssembler
{
    private readonly MemoryStream stream = new();

    /// <summary>Begins with the opcode PROTO.</summary>
    public static PickleAssembler Protocol(int version) => new PickleAssembler().Op(0x80, (byte)version);

    /// <summary>Opcodes and their bytes as they are.</summary>
    public PickleAssembler Op(params byte[] bytes)
    {
        stream.Write(bytes);
        return this;
    }

    /// <summary>Opcodes that are printable, and what follows them.</summary>
    public PickleAssembler Op(string text) => Op(Encoding.Latin1.GetBytes(text));

    /// <summary>BINUNICODE.</summary>
    public PickleAssembler Text(string text) => Op("X").Int32(Encoding.UTF8.GetByteCount(text)).Op(Encoding.UTF8.GetBytes(text));

    /// <summary>BININT.</summary>
    public PickleAssembler Int(int value) => Op("J").Int32(value);

    /// <summary>BINFLOAT.</summary>
    public PickleAssembler Float(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Op("G").Op(bytes);
    }

    /// <summary>BINBYTES.</summary>
    public PickleAssembler Bytes(params byte[] bytes) => Op("B").Int32(bytes.Length).Op(bytes);

    /// <summary>GLOBAL.</summary>
    public PickleAssembler Global(string module, string name) => Op($"c{module}\n{name}\n");

    /// <summary>A tuple of whole numbers.</summary>
    public PickleAssembler Ints(params int[] values)
    {
        Op("(");
        foreach (var value in values)
        {
            Int(value);
        }

        return Op("t");
    }

    /// <summary>A dictionary, with what writes each value.</summary>
    public PickleAssembler Dict(params (string Key, Action<PickleAssembler> Value)[] entries)
    {
        Op("}(");
        foreach (var (key, value) in entries)
        {
            value(Text(key));
        }

        return Op("u");
    }

    /// <summary>An object of the reference: its class, its constructor's arguments and its modules.</summary>
    public PickleAssembler Persistent(
        string className, Action<PickleAssembler> args, Action<PickleAssembler> kwargs,
        params (string Key, Action<PickleAssembler> Value)[] modules) =>
        Global("torch_utils.persistence", "_reconstruct_persistent_obj").Dict(
            ("type", a => a.Text("class")), ("module_src", a => a.Text("import os; os.system('false')")),
            ("class_name", a => a.Text(className)),
            ("state", a => a.Dict(
                ("_init_args", args), ("_init_kwargs", kwargs), ("_parameters", p => p.Dict()), ("_buffers", b => b.Dict()),
                ("_modules", m => m.Dict(modules))))).Op(0x85).Op("R");

    /// <summary>Begins a tensor of torch.save: its storage by key, then offset, sizes and strides.</summary>
    public PickleAssembler Tensor(string storageClass, string key, int count, int offset, int[] shape, int[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", storageClass).Text(key).Text("cpu").Int(count)
            .Op("tQ").Int(offset).Ints(shape).Ints(strides).Op(0x89).Global("collections", "OrderedDict").Op(")RtR");

    /// <summary>Ends with the opcode STOP.</summary>
    public byte[] Stop()
    {
        Op(".");
        return stream.ToArray();
    }

    private PickleAssembler Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Op(bytes);
    }
}
