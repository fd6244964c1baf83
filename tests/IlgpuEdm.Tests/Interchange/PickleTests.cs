using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>Pickles put together by hand, for each protocol, become the data that Python would make of them.</summary>
[TestClass]
public sealed class PickleTests
{
    /// <summary>One pickle a protocol, each a dictionary with a list, a tuple and numbers under <c>a</c>.</summary>
    public static byte[][] Corpus { get; } =
    [
        // {'a': [1, 2.5, (True, None)], 'b': 'text'} as protocol 2 writes it, with its memo.
        PickleAssembler.Protocol(2).Op("}q").Op(0).Op("(U").Op(1).Op("aq").Op(1).Op("]q").Op(2).Op("(K").Op(1).Float(2.5)
            .Op(0x88).Op("N").Op(0x86).Op("q").Op(3).Op("e").Text("b").Text("text").Op("u").Stop(),
        PickleAssembler.Protocol(3).Op("}(").Text("a").Op("](").Int(1).Float(2.5).Op("(").Op(0x88).Op("Nte")
            .Text("b").Op("C").Op(4).Op("text").Op("u").Stop(),
        PickleAssembler.Protocol(4).Op(0x95, 25, 0, 0, 0, 0, 0, 0, 0).Op("}").Op(0x94).Op("(").Op(0x8c, 1).Op("a").Op(0x94).Op("]").Op(0x94)
            .Op("(M").Op(1, 0).Float(2.5).Op(0x88).Op("N").Op(0x86, 0x94).Op("e").Op(0x8c, 1).Op("b")
            .Op(0x8d, 4, 0, 0, 0, 0, 0, 0, 0).Op("text").Op("u").Stop(),
        PickleAssembler.Protocol(5).Op("}(").Op(0x8c, 1).Op("a").Op("(").Op(0x8a, 1, 1).Float(2.5).Op("(").Op(0x88).Op("Ntl")
            .Op(0x8c, 1).Op("b").Op(0x96, 4, 0, 0, 0, 0, 0, 0, 0).Op("text").Op("u").Stop(),
    ];

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void EachProtocolIsRead(int protocol)
    {
        var root = (PickleDictionary)PickleFile.Read(Corpus[protocol - 2], "corpus");
        var list = (PickleList)root.Find("a")!;
        Assert.HasCount(3, list.Items);
        Assert.AreEqual(1, (int)((PickleInteger)list.Items[0]).Value);
        Assert.AreEqual(2.5, ((PickleFloat)list.Items[1]).Value);
        var tuple = (PickleList)list.Items[2];
        Assert.AreEqual(PickleListKind.Tuple, tuple.Type);
        Assert.AreSame(PickleBoolean.True, tuple.Items[0]);
        Assert.AreSame(PickleNone.Instance, tuple.Items[1]);
        Assert.AreEqual("text", PickleDictionary.Name(root.Find("b")!));
    }

    [TestMethod]
    public void AnArrayOfProtocol2IsRead()
    {
        // numpy.array([[1, 2]], dtype='<i2') of Python 2, whose bytes are a text.
        var bytes = Array(2, a => a.Op("U").Op(4, 1, 0, 2, 0), fortran: false).Stop();
        var array = ((PickleArray)PickleFile.Read(bytes, "array")).Array!;
        Assert.AreEqual(SafetensorsType.I16, array.Type);
        CollectionAssert.AreEqual(new[] { 1, 2 }, array.Shape.ToArray());
        CollectionAssert.AreEqual(new byte[] { 1, 0, 2, 0 }, array.Bytes.ToArray());
    }

    [TestMethod]
    public void BytesOfProtocol2AreRead()
    {
        // What Python 3 makes of b'\x01\xff' there.
        var bytes = PickleAssembler.Protocol(2).Global("_codecs", "encode").Op("(").Text("\u0001\u00ff").Text("latin1").Op("tR").Stop();
        CollectionAssert.AreEqual(new byte[] { 1, 255 }, ((PickleBytes)PickleFile.Read(bytes, "bytes")).Value.ToArray());
    }

    [TestMethod]
    public void ASetIsRead()
    {
        var bytes = PickleAssembler.Protocol(4).Op(0x8f).Op("(").Int(1).Int(2).Op(0x90).Stop();
        Assert.HasCount(2, ((PickleList)PickleFile.Read(bytes, "set")).Items);
    }

    [TestMethod]
    public void AListMayHoldItself()
    {
        var bytes = PickleAssembler.Protocol(2).Op("]q").Op(0).Op("h").Op(0).Op("a").Stop();
        var list = (PickleList)PickleFile.Read(bytes, "itself");
        Assert.AreSame(list, list.Items[0]);
    }

    [TestMethod]
    public void ANumberOfNumPyIsRead()
    {
        var bytes = Type(PickleAssembler.Protocol(3).Global("numpy.core.multiarray", "scalar").Op("("), "f8")
            .Bytes(BitConverter.GetBytes(0.25)).Op("tR").Stop();
        Assert.AreEqual(0.25, ((PickleFloat)PickleFile.Read(bytes, "scalar")).Value);
    }

    [TestMethod]
    public void ALaterEntryOfADictionaryCounts()
    {
        var bytes = PickleAssembler.Protocol(2).Op("}(").Text("a").Int(1).Text("a").Int(2).Op("u").Stop();
        Assert.AreEqual(2, (int)((PickleInteger)((PickleDictionary)PickleFile.Read(bytes, "twice")).Find("a")!).Value);
    }

    [TestMethod]
    public void EveryTruncationIsOneLine()
    {
        foreach (var whole in Corpus)
        {
            for (var length = 0; length < whole.Length; length++)
            {
                OneClearLine.Of(() => PickleFile.Read(whole.AsMemory(0, length), "cut.pkl"), "cut.pkl");
            }
        }
    }

    /// <summary>A one-row array of 16-bit numbers.</summary>
    internal static PickleAssembler Array(int protocol, Action<PickleAssembler> bytes, bool fortran)
    {
        var pickle = PickleAssembler.Protocol(protocol).Global("numpy.core.multiarray", "_reconstruct").Op("(")
            .Global("numpy", "ndarray").Ints(0).Op("U").Op(1).Op("btR(K").Op(1).Ints(1, 2);
        Type(pickle, "i2").Op(fortran ? (byte)0x88 : (byte)0x89);
        bytes(pickle);
        return pickle.Op("tb");
    }

    private static PickleAssembler Type(PickleAssembler pickle, string name) => pickle.Global("numpy", "dtype").Op("(").Text(name)
        .Op(0x89, 0x88).Op("tR(K").Op(3).Text("<").Op("NNNJ").Op(255, 255, 255, 255).Op("J").Op(255, 255, 255, 255).Op("K").Op(0).Op("tb");
}
