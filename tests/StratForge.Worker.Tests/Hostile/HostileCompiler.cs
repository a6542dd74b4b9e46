using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace StratForge.Worker.Tests.Hostile;

/// <summary>Compiles with all of .NET and with unsafe code: what would be left if the platform's compiler let everything pass.</summary>
internal static class HostileCompiler
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using StratForge.Strategies;
        global using StratForge.Strategies.Indicators;
        """;

    private static readonly MetadataReference[] References =
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
            .Where(path => Path.GetFileName(path) is var name &&
                (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal)) &&
                !name.Contains("Native", StringComparison.Ordinal))
            .Append(Path.Combine(WorkerPrograms.Hosts, "csharp", "StratForge.Strategies.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static byte[] Compile(string source)
    {
        var compilation = CSharpCompilation.Create(
            "strategy",
            [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(source, path: "strategy.cs", encoding: Encoding.UTF8)],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, concurrentBuild: false));
        using var image = new MemoryStream();
        var result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }
}
