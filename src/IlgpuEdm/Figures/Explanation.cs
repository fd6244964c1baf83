using System.Diagnostics;
using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Figures;

/// <summary>All figures and their page: the ideas of the paper, drawn by what trains and samples.</summary>
public sealed class Explanation : IDisposable
{
    /// <summary>The page's file.</summary>
    public const string PageName = "index.html";

    /// <summary>How many figures there are.</summary>
    public const int Count = 14;

    private readonly DeviceRequest _where;
    private readonly Device _device;
    private readonly IImageDataset _data;
    private readonly ExplainRequest _request;
    private readonly RunHistory? _run;
    private readonly string? _networkPath;
    private readonly NetworkDenoiser? _network;

    /// <summary>Opens what the figures are drawn from.</summary>
    /// <param name="where">Where to compute.</param>
    /// <param name="data">The data set, which must stay open.</param>
    /// <param name="request">What to draw from and where to.</param>
    /// <exception cref="EdmException">
    /// There is no such device, the folder cannot be made, the run cannot be read, or the network cannot or is for other images.
    /// </exception>
    public Explanation(DeviceRequest where, IImageDataset data, ExplainRequest request)
    {
        (_where, _data, _request) = (where, data, request);
        FileErrors.MakeFolder(request.Folder, "--out");
        _run = request.Run is null ? null : RunHistory.Read(request.Run);
        _networkPath = request.Network ?? (request.Run is null ? null : RunFolder.NewestSnapshot(request.Run));
        _device = where.Open();
        try
        {
            _network = _networkPath is null ? null : NetworkDenoiser.Load(_device, _networkPath);
            if (_network is not null)
            {
                DatasetLikelihood.RequireFit(_network.Network, data);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Told of each figure before it is computed: its name, how many are done, and of how many.</summary>
    public Action<string, long, long?>? OnProgress { get; init; }

    /// <summary>Told of each figure before it is drawn.</summary>
    internal Action<Figure>? OnFigure { get; init; }

    /// <summary>Draws all figures, each into files of its own, and then the page.</summary>
    /// <param name="stop">Ends it; the figures that are done stay.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="EdmException">A file cannot be written, or the network gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public string Write(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        var files = new List<FigureFiles>();
        foreach (Figure figure in Figures(stop))
        {
            OnFigure?.Invoke(figure);
            files.Add(FigureFiles.Write(figure, _request.Folder, stop));
        }

        string page = Path.Combine(_request.Folder, PageName);
        ExplainPage.Write(page, Facts(Stopwatch.GetElapsedTime(start)), files);
        return page;
    }

    // One at a time, since some hold the states of many steps.
    private IEnumerable<Figure> Figures(CancellationToken stop)
    {
        var world = new OnePixelWorld();
        using var ideal = new IdealDenoiser(_device, _data, stop: stop);
        GuidedNetwork? network = _network is null ? null : new GuidedNetwork(_network);
        string name = _networkPath is null ? "" : Path.GetFileName(_networkPath);
        Func<Figure>[] figures =
        [
            () => new FirstGuessFigure(_data, ideal, network, name, _request.Seed, stop),
            () => new IdealOutputsFigure(_data, ideal, network, name, _request.Seed, stop),
            () => new ForwardWalkFigure(world),
            () => new WalksDensityFigure(world),
            () => new ReverseWalkFigure(world),
            () => new FlowFigure(world),
            () => new SolverStepFigure(world),
            () => new LongStepFigure(world),
            () => new SchedulesFigure(),
            () => new LinearScheduleFigure(),
            () => new TimeStepsFigure(),
            () => new SolversFigure(),
            () => new TrainingUpdatesFigure(_device, _data, _network, _request.Seed, stop),
            () => new LossToGainFigure(_request.Run ?? ShortRun.Train(_request.Folder, _data, _where, _request.Seed, stop: stop)),
        ];
        foreach ((int i, Func<Figure> figure) in figures.Index())
        {
            stop.ThrowIfCancellationRequested();
            OnProgress?.Invoke($"figure {i + 1}", i, figures.Length);
            yield return figure();
        }
    }

    private IReadOnlyList<(string Name, string Value)> Facts(TimeSpan time)
    {
        string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
        return
        [
            ("data", $"{_data.Name}: {Whole(_data.Count)} images, {_data.Width}x{_data.Height} of {_data.Channels} channels"),
            ("denoiser of figures 1 and 2", _networkPath ?? "the ideal one of the data set"),
            ("run of figure 14", _request.Run ?? $"made for it, {Whole(ShortRun.Images)} images"),
            ("seed of figures 1, 2, 13, 14", _request.Seed.ToString(CultureInfo.InvariantCulture)),
            ("device", DeviceList.Describe([_device])),
            ("time", TimeText.Of(time.TotalSeconds)),
            ("program", $"ilgpu-edm {SessionRecord.ProgramVersion}"),
        ];
    }

    /// <summary>Gives memory and device back.</summary>
    public void Dispose()
    {
        _network?.Dispose();
        _device.Dispose();
    }
}
