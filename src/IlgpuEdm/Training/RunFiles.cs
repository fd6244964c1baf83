namespace IlgpuEdm.Training;

/// <summary>What the files in a run's folder are called that more than one part of the program reads or writes.</summary>
public static class RunFiles
{
    /// <summary>All options.</summary>
    public const string Options = "options.json";

    /// <summary>With what it was trained, a line a session.</summary>
    public const string Sessions = "sessions.jsonl";

    /// <summary>What was told, with times.</summary>
    public const string Log = "log.txt";

    /// <summary>Ticks and scores, a line each.</summary>
    public const string Statistics = "stats.jsonl";

    /// <summary>The ticks as a table.</summary>
    public const string Table = "stats.csv";

    /// <summary>The loss against the images seen.</summary>
    public const string Curve = "curve.png";

    /// <summary>The page about the run.</summary>
    public const string Report = "report.html";

    /// <summary>Before the count of images in a snapshot's name.</summary>
    public const string SnapshotPrefix = "network-snapshot-";

    /// <summary>A pattern that all snapshots match; in the order of their names they are in that of training.</summary>
    public const string Snapshots = SnapshotPrefix + "*" + WeightsSuffix;

    /// <summary>The ending of files of weights.</summary>
    public const string WeightsSuffix = ".safetensors";

    /// <summary>Before the count of images in a sample grid's name.</summary>
    public const string GridPrefix = "samples-";

    /// <summary>After it.</summary>
    public const string GridSuffix = ".png";

    /// <summary>A pattern that all sample grids match.</summary>
    public const string Grids = GridPrefix + "*" + GridSuffix;
}
