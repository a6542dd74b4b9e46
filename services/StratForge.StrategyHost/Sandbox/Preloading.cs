using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using StratForge.Contracts;
using StratForge.StrategyHost.Compilation;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>Loads all that a strategy may come to need, for a cage in which no file can be opened afterwards.</summary>
internal static class Preloading
{
    private const string Compiler = "Microsoft.CodeAnalysis";

    /// <summary>Loads the assemblies and wakes the parts of the runtime that open files when they are first used.</summary>
    public static void Run()
    {
        LoadAssemblies();
        WakeRandomness();
        WakeDiagnostics();
        WakeSerialisation();
        _ = new Regex("[ab]+", RegexOptions.Compiled, TimeSpan.FromSeconds(1)).IsMatch("ab");
    }

    // What strategies may refer to, what the host is made of, and what those refer to in turn.
    private static void LoadAssemblies()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<AssemblyName>(StrategyCompiler.Offered.Select(name => new AssemblyName(name)));
        foreach (var own in typeof(Preloading).Assembly.GetReferencedAssemblies())
        {
            waiting.Enqueue(own);
        }

        while (waiting.TryDequeue(out var name))
        {
            if (name.Name!.StartsWith(Compiler, StringComparison.Ordinal) || !known.Add(name.Name))
            {
                continue;
            }

            try
            {
                foreach (var reference in Assembly.Load(name).GetReferencedAssemblies())
                {
                    waiting.Enqueue(reference);
                }
            }
            catch (FileNotFoundException)
            {
                // An older name that this runtime no longer has; nothing of ours goes by it.
            }
        }
    }

    // They open the kernel's source of randomness, once.
    private static void WakeRandomness()
    {
#pragma warning disable RS0030, CA5394 // The values are thrown away: only the descriptor that the runtime keeps matters.
        _ = Guid.NewGuid();
        _ = new Random().Next();
#pragma warning restore RS0030, CA5394
        _ = "randomised".GetHashCode(StringComparison.OrdinalIgnoreCase);
    }

    // The line of a fault is read from debug information inside of the assembly, which is compressed.
    private static void WakeDiagnostics()
    {
        try
        {
            throw new InvalidOperationException("Raised to be described.");
        }
        catch (InvalidOperationException exception)
        {
            _ = new StackTrace(exception, fNeedFileInfo: true).ToString();
        }

        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write("packed"u8);
        }

        packed.Position = 0;
        using var inflate = new DeflateStream(packed, CompressionMode.Decompress);
        _ = inflate.ReadByte();
    }

    private static void WakeSerialisation()
    {
        _ = JsonSerializer.Deserialize(
            """{"symbol":"A","assetClass":"stock","parameters":{"n":1.5},"seed":1,"cash":1,"positionQuantity":0,"positionAveragePrice":0}""",
            ContractsJson.Default.LoadFrame);
        _ = JsonSerializer.SerializeToElement(1);
        _ = JsonSerializer.SerializeToElement(1.5);
        _ = JsonSerializer.SerializeToElement(true);
        _ = JsonSerializer.SerializeToElement("text");
    }
}
