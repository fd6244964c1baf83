using IlgpuEdm.Data.Conversion;
using IlgpuEdm.Tests.Formats;
using Parquet.Meta;

namespace IlgpuEdm.Tests.Data.Conversion;

/// <summary>Parquet files whose headers claim what is not there: what fuzzing found to take minutes or gigabytes.</summary>
[TestClass]
public sealed class ParquetCheckTests
{
    [TestMethod]
    [DataRow("F9F1FFFFFFFF0700", "length", DisplayName = "two thousand million truth values, which take no byte each")]
    [DataRow("F9110100", "type 1", DisplayName = "truth values in lists")]
    [DataRow("68808080800400", "length", DisplayName = "a text of 1 GB")]
    [DataRow("29FCFFFFFF0700", "length", DisplayName = "two thousand million columns")]
    [DataRow("2500", "field 2", DisplayName = "a number for a list")]
    [DataRow("29FC", "ends within", DisplayName = "a list without its length")]
    [DataRow("16FFFFFFFFFFFFFFFFFFFF0100", "field 1", DisplayName = "a longer number than it should be")]
    [DataRow("06FFFFFFFFFFFFFFFFFFFFFF0100", "more than 64 bits", DisplayName = "a number without end")]
    [DataRow("02191C00", "field -13", DisplayName = "a field before the first")]
    [DataRow("15000000", "table of contents has 3 bytes, not 4", DisplayName = "bytes behind the last field")]
    [DataRow("FB", "type 11", DisplayName = "a map")]
    [DataRow("FCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFCFC", "within each", DisplayName = "structs in structs")]
    [DataRow("A9191919191919191919191919191919191919191919191919191919191919191919191919", "within each", DisplayName = "lists in lists")]
    [DataRow("AA1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A", "within each", DisplayName = "sets in sets")]
    public void AFooterThatClaimsTooMuchIsRefused(string footer, string word)
    {
        using var folder = new TemporaryFolder();
        var bytes = Convert.FromHexString(footer);
        var path = folder.Write([.. "PAR1"u8, .. bytes, .. BitConverter.GetBytes(bytes.Length), .. "PAR1"u8], "x.parquet");
        OneClearLine.Of(() => ImageSources.Open(path), path, "truncated, damaged", word);
    }

    [TestMethod]
    public void AFooterOutsideOfTheFileIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write([.. "PAR1"u8, 0, .. BitConverter.GetBytes(2), .. "PAR1"u8], "x.parquet");
        OneClearLine.Of(() => ImageSources.Open(path), path, "2 bytes");
        folder.Write([.. "PAR1"u8, 0, .. BitConverter.GetBytes(1), .. "PARE"u8], "x.parquet");
        OneClearLine.Of(() => ImageSources.Open(path), path, "PAR1");
    }

    [TestMethod]
    public void ALengthWithinAPageThatIsNotThePagesIsRefused() =>
        CheckPage("1500150815082C15060000", [0xff, 0xff, 0xff, 0x7f], CompressionCodec.SNAPPY, 3, "unpacks to 268435455");

    // A page header: field 1, its kind (0: data, 2: dictionary); 2, its length; 3, its packed length; 5 or 7, in it 1, how many values.
    [TestMethod]
    [DataRow("1500150815082C15060000", CompressionCodec.UNCOMPRESSED, 3, "", DisplayName = "a whole page")]
    [DataRow("1500150A15082C15060000", CompressionCodec.UNCOMPRESSED, 3, "unpack to 5", DisplayName = "longer unpacked, but not packed")]
    [DataRow("150015FEFFFFFF0F15082C15060000", CompressionCodec.SNAPPY, 3, "unpack to 2147483647", DisplayName = "2 GB in 4 bytes")]
    [DataRow("15001508150A2C15060000", CompressionCodec.SNAPPY, 3, "claims 5 bytes", DisplayName = "a page that ends behind the file")]
    [DataRow("1500150815082C15000000", CompressionCodec.SNAPPY, 3, "outside", DisplayName = "no value, and no further page")]
    [DataRow("1500150815082C15080000", CompressionCodec.SNAPPY, 3, "with 4 values", DisplayName = "more values than rows")]
    [DataRow("1504150815084C150A0000", CompressionCodec.SNAPPY, 3, "with 5 values", DisplayName = "more words than bytes")]
    [DataRow("1500150815082C15060000", CompressionCodec.SNAPPY, 4, "values for 4 rows", DisplayName = "fewer values than rows")]
    public void APageThatClaimsTooMuchIsRefused(string header, CompressionCodec codec, long rows, string word) =>
        CheckPage(header, [1, 2, 3, 4], codec, rows, word);

    // Counts that the library does not read must not stand for those that it does.
    [TestMethod]
    [DataRow("1500150815082C15087C1506000000", "with 4 values", DisplayName = "field 8 within the header of data")]
    [DataRow("1504150815084C150A6C1500000000", "with 5 values", DisplayName = "field 7 within the header of a dictionary")]
    [DataRow("1500150815082C15FEFFFFFF0F003C15060000", "kind 0 has the header of kind 3", DisplayName = "two headers of data")]
    [DataRow("1504150815082C15060000", "kind 2 has the header of kind 0", DisplayName = "a dictionary as data")]
    [DataRow("1506150815082C15060000", "kind 3 has the header of kind 0", DisplayName = "version 2 as version 1")]
    [DataRow("250815082C15060000", "kind -1 has", DisplayName = "no kind")]
    [DataRow("15001508150800", "kind 0 has no header", DisplayName = "no header")]
    [DataRow("15081508150800", "kind 4 has no header", DisplayName = "an unknown kind")]
    public void AHeaderThatIsNotThePagesCountsForNothing(string header, string word) =>
        CheckPage(header, [1, 2, 3, 4], CompressionCodec.UNCOMPRESSED, 3, word);

    // Version 2: field 8, in it 1 to 4, numbers of values, nulls and rows, and the encoding; 5 and 6, lengths of levels; 7, whether it is
    // packed. Read as Snappy's length, the four bytes are 2^28 - 1, the last of them alone 127.
    [TestMethod]
    [DataRow("15061500150615001500150012", "", DisplayName = "not packed")]
    [DataRow("15061500150615001500150011", "unpacks to 268435455", DisplayName = "packed")]
    [DataRow("150615001506150015001500", "unpacks to 268435455", DisplayName = "packed, as it is where nothing is said")]
    [DataRow("15061500150615001502150411", "unpacks to 127", DisplayName = "packed behind levels")]
    [DataRow("15061506150615001504150411", "", DisplayName = "levels only")]
    [DataRow("15061506150615001506150411", "a page claims 4 bytes", DisplayName = "more levels than bytes")]
    public void AVersion2PageIsUnpackedOnlyWhereItIsPacked(string header, string word) =>
        CheckPage($"1506150815085C{header}0000", [0xff, 0xff, 0xff, 0x7f], CompressionCodec.SNAPPY, 3, word);

    // Passes where there is no word.
    private static void CheckPage(string header, byte[] data, CompressionCodec codec, long rows, string word)
    {
        using var file = new MemoryStream([.. "PAR1"u8, .. Convert.FromHexString(header), .. data]);
        var column = new ColumnMetaData { NumValues = 3, DataPageOffset = 4, Codec = codec };
        if (word.Length == 0)
        {
            ParquetCheck.Pages(file, column, rows);
        }
        else
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ParquetCheck.Pages(file, column, rows)).Message, word);
        }
    }
}
