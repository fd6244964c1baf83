using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>sample</c>: draws one image a seed.</summary>
internal static class SampleVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> network = Options.RequiredLocation("--network", "FILE", "A snapshot: network-snapshot-*.safetensors of a run.");
        Option<SeedList> seeds = Options.ParsedList("--seeds", "LIST", SeedList.TryParse("0-63")!, "seeds such as 0-63,70",
            "Seeds, one image each: lists and ranges. A seed gives the same image in any batch.", SeedList.TryParse);
        Option<string> folder = Options.RequiredLocation("--out", "FOLDER", "Where the PNGs go: 000007.png is seed 7.");
        Option<bool> subfolders = Options.Flag("--subdirs", "A folder for each thousand seeds: 000000/000007.png.");
        Option<string?> grid = Options.OptionalLocation("--grid", "FILE", "One more PNG with all images side by side.");
        var defaults = new SamplerOptions();
        Option<int> steps = Options.Integer("--steps", defaults.Steps, 1, CommonFlags.MostSteps,
            "Time steps; Heun's method evaluates the network twice in all but the last.");
        Option<double> sigmaMin = Options.Positive("--sigma-min", 0.002, "The lowest noise level above 0.");
        Option<double> sigmaMax = Options.Positive("--sigma-max", 80, "The highest noise level.");
        Option<double> rho = Options.Positive("--rho", defaults.Rho, "How much the time steps crowd at low noise levels.");
        Option<string> solver = Options.Choice("--solver", ["heun", "euler"], defaults.Solver, "The ODE solver.");
        Option<int> batch = Options.Integer("--batch", 64, 1, CommonFlags.MostImagesAtOnce,
            "Images at once; it does not change them.");
        Option<string> device = CommonFlags.Device();
        var command = new Command("sample", "Draws images with a trained network: one PNG a seed.")
        {
            network, seeds, folder, subfolders, grid, steps, sigmaMin, sigmaMax, rho, solver, batch, device,
        };
        command.SetAction(parsed =>
        {
            var sampler = new SamplerOptions
            {
                Steps = parsed.GetValue(steps),
                SigmaMin = parsed.GetValue(sigmaMin),
                SigmaMax = parsed.GetValue(sigmaMax),
                Rho = parsed.GetValue(rho),
                Solver = parsed.GetValue(solver)!,
            };
            IReadOnlyList<ulong> list = parsed.GetValue(seeds)!.Seeds;
            int drawn = Draw(terminal, parsed.GetValue(device)!, parsed.GetValue(network)!, list, sampler, parsed.GetValue(batch),
                parsed.GetValue(folder)!, parsed.GetValue(subfolders), parsed.GetValue(grid));
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"{drawn:N0} of {list.Count:N0} images in '{parsed.GetValue(folder)}'"));
            return CommandLine.Success;
        });
        return command;
    }

    /// <summary>Draws seeds from a snapshot into a folder and a grid.</summary>
    public static int Draw(Terminal terminal, string deviceName, string snapshot, IReadOnlyList<ulong> seeds, SamplerOptions sampler,
        int batch, string folder, bool subfolders, string? grid)
    {
        using Device device = Device.Open(deviceName);
        using NetworkDenoiser denoiser = NetworkDenoiser.Load(device, snapshot);
        return TrainingDisplay.Count(terminal, "drawing", seeds.Count, onProgress => SampleFolder.Write(
            chunk => ImageSampler.Sample(denoiser, chunk, sampler, batch), denoiser.Network, seeds, batch, folder, subfolders, grid,
            onProgress, terminal.Stop));
    }
}
