using IlgpuEdm.Cli.Values;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class ValueTests
{
    [TestMethod]
    [DataRow("3200", 3_200L, "3200")]
    [DataRow("200k", 200_000L, "200k")]
    [DataRow("1.5k", 1_500L, "1500")]
    [DataRow("1.5M", 1_500_000L, "1500k")]
    [DataRow("10M", 10_000_000L, "10M")]
    [DataRow("0", 0L, "0")]
    public void Counts_take_k_and_M(string text, long images, string shown)
    {
        Assert.AreEqual(images, ImageCount.TryParse(text)?.Images, text);
        Assert.AreEqual(shown, new ImageCount(images).ToString(), "as help shows it");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("k")]
    [DataRow("-5")]
    [DataRow("1.5")]
    [DataRow("1,5k")]
    [DataRow("1e3")]
    [DataRow("20m")]
    [DataRow("99999999999999999999999")]
    public void What_is_no_count_is_refused(string text) => Assert.IsNull(ImageCount.TryParse(text), text);

    [TestMethod]
    [DataRow("90s", 90.0)]
    [DataRow("5m", 300.0)]
    [DataRow("1.5h", 5400.0)]
    [DataRow("7", 7.0)]
    public void Times_take_s_m_and_h(string text, double seconds) =>
        Assert.AreEqual(seconds, Duration.TryParse(text, unitSeconds: 1)?.Seconds, text);

    [TestMethod]
    [DataRow("")]
    [DataRow("m")]
    [DataRow("-1s")]
    [DataRow("1,5h")]
    [DataRow("1d")]
    public void What_is_no_time_is_refused(string text) => Assert.IsNull(Duration.TryParse(text, 1), text);

    [TestMethod]
    public void Minutes_are_the_unit_of_a_bare_number_of_minutes() =>
        Assert.AreEqual(0.5, Duration.TryParse("0.5", unitSeconds: 60)?.Minutes, "half a minute");

    [TestMethod]
    public void Seeds_are_lists_and_ranges() =>
        CollectionAssert.AreEqual(new ulong[] { 0, 1, 2, 3, 70 }, SeedList.TryParse("0-3,70,2")!.Seeds.ToArray(), "0-3,70,2");

    [TestMethod]
    [DataRow("")]
    [DataRow("5-2")]
    [DataRow("1,,2")]
    [DataRow("1-2-3")]
    [DataRow("-4")]
    [DataRow("0-18446744073709551615")]
    public void What_is_no_list_of_seeds_is_refused(string text) => Assert.IsNull(SeedList.TryParse(text), text);

    [TestMethod]
    public void Attention_is_a_list_or_a_word()
    {
        CollectionAssert.AreEqual(new[] { 16, 8 }, IntegerList.TryParseAttention("16,8")!.Numbers!.ToArray(), "16,8");
        Assert.IsNull(IntegerList.TryParseAttention("auto")!.Numbers, "auto");
        Assert.IsEmpty(IntegerList.TryParseAttention("none")!.Numbers!, "none");
        Assert.IsNull(IntegerList.TryParseAttention("low"), "low");
    }
}
