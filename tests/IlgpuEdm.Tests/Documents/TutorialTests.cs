using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using IlgpuEdm.Tests.Formats;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IlgpuEdm.Tests.Documents;

/// <summary>
/// The blocks of <c>docs/tutorial.md</c> are one program: it compiles as it stands, runs, and draws every picture that the page shows. With
/// EDM_UPDATE_DOCS=1 the page's pictures are replaced by them.
/// </summary>
[TestClass]
public partial class TutorialTests
{
    private static readonly string Docs = Path.Combine(Repository.Root, "docs");

    [TestMethod]
    public void TheBlocksCompile() => Compile(Program(Page()));

    [TestMethod]
    [TestCategory("Slow")]
    public void TheBlocksRunAndDrawThePictures()
    {
        string text = Page();
        using var folder = new TemporaryFolder();
        Run(AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(Compile(Program(text)))), folder.Path);

        string[] shown = [.. Pictures().Matches(text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
        string[] drawn = [.. Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.IsGreaterThanOrEqualTo(14, shown.Length);
        CollectionAssert.AreEqual(shown, drawn, "pictures of the page, and of the program");
        foreach (string picture in shown)
        {
            string kept = Path.Combine(Docs, "images", "tutorial", picture);
            if (Environment.GetEnvironmentVariable("EDM_UPDATE_DOCS") == "1")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
                File.Copy(Path.Combine(folder.Path, picture), kept, overwrite: true);
            }

            Assert.IsTrue(File.Exists(kept), $"{kept}; to draw it anew: EDM_UPDATE_DOCS=1 dotnet test --filter TutorialTests");
        }
    }

    private static string Page() => File.ReadAllText(Path.Combine(Docs, "tutorial.md"));

    // Errors name the line of the page.
    private static string Program(string text)
    {
        var program = new StringBuilder();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        bool code = false;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                code = lines[i] == "```csharp";
                program.Append(code ? $"#line {i + 2} \"tutorial.md\"\n" : "");
            }
            else if (code)
            {
                program.Append(lines[i]).Append('\n');
            }
        }

        return program.ToString();
    }

    private static byte[] Compile(string program)
    {
        // What every console project has.
        const string Usings = """
            global using System;
            global using System.Collections.Generic;
            global using System.IO;
            global using System.Linq;
            """;
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Tutorial",
            [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(program)],
            assemblies.Select(assembly => MetadataReference.CreateFromFile(assembly)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable,
                optimizationLevel: OptimizationLevel.Release));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)));
        return stream.ToArray();
    }

    // The program writes where it stands, as a reader's would; tests that need the working folder do not run beside it.
    private static void Run(Assembly program, string folder)
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder;
        try
        {
            program.EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [GeneratedRegex(@"!\[[^\]]+\]\(images/tutorial/([^)]+)\)")]
    private static partial Regex Pictures();
}
