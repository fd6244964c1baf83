using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>Pickles that would run code, or take memory or time without end, are refused in one line and cost next to nothing.</summary>
[TestClass]
public sealed class PickleRefusalTests
{
    private const long LittleMemory = 2 << 20;

    [TestMethod]
    [DataRow("os", "system")]
    [DataRow("posix", "system")]
    [DataRow("builtins", "eval")]
    [DataRow("__builtin__", "getattr")]
    [DataRow("torch", "load")]
    [DataRow("subprocess", "Popen")]
    [DataRow("torch._utils", "_rebuild_tensor_v2.__globals__")]
    public void AGlobalThatIsNotOnTheListIsNamed(string module, string name)
    {
        var call = PickleAssembler.Protocol(2).Global(module, name).Text("touch /tmp/x").Op(0x85).Op("R").Stop();
        OneClearLine.Of(() => PickleFile.Read(call, "evil.pkl"), "evil.pkl", $"{module}.{name}", "opcode GLOBAL at byte 2");
    }

    [TestMethod]
    public void AGlobalNamedByTheStackIsNamedToo()
    {
        var call = PickleAssembler.Protocol(4).Text("os").Text("system").Op(0x93).Text("ls").Op(0x85).Op("R").Stop();
        OneClearLine.Of(() => PickleFile.Read(call, "evil.pkl"), "os.system", "opcode STACK_GLOBAL at byte 20");
    }

    [TestMethod]
    public void AGlobalOverSeveralLinesIsShownOnOne()
    {
        var call = PickleAssembler.Protocol(4).Text("a\nerror: b\u001b[2J").Text("c\u2028d").Op(0x93).Stop();
        var line = OneClearLine.Of(() => PickleFile.Read(call, "evil.pkl"), "a?error: b?[2J.c?d");
        Assert.DoesNotContain('\u001b', line);
    }

    [TestMethod]
    public void AHundredThousandNestedListsCostLittle()
    {
        var lists = new byte[2 * 100_000 + 2];
        lists[0] = 0x80;
        lists[1] = 2;
        lists.AsSpan(2, 100_000).Fill((byte)']');
        lists.AsSpan(100_002).Fill((byte)'a');
        lists[^1] = (byte)'.';
        CostsLittle(lists, "nested too deep");
    }

    [TestMethod]
    public void AHundredThousandNestedListsBetweenMarksCostLittle() =>
        CostsLittle([0x80, 2, .. Enumerable.Repeat("("u8.ToArray(), 100_000).SelectMany(b => b)], "nested more than");

    [TestMethod]
    public void AHundredThousandNestedTuplesCostLittle() =>
        CostsLittle([0x80, 2, (byte)')', .. Enumerable.Repeat((byte)0x85, 100_000), (byte)'.'], "nested more than");

    [TestMethod]
    [DataRow(0x8d)]
    [DataRow(0x8e)]
    [DataRow(0x96)]
    public void ATextOfTenGigabytesCostsLittle(int opcode) => CostsLittle(
        [0x80, 4, (byte)opcode, .. BitConverter.GetBytes(10_000_000_000L), (byte)'x', (byte)'.'], "10000000000 bytes are claimed");

    [TestMethod]
    [DataRow('X')]
    [DataRow('B')]
    [DataRow('T')]
    [DataRow('\u008b')]
    public void ATextOfFourGigabytesCostsLittle(char opcode) =>
        CostsLittle([0x80, 2, (byte)opcode, 255, 255, 255, 255, (byte)'x', (byte)'.'], "4294967295 bytes are claimed");

    [TestMethod]
    public void DecodingTheSameTextOverAndOverIsRefused()
    {
        var pickle = PickleAssembler.Protocol(2).Text(new string('x', 100_000)).Op("q").Op(0).Op("0");
        for (var i = 0; i < 1000; i++)
        {
            pickle.Global("_codecs", "encode").Op("h").Op(0).Op(0x85).Op("R0");
        }

        OneClearLine.Of(() => PickleFile.Read(pickle.Stop(), "bomb.pkl"), "over and over");
    }

    [TestMethod]
    [DataRow("i")]
    [DataRow("o")]
    [DataRow("P")]
    [DataRow("\u0082")]
    [DataRow("\u0097")]
    public void OpcodesThatAreNotReadAreNamed(string opcode) => OneClearLine.Of(
        () => PickleFile.Read(PickleAssembler.Protocol(2).Op("N" + opcode).Stop(), "op.pkl"), "opcode ", " at byte 3", "not read");

    [TestMethod]
    [DataRow("0", "missing on the stack")]
    [DataRow("t", "mark is missing")]
    [DataRow("h\u0005", "nothing is remembered at 5")]
    [DataRow("NR", "None where a tuple")]
    [DataRow("N)R", "None where a global")]
    [DataRow("N}b", "None has no state")]
    [DataRow("NNa", "None where a list or set")]
    [DataRow("}(Nu", "key has no value")]
    [DataRow("(N0)", "left over")]
    [DataRow("NN", "left over")]
    [DataRow("NQ", "persistent")]
    public void ADamagedPickleIsOneLine(string opcodes, string words) =>
        OneClearLine.Of(() => PickleFile.Read(PickleAssembler.Protocol(2).Op(opcodes).Stop(), "bad.pkl"), "bad.pkl", "at byte", words);

    [TestMethod]
    public void BytesBehindTheEndAreFound() =>
        OneClearLine.Of(() => PickleFile.Read(new byte[] { 0x80, 2, (byte)'N', (byte)'.', 0 }, "long.pkl"), "1 bytes follow");

    private static void CostsLittle(byte[] pickle, string words)
    {
        // Once before, so that what the runtime makes on a first call is not counted.
        OneClearLine.Of(() => PickleFile.Read(pickle, "first.pkl"), words);
        var before = GC.GetAllocatedBytesForCurrentThread();
        OneClearLine.Of(() => PickleFile.Read(pickle, "evil.pkl"), "evil.pkl", words);
        var spent = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.IsLessThan(LittleMemory, spent, "bytes allocated");
    }
}
