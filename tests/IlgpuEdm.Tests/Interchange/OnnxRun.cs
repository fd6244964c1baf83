using Microsoft.ML.OnnxRuntime;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>An ONNX file opened in OnnxRuntime, with what the runtime had to say about it.</summary>
internal sealed class OnnxRun : IDisposable
{
    private static readonly Lock _opening = new();
    private static readonly List<string> _said = [];

    // The runtime keeps a pointer to it. Its own threads may call it too, so that it must not wait for who opens a file.
    private static readonly DOrtLoggingFunction _log = (_, _, _, _, _, message) => Say(message);
    private readonly InferenceSession _session;

    static OnnxRun()
    {
        var options = new EnvironmentCreationOptions
        {
            logId = "tests",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingFunction = _log,
        };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }

    /// <summary>Opens a file; the runtime checks types, shapes and names.</summary>
    public OnnxRun(string path)
    {
        lock (_opening)
        {
            Heard();
            _session = new InferenceSession(path);
            Said = Heard();
        }
    }

    /// <summary>The runtime's warnings on opening.</summary>
    public string[] Said { get; }

    /// <summary>The file's own words on itself.</summary>
    public ModelMetadata Metadata => _session.ModelMetadata;

    /// <summary>The inputs that must be given, with their shapes; -1 for any number.</summary>
    public Dictionary<string, int[]> Inputs => _session.InputMetadata.ToDictionary(i => i.Key, i => i.Value.Dimensions);

    /// <summary>The inputs that may be given.</summary>
    public Dictionary<string, int[]> OptionalInputs =>
        _session.OverridableInitializerMetadata.ToDictionary(i => i.Key, i => i.Value.Dimensions);

    /// <summary>The outputs.</summary>
    public Dictionary<string, int[]> Outputs => _session.OutputMetadata.ToDictionary(i => i.Key, i => i.Value.Dimensions);

    /// <summary>Denoises.</summary>
    /// <param name="x">Noisy images, <c>[N, C, H, W]</c>.</param>
    /// <param name="sigma">Noise level of each.</param>
    /// <param name="classLabels">Given where it is not null.</param>
    /// <param name="augmentLabels">Given where it is not null.</param>
    public float[] Denoise(float[] x, float[] sigma, float[]? classLabels = null, float[]? augmentLabels = null)
    {
        var images = sigma.Length;
        var given = new (string Name, float[]? Values)[]
        {
            ("x", x), ("sigma", sigma), ("class_labels", classLabels), ("augment_labels", augmentLabels),
        }.Where(input => input.Values != null).ToArray();
        var shapes = Inputs.Concat(OptionalInputs).ToDictionary();
        var values = given.Select(input => OrtValue.CreateTensorValueFromMemory(
            input.Values!, [.. shapes[input.Name].Select((size, axis) => axis == 0 ? images : size)])).ToArray();
        try
        {
            using var options = new RunOptions();
            using var results = _session.Run(options, given.Select(input => input.Name).ToArray(), values, ["denoised"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    public void Dispose() => _session.Dispose();

    private static void Say(string message)
    {
        lock (_said)
        {
            _said.Add(message);
        }
    }

    // What was said since the last time.
    private static string[] Heard()
    {
        lock (_said)
        {
            string[] heard = [.. _said];
            _said.Clear();
            return heard;
        }
    }
}
