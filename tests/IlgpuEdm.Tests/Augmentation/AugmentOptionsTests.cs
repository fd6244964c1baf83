using System.Text.Json;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Augmentation;

[TestClass]
public sealed class AugmentOptionsTests
{
    [TestMethod]
    public void ThePapersSetHasNineLabels() => Assert.AreEqual(9, AugmentOptions.Edm(0.12).LabelDim);

    [TestMethod]
    public void NothingIsOnByDefault() => Assert.AreEqual(0, new AugmentOptions { P = 1 }.LabelDim);

    [TestMethod]
    public void AllThirteenTogetherHaveNineteenLabels() => Assert.AreEqual(19, AugmentCases.Everything(1).LabelDim);

    [TestMethod]
    public void OptionsComeBackFromJson()
    {
        AugmentOptions options = AugmentCases.Everything(0.3) with { ScaleStd = 0.25, HueMax = 0.5 };
        string json = JsonSerializer.Serialize(options, RunJson.Compact);
        Assert.AreEqual(options, JsonSerializer.Deserialize<AugmentOptions>(json, RunJson.Compact));
        Assert.Contains("\"translate_frac_std\":0.125", json);
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(1.01)]
    [DataRow(double.NaN)]
    public void AProbabilityOutOfRangeNamesTheOption(double p) => OneClearLine.Of(() => AugmentOptions.Edm(p).Validate(), "--augment");

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void EveryOptionIsChecked(string name)
    {
        var options = new AugmentOptions();
        typeof(AugmentOptions).GetProperty(name)!.SetValue(options, -1.0);
        OneClearLine.Of(options.Validate, name == nameof(AugmentOptions.P) ? "--augment" : name);
    }

    [TestMethod]
    public void SettingsOfThePaperAreValid()
    {
        AugmentOptions.Edm(0).Validate();
        AugmentOptions.Edm(1).Validate();
        AugmentCases.Everything(0.15).Validate();
    }

    public static IEnumerable<object[]> Names =>
        from property in typeof(AugmentOptions).GetProperties()
        where property.CanWrite && property.PropertyType == typeof(double)
        select new object[] { property.Name };
}
