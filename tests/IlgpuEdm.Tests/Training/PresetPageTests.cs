using System.Globalization;
using System.Text;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary><c>docs/presets.md</c> says what the presets are. With EDM_UPDATE_DOCS=1 this test writes its tables instead.</summary>
[TestClass]
public class PresetPageTests
{
    private const string Start = "<!-- presets -->\n";
    private const string End = "<!-- end of presets -->\n";

    [TestMethod]
    public void The_tables_are_the_code()
    {
        string path = Path.Combine(Repository.Root, "docs", "presets.md");
        string page = File.ReadAllText(path);
        int start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("EDM_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, page[..start] + Tables() + page[end..]);
        }
        else
        {
            Assert.AreEqual(Tables(), page[start..end],
                "docs/presets.md; to write it anew: EDM_UPDATE_DOCS=1 dotnet test --filter PresetPageTests");
        }
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        text.Append("| preset | images | `--arch` | `--channels` |")
            .Append(" `--mult` | `--blocks` | `--attn` | `--dropout` | `--cond` | `--augment` |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (string name in TrainingPresets.Names)
        {
            TrainingRequest p = TrainingPresets.Named(name);
            PresetImages images = TrainingPresets.ImagesOf(name);
            string attention = p.AttentionResolutions is { } list ? string.Join(",", list) : "auto";
            Row(text, $"| `{name}` | {images.Name}, {images.Resolution} px | {p.Architecture} | {p.Channels} "
                + $"| {string.Join(",", p.ChannelMult)} "
                + $"| {p.BlocksPerLevel} | {attention} | {Number(p.Dropout)} | {(p.Conditional ? "yes" : "no")} | {Number(p.AugmentP)} |");
        }

        text.Append("\n| preset | `--batch` | `--lr` | `--lr-ramp` | `--ema-halflife` | `--label-dropout` | `--precond` |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (string name in TrainingPresets.Names)
        {
            TrainingRequest p = TrainingPresets.Named(name);
            Row(text, $"| `{name}` | {p.BatchSize} | {Number(p.Optimizer.LearningRate)} | {Images(p.Optimizer.RampUpImages)} "
                + $"| {Images((long)p.Optimizer.EmaHalfLifeImages)} | {Number(p.LabelDropout)} | {p.Precond} |");
        }

        text.Append("\n| preset | parameters | to denoise an image | to train on one |")
            .Append(" memory of weights and optimiser | with 1 image at once | 16 | 64 |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (string name in TrainingPresets.Names)
        {
            var cost = new ComputeCost(Model(name, TrainingPresets.Named(name).Conditional));
            Row(text, $"| `{name}` | {Count(cost.Parameters)} | {CostDescription.Operations(cost.DenoiseFlops)} "
                + $"| {CostDescription.Operations(cost.TrainingFlops)} | {CostDescription.Bytes(cost.StateBytes)} "
                + $"| {Memory(cost, 1)} | {Memory(cost, 16)} | {Memory(cost, 64)} |");
        }

        text.Append("\nWith `--cond`: ").AppendJoin(", ", TrainingPresets.Names
            .Where(name => !TrainingPresets.Named(name).Conditional && TrainingPresets.ImagesOf(name).Classes > 0)
            .Select(name => $"`{name}` {Count(new ComputeCost(Model(name, conditional: true)).Parameters)}")).Append(" parameters.\n");
        return text.ToString();
    }

    private static ModelOptions Model(string name, bool conditional)
    {
        PresetImages images = TrainingPresets.ImagesOf(name);
        return (TrainingPresets.Named(name) with { Conditional = conditional })
            .ModelFor(images.Resolution, images.Resolution, images.Channels, conditional ? images.Classes : 0);
    }

    private static string Memory(ComputeCost cost, int images) => CostDescription.Bytes(cost.TrainingBytesOnGpu(images));

    private static string Images(long count) => count % 1_000_000 == 0 ? $"{Number(count / 1e6)}M" : $"{Number(count / 1e3)}k";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, string row) => text.Append(row).Append('\n');
}
