using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;
using IlgpuEdm.Tests.Cli;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Packages;

/// <summary>
/// What <c>dotnet pack</c> makes, and the samples outside the repository with nothing but these packages: as somebody else's program.
/// </summary>
[TestClass]
[TestCategory("Slow")]
public class PackageTests
{
    private static readonly string[] Packages = ["IlgpuEdm", "IlgpuEdm.Kernels"];

    // No build server outlives the test.
    private static readonly (string Name, string Value)[] NoServers =
    [
        ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
        ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
    ];

    private static TemporaryFolder temporary = null!;
    private static string packed = "";
    private static string version = "";
    private static string globalPackages = "";

    [ClassInitialize]
    public static void Pack(TestContext context)
    {
        temporary = new TemporaryFolder();
        packed = Path.Combine(temporary.Path, "packed");
        CliResult pack = Dotnet.Run(["pack", Path.Combine(Repository.Root, "IlgpuEdm.sln"), "-c", "Release", "-o", packed], NoServers);
        Assert.AreEqual(0, pack.Code, pack.Output + pack.Error);
        Assert.DoesNotContain("warning", pack.Output, "the output of pack");
        version = Directory.GetFiles(packed, "IlgpuEdm.Kernels.*.nupkg").Select(Path.GetFileNameWithoutExtension).Single()!
            ["IlgpuEdm.Kernels.".Length..];
        globalPackages = Dotnet.Run(["nuget", "locals", "global-packages", "--list"]).Output.Split(": ", 2)[1].Trim();
    }

    [ClassCleanup]
    public static void Delete() => temporary.Dispose();

    [TestMethod]
    public void ThereAreTwoPackagesWithTheirSymbols() => CollectionAssert.AreEquivalent(
        Packages.SelectMany(name => new[] { $"{name}.{version}.nupkg", $"{name}.{version}.snupkg" }).ToArray(),
        Directory.GetFiles(packed).Select(Path.GetFileName).ToArray(), "what pack writes");

    [TestMethod]
    [DataRow("IlgpuEdm")]
    [DataRow("IlgpuEdm.Kernels")]
    public void APackageHasAssemblyDocumentationReadmeLicenceAndSymbols(string name)
    {
        using ZipArchive package = Open(name, "nupkg"), symbols = Open(name, "snupkg");
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        foreach (string file in new[] { $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "README.md" })
        {
            Assert.Contains(file, files, $"in {name}");
        }

        using var reader = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(Bytes(symbols, $"lib/net10.0/{name}.pdb")));
        MetadataReader pdb = reader.GetMetadataReader();
        string[] sources = [.. pdb.Documents.Select(handle => pdb.GetString(pdb.GetDocument(handle).Name))];
        Assert.Contains(source => source.EndsWith("/Device.cs") || source.EndsWith("/WorkShare.cs"), sources, "sources that symbols name");
        Assert.DoesNotContain(source => !source.StartsWith("/_/"), sources, "sources by their place on the machine of the build");

        XElement metadata = XDocument.Load(new MemoryStream(Bytes(package, $"{name}.nuspec"))).Root!.Elements().First();
        Assert.AreEqual("MIT", Value("license"), "licence");
        Assert.AreEqual("README.md", Value("readme"), "readme");
        Assert.AreNotEqual("", Value("description"), "description");
        string[] dependencies =
            [.. metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value)];
        Assert.Contains(name == "IlgpuEdm" ? "IlgpuEdm.Kernels" : "ILGPU", dependencies, "dependencies");

        string Value(string element) => metadata.Elements().Single(e => e.Name.LocalName == element).Value;
    }

    [TestMethod]
    [DataRow(Samples.OnePixelWorld)]
    [DataRow(Samples.FolderTraining)]
    [DataRow(Samples.OwnKernel)]
    public void ASampleBuildsAndRunsWithThePackages(string name)
    {
        string folder = Path.Combine(temporary.Path, name), output = Path.Combine(folder, "bin", "Release", "net10.0");
        Directory.CreateDirectory(folder);
        foreach (string file in new[] { "Program.cs", $"{name}.csproj" })
        {
            File.Copy(Path.Combine(Samples.Folder(name), file), Path.Combine(folder, file));
        }

        // Packages of this version come and go, so they must not get into the cache of the machine; all others may come from there.
        CliResult build = Dotnet.Run(
        [
            "build", Path.Combine(folder, $"{name}.csproj"), "-c", "Release", "-warnaserror", "-p:IlgpuEdmPackages=true",
            $"-p:IlgpuEdmVersion={version}", $"-p:RestoreAdditionalProjectSources={packed}",
            $"-p:RestorePackagesPath={Path.Combine(temporary.Path, "cache")}", $"-p:RestoreFallbackFolders={globalPackages}",
        ], NoServers);
        Assert.AreEqual(0, build.Code, build.Output + build.Error);
        foreach (string package in Packages)
        {
            using ZipArchive archive = Open(package, "nupkg");
            CollectionAssert.AreEqual(
                Bytes(archive, $"lib/net10.0/{package}.dll"), File.ReadAllBytes(Path.Combine(output, $"{package}.dll")),
                $"{package} beside {name}");
        }

        Samples.Run(name, output, temporary);
    }

    private static ZipArchive Open(string name, string kind) => ZipFile.OpenRead(Path.Combine(packed, $"{name}.{version}.{kind}"));

    private static byte[] Bytes(ZipArchive archive, string file)
    {
        using Stream stream = archive.GetEntry(file)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
