namespace IlgpuEdm.Formats.Pickle;

/// <summary>The opcodes of Python's pickles by their names in pickletools; protocols 2 to 5 and what of 0 and 1 they still use.</summary>
internal enum PickleOpcode : byte
{
    Mark = (byte)'(',
    Stop = (byte)'.',
    Pop = (byte)'0',
    PopMark = (byte)'1',
    Dup = (byte)'2',
    BinInt = (byte)'J',
    BinInt1 = (byte)'K',
    BinInt2 = (byte)'M',
    None = (byte)'N',
    BinPersId = (byte)'Q',
    Reduce = (byte)'R',
    BinString = (byte)'T',
    ShortBinString = (byte)'U',
    BinUnicode = (byte)'X',
    Append = (byte)'a',
    Build = (byte)'b',
    Global = (byte)'c',
    Dict = (byte)'d',
    EmptyDict = (byte)'}',
    Appends = (byte)'e',
    BinGet = (byte)'h',
    LongBinGet = (byte)'j',
    List = (byte)'l',
    EmptyList = (byte)']',
    BinPut = (byte)'q',
    LongBinPut = (byte)'r',
    SetItem = (byte)'s',
    Tuple = (byte)'t',
    EmptyTuple = (byte)')',
    SetItems = (byte)'u',
    BinFloat = (byte)'G',
    BinBytes = (byte)'B',
    ShortBinBytes = (byte)'C',
    Proto = 0x80,
    NewObj = 0x81,
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    NewTrue = 0x88,
    NewFalse = 0x89,
    Long1 = 0x8a,
    Long4 = 0x8b,
    ShortBinUnicode = 0x8c,
    BinUnicode8 = 0x8d,
    BinBytes8 = 0x8e,
    EmptySet = 0x8f,
    AddItems = 0x90,
    FrozenSet = 0x91,
    NewObjEx = 0x92,
    StackGlobal = 0x93,
    Memoize = 0x94,
    Frame = 0x95,
    ByteArray8 = 0x96,
}

/// <summary>The names by which Python's documentation calls opcodes.</summary>
internal static class PickleOpcodes
{
    // Those that exist and are refused, so that a message can name them.
    private static readonly Dictionary<byte, string> Refused = new()
    {
        [(byte)'F'] = "FLOAT", [(byte)'I'] = "INT", [(byte)'L'] = "LONG", [(byte)'P'] = "PERSID", [(byte)'S'] = "STRING",
        [(byte)'V'] = "UNICODE", [(byte)'g'] = "GET", [(byte)'i'] = "INST", [(byte)'o'] = "OBJ", [(byte)'p'] = "PUT",
        [0x82] = "EXT1", [0x83] = "EXT2", [0x84] = "EXT4", [0x97] = "NEXT_BUFFER", [0x98] = "READONLY_BUFFER",
    };

    public static string Name(byte opcode) => opcode switch
    {
        (byte)PickleOpcode.NewObjEx => "NEWOBJ_EX",
        (byte)PickleOpcode.StackGlobal => "STACK_GLOBAL",
        (byte)PickleOpcode.PopMark => "POP_MARK",
        (byte)PickleOpcode.LongBinGet => "LONG_BINGET",
        (byte)PickleOpcode.LongBinPut => "LONG_BINPUT",
        (byte)PickleOpcode.EmptyList => "EMPTY_LIST",
        (byte)PickleOpcode.EmptyDict => "EMPTY_DICT",
        (byte)PickleOpcode.EmptyTuple => "EMPTY_TUPLE",
        (byte)PickleOpcode.EmptySet => "EMPTY_SET",
        (byte)PickleOpcode.ShortBinString => "SHORT_BINSTRING",
        (byte)PickleOpcode.ShortBinUnicode => "SHORT_BINUNICODE",
        (byte)PickleOpcode.ShortBinBytes => "SHORT_BINBYTES",
        _ when Refused.TryGetValue(opcode, out var name) => name,
        _ when Enum.IsDefined((PickleOpcode)opcode) => ((PickleOpcode)opcode).ToString().ToUpperInvariant(),
        _ => $"0x{opcode:x2}",
    };
}
