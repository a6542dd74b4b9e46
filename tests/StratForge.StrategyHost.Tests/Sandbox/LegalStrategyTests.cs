using System.Text;
using System.Text.Json.Nodes;

namespace StratForge.StrategyHost.Tests.Sandbox;

/// <summary>What honest strategies do works in every mode of the cage and with every version of what it is made of.</summary>
public sealed class LegalStrategyTests
{
    public static TheoryData<string, int> Kernels
    {
        get
        {
            var kernels = new TheoryData<string, int>();
            for (var landlock = 0; landlock <= HostProcess.Landlock; landlock++)
            {
                kernels.Add("csharp", landlock);
                kernels.Add("python", landlock);
            }

            return kernels;
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task A_rich_strategy_runs_and_its_fault_has_a_line(string language, int landlock)
    {
        var code = language == "csharp" ? Samples.Compiled(Samples.Read("Rich.cs")) : Encoding.UTF8.GetBytes(Samples.Read("rich.py"));
        await using var host = await HostProcess.StartAsync(language, ("STRATFORGE_CAGE_LANDLOCK", $"{landlock}"));
        var ready = await host.ReadAsync();
        Assert.Equal(landlock == 0 ? "seccomp-only" : "full", (string?)ready["cage"]);
        Assert.Equal(8, ready["probes"]!.AsObject().Count);
        Assert.All(ready["probes"]!.AsObject(), probe => Assert.Equal("denied", (string?)probe.Value));
        await host.LoadAsync(code, language == "csharp" ? new { Depth = 3 } : new { depth = 3 });
        Assert.Equal("loaded", (string?)(await host.ReadAsync())["type"]);

        await host.BarAsync(1, 100);
        var second = await host.BarAsync(2, 101);
        var third = await host.BarAsync(3, 102);

        Assert.Equal("BUY", (string?)second["signals"]?[0]?["action"]);
        Assert.Equal(language == "csharp" ? CSharpLogs : PythonLogs, Logs(second));
        Assert.Equal("STRATEGY_ERROR", (string?)third["code"]);
        Assert.StartsWith(
            language == "csharp" ? "DivideByZeroException in OnBar, line 34: " : "ZeroDivisionError in on_bar, line 54: ",
            (string?)third["message"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Landlock_sources_are_compiled_all_the_same()
    {
        await using var host = await HostProcess.StartAsync("compile", ("STRATFORGE_CAGE_LANDLOCK", "0"));
        Assert.Equal("seccomp-only", (string?)(await host.ReadAsync())["cage"]);

        await host.SendRawAsync(Encoding.UTF8.GetBytes(Samples.Read("Rich.cs")));
        Assert.Equal("compiled", (string?)(await host.ReadAsync())["type"]);
        Assert.Equal(Samples.Compiled(Samples.Read("Rich.cs")), await host.ReadRawAsync());

        await host.SendRawAsync(Encoding.UTF8.GetBytes(Samples.Class("File.Delete(\"/tmp/x\");")));
        Assert.Equal("COMPILE_ERROR", (string?)(await host.ReadAsync())["code"]);
    }

    [Fact]
    public async Task Without_Landlock_a_module_that_is_not_loaded_is_refused_with_the_reason()
    {
        await using var host = await HostProcess.StartAsync("python", ("STRATFORGE_CAGE_LANDLOCK", "0"));
        await host.ReadAsync();

        await host.LoadAsync(Encoding.UTF8.GetBytes("import sqlite3\nclass A(Strategy):\n    pass\n"));

        var error = await host.ReadAsync();
        Assert.Equal("STRATEGY_ERROR", (string?)error["code"]);
        Assert.Contains("sqlite3 can't be imported on this machine: its kernel has no Landlock", (string?)error["message"], StringComparison.Ordinal);
    }

    private static readonly string[] CSharpLogs =
    [
        "queries: 2 63 Level { Price = 1, Size = 7 } Calm 0,1,1,2,3,5,8,13",
        "texts: lpaa 190.50 Fri",
        "numbers: 0.3 698635 7.483 1.414214 True",
        "memory: True 16",
        "errors: OverflowException FormatException IndexOutOfRangeException",
    ];

    private static readonly string[] PythonLogs =
    [
        "queries: 63 7 2 CALM [0, 1, 1, 2, 3, 5, 8, 13]",
        "texts: lpaa 190.50 Fri",
        "numbers: 0.3 698635 1/2 1.527525 1.414214 True",
        "memory: True 20",
        "errors: KeyError chained",
    ];

    private static IEnumerable<string> Logs(JsonNode done) => done["logs"]!.AsArray().Select(line => (string)line!["message"]!);
}
