using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Golden;

/// <summary>
/// The stored draws of one setting of augment.safetensors. They are numbered in the order in which the reference draws; which draw is
/// which follows from the augmentations that are on.
/// </summary>
internal sealed class GoldenAugmentDraws
{
    private readonly Dictionary<AugmentDraw, (string Tensor, int Part)> _places = [];
    private readonly SafetensorsFile _file;
    private readonly int _images;
    private readonly Queue<string> _unread;

    public GoldenAugmentDraws(SafetensorsFile file, string setting, AugmentOptions options)
    {
        _file = file;
        _images = file.GetShape($"{setting}/in")[0];
        _unread = new(file.Tensors.Keys
            .Where(name => name.StartsWith(setting + "/draw", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
        Take(options.XFlip, [AugmentDraw.XFlip], [AugmentDraw.XFlipGate]);
        Take(options.YFlip, [AugmentDraw.YFlip], [AugmentDraw.YFlipGate]);
        Take(options.RotateInt, [AugmentDraw.RotateInt], [AugmentDraw.RotateIntGate]);
        Take(options.TranslateInt, [AugmentDraw.TranslateIntX, AugmentDraw.TranslateIntY], [AugmentDraw.TranslateIntGate]);
        Take(options.Scale, [AugmentDraw.Scale], [AugmentDraw.ScaleGate]);
        Take(options.RotateFrac, [AugmentDraw.RotateFrac], [AugmentDraw.RotateFracGate]);
        Take(options.Aniso, [AugmentDraw.Aniso], [AugmentDraw.AnisoAngle], [AugmentDraw.AnisoGate], [AugmentDraw.AnisoAngleGate]);
        Take(options.TranslateFrac, [AugmentDraw.TranslateFracX, AugmentDraw.TranslateFracY], [AugmentDraw.TranslateFracGate]);
        Take(options.Brightness, [AugmentDraw.Brightness], [AugmentDraw.BrightnessGate]);
        Take(options.Contrast, [AugmentDraw.Contrast], [AugmentDraw.ContrastGate]);
        Take(options.LumaFlip, [AugmentDraw.LumaFlip], [AugmentDraw.LumaFlipGate]);
        Take(options.Hue, [AugmentDraw.Hue], [AugmentDraw.HueGate]);
        Take(options.Saturation, [AugmentDraw.Saturation], [AugmentDraw.SaturationGate]);
        Assert.IsEmpty(_unread, $"{setting}: draws that belong to no augmentation");
    }

    /// <summary>The options of a setting, whose keys are those of the reference; an unknown key fails.</summary>
    public static AugmentOptions Options(JsonElement setting)
    {
        var values = new Dictionary<string, double>(
            setting.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name.Replace("_", ""), entry.Value.GetDouble())),
            StringComparer.OrdinalIgnoreCase);
        var options = new AugmentOptions();
        foreach (var property in typeof(AugmentOptions).GetProperties().Where(p => p.CanWrite))
        {
            if (values.Remove(property.Name, out var value))
            {
                property.SetValue(options, value);
            }
        }

        Assert.IsEmpty(values, $"options that are not there: {string.Join(", ", values.Keys)}");
        return options;
    }

    public IAugmentDraws OfImage(int image) => new Image(this, image);

    private void Take(double multiplier, params AugmentDraw[][] calls)
    {
        if (multiplier > 0)
        {
            foreach (var call in calls)
            {
                var tensor = _unread.Dequeue();
                for (var part = 0; part < call.Length; part++)
                {
                    _places.Add(call[part], (tensor, part));
                }
            }
        }
    }

    private double Value(AugmentDraw draw, int image, string kind)
    {
        var (tensor, part) = _places[draw];
        Assert.EndsWith("." + kind, tensor, $"the kind of {draw}");
        return _file.GetFloats(tensor)[part * _images + image];
    }

    private sealed class Image(GoldenAugmentDraws draws, int image) : IAugmentDraws
    {
        public int Integer(AugmentDraw draw, int count) =>
            (int)draws.Value(draw, image, "randint" + count.ToString(CultureInfo.InvariantCulture));

        public double Uniform(AugmentDraw draw) => draws.Value(draw, image, "uniform");

        public double Normal(AugmentDraw draw) => draws.Value(draw, image, "normal");
    }
}
