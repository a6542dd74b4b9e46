using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using StratForge.Strategies;
using StratForge.StrategyHost.Compilation;
using StratForge.StrategyHost.Running;

namespace StratForge.StrategyHost.Tests;

/// <summary>Strategies to run.</summary>
internal static class Samples
{
    private static readonly StrategyCompiler Compiler = StrategyCompiler.Create();

    /// <summary>The demonstration strategy as users get it: <c>SmaCross.cs</c> or <c>sma_cross.py</c>.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(Samples).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Compiles as the platform does.</summary>
    public static CompileOutcome Compile(string source)
    {
        lock (Compiler)
        {
            return Compiler.Compile(source);
        }
    }

    /// <summary>The assembly of a source that the platform compiles.</summary>
    public static byte[] Compiled(string source) => Assert.IsType<CompileOutcome.Compiled>(Compile(source)).Assembly;

    /// <summary>A C# strategy with these statements in its bar handler, compiled as the platform does.</summary>
    public static byte[] OnBar(string statements) => Compiled(Class(statements));

    /// <summary>The same, compiled with all of .NET and unsafe code: what would be left if our compiler let everything pass.</summary>
    public static byte[] Hostile(string statements, string members = "")
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Directory.EnumerateFiles(runtime, "System*.dll")
            .Where(path => !path.Contains("Native", StringComparison.Ordinal))
            .Append(typeof(Strategy).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        var source = """
            using System; using System.Linq; using System.IO; using System.Net.Sockets; using System.Runtime.InteropServices; using System.Threading;
            using System.Diagnostics; using System.Collections.Generic; using StratForge.Strategies;
            """ + Class(statements, members);
        var compilation = CSharpCompilation.Create(
            "strategy",
            [CSharpSyntaxTree.ParseText(source, path: StrategyFault.SourceName, encoding: Encoding.UTF8)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }

    /// <summary>A Python strategy with these statements in its bar handler.</summary>
    public static byte[] PythonOnBar(string statements) => Encoding.UTF8.GetBytes(
        "class Sample(Strategy):\n    def on_bar(self, bar):\n" + string.Join('\n', statements.Split('\n').Select(line => "        " + line)));

    /// <summary>The class that such statements stand in: the first of them is on line 5.</summary>
    public static string Class(string statements, string members = "") => $$"""
        public sealed class Sample : Strategy
        {
            public override Signal? OnBar(Bar bar)
            {
        {{statements}}
                return null;
            }
        {{members}}
        }
        """;
}
