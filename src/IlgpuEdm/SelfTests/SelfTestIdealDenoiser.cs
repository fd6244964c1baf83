using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Kernels.IdealDenoiser;

namespace IlgpuEdm.SelfTests;

/// <summary>The ideal denoiser of some shapes, in chunks of a slice.</summary>
internal static class SelfTestIdealDenoiser
{
    public static void Denoise(SelfTestRun run, int n, int h, int w, int c, int images, double sigma)
    {
        using var data = new ProceduralShapes(h, w, c, images);
        var size = h * w * c;
        var clean = new double[images * size];
        var pixels = new byte[size];
        for (var i = 0; i < images; i++)
        {
            data.ReadImage(i, pixels);
            pixels.Select(v => (double)PixelScale.ToUnit(v)).ToArray().CopyTo(clean, i * size);
        }

        // Uniform noise of the level's deviation, on the first images again and again.
        var noise = run.Numbers(n * size);
        var x = new double[n * size];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = (float)(clean[i % clean.Length] + (sigma * Math.Sqrt(3) * noise[i]));
        }

        using var ideal = new IdealDenoiser(run.Device, data, new() { ChunkRows = IdealShape.SliceRows });
        var denoised = Array.ConvertAll(ideal.Denoise(x, sigma), v => (float)v);
        run.Compare(
            $"ideal denoiser of {images} images of {h}x{w}, {c} channels, {n} noisy ones", run.Tape.From(denoised, n, size),
            ReferenceIdealDenoiser.Denoise(clean, x, size, sigma).Denoised);
    }
}
