using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Resizing against results of Pillow 9.4's LANCZOS, which it equals byte for byte.</summary>
[TestClass]
public sealed class LanczosResizeTests
{
    // Old width and height, channels, new width and height, and Pillow's pixels. Smaller, larger, odd, one side only, grey and colour.
    [TestMethod]
    [DataRow(5, 4, 1, 9, 7, "/54UAmStki8A55QdDWe2vodcw4QrFl6v5OndwoMjAC9ok5yVuYQwBSFXXiUAhnpjQlGutzwAZXOEbHfx/2cH")]
    [DataRow(16, 16, 1, 7, 5, "gIp2Xo5RV3qDh4lsoYSSmqGGpmmUmZR/Z4NxgUlilYutqKQ=")]
    [DataRow(13, 9, 3, 6, 4, "lWV/cphsoC2JgYSNhFRNdlq1bo99pImBo3+Sk8SriIqHmmxjm4ehaGZ0folVptGEV4yKc5ird5JqkYyGnIluoZhaXnh+bKp6")]
    [DataRow(7, 5, 3, 12, 11,
        "/wBf/QBvxiejKkj/GnXu0rJV5agANGgAAG0RZXhv1jzn/w7/vBpeuxN7nROtRCjOP1mosJZQrJQdM2EsJm5EjHV53izK+QDqU25cUD6LVQC2bg" +
        "B7fS46dmZJT299OVOgcGuexm6O4RqX2gCdHtdOBoiCDRWphgtKtywAUj05IjescS71wkj33levwTBkoxNCc/85M9BVBHR7bnB8u3RTcz8rcgxh" +
        "0gHT4Qr/pDnJe4FabKAa6/E8iuMwFMxDRsqvnam+hVE5rBAe/QebzgD3XDfZOr1rPf8h/5Jfs7suC+oVMNWSgpHUSlRrZkNJyFWtrEv9PlzkFL" +
        "V8DeU0/z2ctINRH9EHQ5xfd0e+G0ecC3ebYqbcg7L9XZ3WMZGJF4pZu1HTqIN9d6shfV5shBPGWjOfL3GgLpzea9Hco9SrkJOPdWSGb5jwnKOb" +
        "zZNBszyWmAPeuiSHiEt4LmXIZ7y63+6D56yN1nChQcf8krms/YRY0imwpgDq9Bx1vzJeMz+6aKqn//ls/7uL/3mu")]
    [DataRow(33, 20, 1, 16, 10,
        "X4h5TcRpUW+mcoxTaJE/dayWnXaOlYuWZnadg2OLoYDAfqiMhJGSiYNYa3B6lZyMgZmxfDpIlHOQoZ/Tn29jhItXl5yJopRRg4x43mR7l155d4" +
        "tyUHRyg2xpdo52n6WZzplnlE58oW6Wk25/p2RnkIJtgZxghX2jrE3PlGaKelxvZ3KbaI25qKlwkpZ0pJxpcWa6WWPDhY5qr6aKr2+XWA==")]
    [DataRow(8, 8, 3, 8, 3, "eDCbmiBLXTyrhFqwZYpitkNgs4t/MJZoM4O1qaV4sIG9j3hYr7CB3VergYJNsFp9M468m6NSn2KYp8VGbTyqgpuhcshiwZWu")]
    [DataRow(8, 8, 1, 3, 8, "a2lS0TpBjox0SGQba7Khb5FcuWhgdoWp")]
    [DataRow(40, 3, 1, 5, 6, "dWl2R451bXZNjnh1fFyLhHyPd3uPfqKLapZ+rJRh")]
    [DataRow(1, 1, 3, 3, 2, "3ARl3ARl3ARl3ARl3ARl3ARl")]
    [DataRow(28, 28, 1, 32, 32,
        "7ikstWQ9qhVMxfLXZAMyXQxWhF3JtiX/G5CKNwItubo0ASRHWnhfPMX9jpDFZQlft+eEEX2/O6mTyqJBAGHkG4NTBHV/dc0x/4RjTKGvAHdkyy" +
        "0Ae4NWruuTocZbS7EzqZuI7ctqpXZklNZVOGMYg43MoFyayIKn8YpByLoRRLUuneTDh01LfQCe6oBwlUEnltL/3s+6P9jc3Dh+7GlR/gS707FC" +
        "DpmKVkmmrqWlXDVCZqGtq3lU4tvGpobp2lHuG8XX+60hmv5fi6vMlyY5qL4eNxQItPFqv43UkqC4HnUuaZWCv5gdxFzCbJf3lwAd0DGWZBpxe5" +
        "tj4cKae424KbBsqV50w23JskkwFhIYBDErlC2L/Zki4817m+uuec7PLYQzXFElwdGdRLGemMmSzI6YildGR1v//xY1aMHkY6tItcG+yow0Os3Y" +
        "YEnD/+DEm0Oiflu/z4AxicreoEo/OmOc88W71oR4zP5mLKDZiTSnZiyGpHJrNEiln4SWelmXOGSj2Ixqy5Oy2GsjguScdrRRDlSoXBCNaFQ8AF" +
        "XRp/+FgKW6i1A/T62aQBZ4vJb/XAJYja2KS8sZe5RjaZi+zdi82ywoih15ZSKEnoJYPLFNeFTYlwB5umLDmsr4pI+0Y7j0aRNbaTMJA3/OZH3f" +
        "CdL2KYKQEqO/V5xQqKxY0tJBrE2RuZT7xwMS07+UfxqCanpTpYQbShxG0ZyjVzPqvirc4klZ8coTYsmrlNjZd1k8d+t3Wp8qL5frynKPzaeitV" +
        "VhSi1xoZKMQheCqoqzmZXwtX1LP7/mPKpKQbPHpH6ykmC7fxegycuUjGprYErJlqcoLnx6f2JIk05Ut7qRqSr4mLC7MEqK//OXKilsirmlH2Rh" +
        "X6Z9ZZ9HXK20U0DdALguZNQ5FrKOkS9dWGT/zPhUwqFHpuzJTy53q4ZJVZYUmzJq019KxAjCrMesYtr76s+YWJ/legAnsNtOfP+WbUmkrjZ1sU" +
        "Gedcq7ZRBP/OKe3cz3rSw5D7ivZXjcqUfbXNTseECbw1KXKMSdVevZCit+8OnIyIg7KaOourSowWVDwZaBvIwmRZwAclJRvFMWCurNhl85ZHBR" +
        "grFkO7Xrcxg3it//uXXVSn3ZnTVn0clxNLrNSSNqtdyW4b1YrvNlQ5nVzK15fswwX62YhKra94FNPNOoL4VMx8Jz3cNWhyUyoF10mVRQZXyQKg" +
        "6f229pQsRpdFQGPwB6jmSIkGRnYQ1GL5HdlUkcgv+aK1iIMgBwdppaGQoATX5tvzcoqXS1ZoTq58mrTiZKj9/CYTk1N9RZAIfLPRhVbnmOWWdd" +
        "GHuJDJ//wbLr1H9NAKaaJsaOznc+qspgIQpCBqD/uSAiWQ==")]
    public void ItIsPillows(int oldWidth, int oldHeight, int channels, int width, int height, string expected)
    {
        var image = new DecodedImage(oldWidth, oldHeight, channels, Noise(oldWidth * oldHeight * channels));
        var resized = LanczosResize.Resize(image, width, height);
        Assert.AreEqual((width, height, channels), (resized.Width, resized.Height, resized.Channels), "size");
        CollectionAssert.AreEqual(Convert.FromBase64String(expected), resized.Pixels, "pixels");
    }

    [TestMethod]
    public void OneColourStaysAsItIs()
    {
        var pixels = new byte[50 * 30];
        Array.Fill(pixels, (byte)201);
        foreach (var (width, height) in new[] { (7, 90), (50, 30), (1, 1), (120, 2) })
        {
            var resized = LanczosResize.Resize(new DecodedImage(50, 30, 1, pixels), width, height);
            Assert.IsTrue(Array.TrueForAll(resized.Pixels, v => v == 201), $"{width}x{height}");
        }
    }

    [TestMethod]
    public void SizesThatAreNoneAreRefused()
    {
        var image = new DecodedImage(2, 2, 1, new byte[4]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LanczosResize.Resize(image, 0, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LanczosResize.Resize(image, 1 << 20, 1 << 20));
    }

    // The generator of C's standard, which the script that asked Pillow used too.
    private static byte[] Noise(int count)
    {
        var values = new byte[count];
        var state = 12345u;
        for (var i = 0; i < count; i++)
        {
            state = ((state * 1103515245u) + 12345u) & 0x7fffffff;
            values[i] = (byte)(state >> 16);
        }
        return values;
    }
}
