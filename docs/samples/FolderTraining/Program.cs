// Training on a folder of images from code: what the command `train` does, without its files, resuming and statistics.
//
//     dotnet run -c Release --project docs/samples/FolderTraining [-- DATA] [OUT] [--device NAME]
//
// DATA is a folder or zip of images, or another data set that the library reads; OUT is the folder for the grid and the snapshot. The
// defaults learn circles and squares of 16x16 pixels in some seconds, on two cores of a CPU.
using System.Diagnostics;
using IlgpuEdm;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;
using IlgpuEdm.Training;

string[] paths = [.. args.TakeWhile(arg => arg != "--device")];
string dataPath = paths.ElementAtOrDefault(0) ?? "datasets/samples/shapes";
string outPath = paths.ElementAtOrDefault(1) ?? "runs/folder-training";
string deviceName = args.SkipWhile(arg => arg != "--device").Skip(1).FirstOrDefault("auto");
try
{
    return Run();
}
catch (EdmException e)
{
    // What a user can put right, such as a path that is not there, is told in one line.
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}

int Run()
{
    // 1. The data. sigma_data, the standard deviation of its values on the scale of -1 to 1, is the one number of it that EDM has to know:
    // preconditioning and the weights of the loss follow.
    using Device device = Device.Open(deviceName);
    using IImageDataset data = Datasets.Open(dataPath);
    DatasetStatistics statistics = DatasetStatistics.Measure(data);
    Console.WriteLine($"{data.Count} images of {data.Width}x{data.Height}x{data.Channels}, sigma_data {statistics.StandardDeviation:f3}, "
        + $"on {device.Spec} ({device.Name})");

    // 2. What to train: a small U-Net of two levels (16x16 and 8x8 pixels here), the preconditioner that makes a denoiser of it, and the
    // loss with its noise levels, ln sigma ~ N(-1.2, 1.2^2). Adam's rate rises to its full height over the first images.
    var options = new ModelOptions
    {
        Network = new SongUNetOptions
        {
            Height = data.Height,
            Width = data.Width,
            ImageChannels = data.Channels,
            ModelChannels = 16,
            ChannelMult = [1, 2],
            BlocksPerLevel = 1,
            AttentionResolutions = [],
        },
        Preconditioner = new EdmPreconditioner { SigmaData = statistics.StandardDeviation },
        Loss = LossOptions.Named("edm", statistics.StandardDeviation) with { StratifiedSigma = true },
        Optimizer = new OptimizerOptions { LearningRate = 2e-3, RampUpImages = 1000, EmaHalfLifeImages = 1000 },
    };

    // 3. Training. The loader prepares batches on a thread of its own. Every draw, be it the order of the images, a noise level or a noise,
    // follows from the seed and the image's number, so the same program ends in the same weights.
    const int batchSize = 32, steps = 300, report = 50;
    using var model = new TrainingModel(device, options, seed: 0);
    using var loader = new BatchLoader(data, batchSize, seed: 0, firstImage: 0, xflip: true);
    Console.WriteLine($"{model.ParameterCount:N0} parameters, {steps} steps of {batchSize} images\n\n   step     loss  images/s");
    double firstLoss = 0, lastLoss = 0, sum = 0;
    long start = Stopwatch.GetTimestamp();
    for (int step = 1; step <= steps; step++)
    {
        Batch batch = loader.Next();
        sum += model.Step(batch, microBatch: batchSize).LossPerImage.Average();
        loader.Recycle(batch);
        if (step % report == 0)
        {
            lastLoss = sum / report;
            firstLoss = step == report ? lastLoss : firstLoss;
            double rate = step * batchSize / Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"{step,7}{lastLoss,9:f4}{rate,10:f0}");
            sum = 0;
        }
    }

    // 4. Sampling: one image a seed, by Heun's method in 18 steps. The weights that sample are an average over the last part of training;
    // those of a single step are noisier than what they have learned.
    Directory.CreateDirectory(outPath);
    using NetworkDenoiser average = model.EmaDenoiser();
    ulong[] seeds = [.. Enumerable.Range(0, 16).Select(i => (ulong)i)];
    byte[][] images = ImageSampler.Sample(average, seeds, new SamplerOptions { Steps = 18 }, batch: 16);
    var (pixels, width, height) = ImageGrid.Compose(images, data.Width, data.Height, data.Channels, columns: 4);
    (pixels, width, height) = ImageGrid.Enlarge(pixels, width, height, data.Channels, factor: 4);
    string grid = Path.Combine(outPath, "grid.png");
    File.WriteAllBytes(grid, ImageCodec.Default.EncodePng(pixels, width, height, data.Channels));

    // 5. A snapshot: the averaged weights with the description of their network, in one safetensors file that the commands `sample` and
    // `info` read too.
    string snapshot = Path.Combine(outPath, "snapshot.safetensors");
    var file = new SafetensorsWriter();
    model.AddEma(file);
    file.WriteTo(snapshot);
    Console.WriteLine($"\nwrote {grid} and {snapshot}");

    // 6. Back from the file, denoise a real image. A denoiser takes numbers from -1 to 1 with noise on them, and a noise level.
    using NetworkDenoiser loaded = NetworkDenoiser.Load(device, snapshot);
    var bytes = new byte[data.Height * data.Width * data.Channels];
    data.ReadImage(0, bytes);
    double[] clean = Array.ConvertAll(bytes, value => value / 127.5 - 1), normals = new double[clean.Length];
    HostRandom.FillNormal(seed: 1, RandomPurpose.TrainingNoise, image: 0, normals);
    const double sigma = 0.5;
    double[] noisy = [.. clean.Zip(normals, (value, normal) => value + sigma * normal)];
    double[] denoised = loaded.Denoise(noisy, sigma);
    double left = Math.Sqrt(denoised.Zip(clean, (a, b) => (a - b) * (a - b)).Average());
    Console.WriteLine($"an image under noise of {sigma}: root mean square error {left:f3} after denoising");

    bool same = denoised.SequenceEqual(average.Denoise(noisy, sigma));
    bool passed = same && left < sigma / 2 && lastLoss < firstLoss / 2;
    Console.WriteLine(passed ? "ok" : $"FAILED: the loaded network is {(same ? "the same, and has not learned" : "another")}");
    return passed ? 0 : 1;
}
