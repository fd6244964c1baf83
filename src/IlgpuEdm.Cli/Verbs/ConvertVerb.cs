using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>convert</c>: writes weights in another format.</summary>
internal static class ConvertVerb
{
    public static Command Create(Terminal terminal)
    {
        var input = new Argument<string>("in")
        {
            Description = "A network pickle, a file of torch.save (.pth, .pt), .npz or safetensors; told by its contents, never executed.",
        };
        var output = new Argument<string>("out") { Description = $"The file to write; its ending says the format: {TensorFiles.Endings}." };
        var command = new Command(
            "convert", "Writes a network's weights in another format, for PyTorch, NumPy, ONNX runtimes or this program.")
        {
            input, output,
        };
        command.SetAction(parsed =>
        {
            string target = parsed.GetValue(output)!;
            TensorFiles.RequireEnding(target);
            SafetensorsFile file = TensorFiles.Read(parsed.GetValue(input)!);
            TensorFiles.Write(target, file);
            long elements = file.Tensors.Values.Sum(tensor => tensor.ElementCount);
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"{file.Tensors.Count:N0} tensors with {elements:N0} elements in '{target}'"));
            return CommandLine.Success;
        });
        return command;
    }
}
