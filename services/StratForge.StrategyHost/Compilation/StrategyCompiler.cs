using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using StratForge.Strategies;
using StratForge.StrategyHost.Running;

namespace StratForge.StrategyHost.Compilation;

/// <summary>Compiles one source file against the strategy API and the part of .NET that strategies may use.</summary>
/// <remarks>The result is deterministic: the same source gives the same bytes, so it can be cached by the source's hash.</remarks>
internal sealed class StrategyCompiler
{
    /// <summary>Errors reported at most.</summary>
    public const int MostErrors = 20;

    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using StratForge.Strategies;
        global using StratForge.Strategies.Indicators;
        """;

    // More than is allowed: a name that resolves can be refused by name, with a word about what to use instead.
    internal static readonly string[] Offered =
    [
        "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Collections.Immutable", "System.Linq", "System.Memory",
        "System.Runtime.Extensions", "System.Runtime.Numerics", "System.Numerics.Vectors", "System.Text.RegularExpressions", "System.Console",
    ];

    private readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp14, DocumentationMode.None);
    private readonly IReadOnlyList<MetadataReference> _references;
    private readonly SyntaxTree _globalUsings;

    private StrategyCompiler(IReadOnlyList<MetadataReference> references)
    {
        _references = references;
        _globalUsings = CSharpSyntaxTree.ParseText(GlobalUsings, _parsing);
    }

    /// <summary>Reads the reference assemblies: once for all that this process compiles.</summary>
    public static StrategyCompiler Create()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Offered
            .Select(name => Path.Combine(runtime, name + ".dll"))
            .Append(typeof(Strategy).Assembly.Location)
            .Where(File.Exists)
            .Select(path => (MetadataReference)MetadataReference.CreateFromImage(File.ReadAllBytes(path)))
            .ToArray();
        return new StrategyCompiler(references);
    }

    /// <summary>Compiles something that passes and something that fails, so that all of the compiler is loaded and no file is needed for
    /// what comes next.</summary>
    public void WarmUp()
    {
        _ = Compile("public sealed class Fine : Strategy { public override Signal? OnBar(Bar bar) => bar.Close > 1 ? Buy(1) : null; }");
        _ = Compile("public sealed class Forbidden : Strategy { public override Signal? OnBar(Bar bar) { Console.WriteLine($\"{bar}\"); return null; } }");
        _ = Compile("public sealed class Wrong : Strategy { int x = y; }");
    }

    /// <summary>Compiles <paramref name="source"/>.</summary>
    public CompileOutcome Compile(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), _parsing, StrategyFault.SourceName);
        var compilation = CSharpCompilation.Create(
            "strategy",
            [_globalUsings, tree],
            _references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                checkOverflow: true,
                allowUnsafe: false,
                deterministic: true,
                concurrentBuild: false,
                nullableContextOptions: NullableContextOptions.Annotations));

        using var image = new MemoryStream();
        var result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        if (!result.Success)
        {
            return Refuse(result.Diagnostics
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => At(diagnostic.Location, diagnostic.Id, diagnostic.GetMessage(CultureInfo.InvariantCulture))));
        }

        return TheStrategy(compilation, tree) switch
        {
            [var one] when ApiScan.Find(image.ToArray(), compilation, tree) is { Count: > 0 } refused => Refuse(refused),
            [var one] => new CompileOutcome.Compiled(one.Name, image.ToArray()),
            [] => Refuse([new SourceError(0, 0, "SF0001", "There is no class that derives from Strategy.")]),
            var several => Refuse(several.Skip(1).Select(type => At(
                type.Locations[0], "SF0002", $"{type.Name} is a second class that derives from Strategy; a source holds one."))),
        };
    }

    private static INamedTypeSymbol[] TheStrategy(CSharpCompilation compilation, SyntaxTree tree)
    {
        var strategy = compilation.GetTypeByMetadataName(typeof(Strategy).FullName!);
        return compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Type)
            .OfType<INamedTypeSymbol>()
            .Where(type => !type.IsAbstract && Bases(type).Contains(strategy, SymbolEqualityComparer.Default))
            .OrderBy(type => type.Locations[0].SourceSpan.Start)
            .ToArray();
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var above = type.BaseType; above is not null; above = above.BaseType)
        {
            yield return above;
        }
    }

    private static CompileOutcome.Refused Refuse(IEnumerable<SourceError> found)
    {
        var errors = found.OrderBy(error => error.Line == 0).ThenBy(error => error.Line).ThenBy(error => error.Column).Take(MostErrors).ToArray();
        var first = errors[0];
        var place = first.Line > 0 ? $"line {first.Line}, column {first.Column}: " : string.Empty;
        return new CompileOutcome.Refused($"{place}{first.Message} ({first.Id})", errors);
    }

    private static SourceError At(Location location, string id, string message)
    {
        var start = location.GetLineSpan().StartLinePosition;
        return location.IsInSource
            ? new SourceError(start.Line + 1, start.Character + 1, id, Cut(message))
            : new SourceError(0, 0, id, Cut(message));
    }

    private static string Cut(string message) => message.Length <= 300 ? message : message[..300];
}
