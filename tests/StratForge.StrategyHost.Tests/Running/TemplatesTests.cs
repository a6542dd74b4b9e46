using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StratForge.Strategies;

namespace StratForge.StrategyHost.Tests.Running;

/// <summary>The bundled templates, run by the real hosts: on the same bars both languages do the same, to the last field.</summary>
public sealed class TemplatesTests
{
    private const int MostBars = 2_400;
    private static readonly string Folder = Path.Combine(Tree.Root, "services", "StratForge.Gateway", "Strategies", "Templates");
    private static readonly ConcurrentDictionary<string, byte[]> Compiled = new(StringComparer.Ordinal);

    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (var name in Directory.GetFiles(Folder, "*.py").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal))
            {
                runs.Add(name, "generated");
                if (RealBars("SPY-1m-2013-10.csv") is not null)
                {
                    runs.Add(name, "SPY-1m-2013-10.csv");
                }

                // The others keep the exchange's hours.
                if (name is "sma_cross" or "turtle" && RealBars("BTCUSD-1m-2018-04.csv") is not null)
                {
                    runs.Add(name, "BTCUSD-1m-2018-04.csv");
                }
            }

            return runs;
        }
    }

    [Fact]
    public void There_are_eight_in_both_languages() => Assert.Equal(
        Directory.GetFiles(Folder, "*.py").Select(file => Path.GetFileNameWithoutExtension(file).Replace("_", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        Directory.GetFiles(Folder, "*.cs").Select(file => Path.GetFileNameWithoutExtension(file).ToLowerInvariant()).Order(StringComparer.Ordinal) is var names && names.Count() == 8 ? names : []);

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_template_does_the_same_in_both_languages(string name, string data)
    {
        var bars = data == "generated" ? Generated("SPY", seed: 5) : RealBars(data)!;
        var symbol = bars[0].Symbol;
        await using var csharp = await PlayedRun.StartAsync("csharp", CSharp(name), symbol, NoParameters);
        await using var python = await PlayedRun.StartAsync("python", await File.ReadAllBytesAsync(Path.Combine(Folder, name + ".py")), symbol, NoParameters);
        Assert.Equal(csharp.Symbols, python.Symbols);
        if (csharp.Symbols is [_, var other])
        {
            bars = [.. bars.Concat(Beside(bars, other)).OrderBy(bar => bar.OpensAtMs).ThenBy(bar => bar.Symbol, StringComparer.Ordinal)];
        }

        await Task.WhenAll(csharp.PlayAsync(bars), python.PlayAsync(bars));

        Assert.NotEmpty(csharp.Signals);
        Assert.Equal(csharp.Signals.Count, python.Signals.Count);
        foreach (var (one, same) in csharp.Signals.Zip(python.Signals))
        {
            Assert.Equal((one.Seq, one.Signal with { Metadata = null }), (same.Seq, same.Signal with { Metadata = null }));
            Assert.Equal(one.Signal.Metadata is null, same.Signal.Metadata is null);
            Assert.True(one.Signal.Metadata is not { } metadata || JsonElement.DeepEquals(metadata, same.Signal.Metadata!.Value));
        }

        Assert.Equal(csharp.Plots, python.Plots);
        Assert.Equal(csharp.Marks, python.Marks);
        Assert.Equal(csharp.State, python.State);
        Assert.Equal(csharp.Hash, python.Hash);
    }

    private static Dictionary<string, JsonElement> NoParameters => [];

    private static byte[] CSharp(string name) => Compiled.GetOrAdd(name, static name =>
    {
        var file = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name.Replace('_', ' ')).Replace(" ", "", StringComparison.Ordinal) + ".cs";
        return Samples.Compiled(File.ReadAllText(Path.Combine(Folder, file)));
    });

    // Three days of the exchange's hours, with a minute missing now and then.
    private static Bar[] Generated(string symbol, long seed)
    {
        var random = new SeededRandom(seed);
        var open = new DateTimeOffset(2024, 1, 8, 14, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var bars = new List<Bar>();
        var close = 470.0;
        for (var day = 0; day < 3; day++)
        {
            var drift = (random.NextDouble() - 0.5) * 0.0004;
            for (var minute = 0; minute < 390; minute++)
            {
                var before = close;
                close = Math.Round(before * (1 + drift + ((random.NextDouble() - 0.5) * 0.003)), 2);
                if (random.NextInt(0, 40) > 0)
                {
                    bars.Add(new Bar(
                        symbol, open + (day * 86_400_000L) + (minute * Bar.LengthMs), before, Math.Max(before, close) + 0.07, Math.Min(before, close) - 0.05, close,
                        random.NextInt(1, 5_000)));
                }
            }
        }

        return [.. bars];
    }

    // A second symbol that strays from the first and comes back.
    private static IEnumerable<Bar> Beside(Bar[] bars, string symbol)
    {
        var random = new SeededRandom(9);
        var astray = 0.0;
        foreach (var bar in bars)
        {
            astray = (astray * 0.97) + ((random.NextDouble() - 0.5) * 0.004);
            var close = Math.Round(bar.Close * 0.8 * (1 + astray), 2);
            if (random.NextInt(0, 30) > 0)
            {
                yield return bar with { Symbol = symbol, Open = close, High = close, Low = close, Close = close };
            }
        }
    }

    private static Bar[]? RealBars(string name)
    {
        for (var folder = new DirectoryInfo(Tree.Root); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(file))
            {
                return [.. File.ReadLines(file, Encoding.UTF8).Skip(1).Take(MostBars).Select(Parse)];
            }
        }

        return null;
    }

    private static Bar Parse(string line)
    {
        var fields = line.Split(',');
        double Number(int place) => double.Parse(fields[place], CultureInfo.InvariantCulture);
        return new Bar(
            fields[0], DateTimeOffset.Parse(fields[1], CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), Number(2), Number(3), Number(4), Number(5), Number(6));
    }
}
