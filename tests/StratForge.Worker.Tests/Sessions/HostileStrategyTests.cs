namespace StratForge.Worker.Tests.Sessions;

/// <summary>Strategies that break what they may, each beside a neighbour that trades on.</summary>
[Collection(nameof(Platform))]
public sealed class HostileStrategyTests(Platform platform) : IAsyncLifetime
{
    private const string Neighbour = """
        from stratforge import *

        class Neighbour(Strategy):
            def on_bar(self, bar):
                return self.buy(1)
        """;

    public static TheoryData<string, string, string, string> Strategies => new()
    {
        { "EVENT_TIMEOUT", "csharp", "spins", InOnBar("while (true) { }") },
        { "EVENT_TIMEOUT", "python", "spins", InOnBarOfPython("while True: pass") },
        { "STRATEGY_ERROR", "csharp", "emits eleven signals at once", InOnBar("for (var i = 0; i < 11; i++) Buy(1);") },
        { "SIGNAL_LIMIT", "csharp", "emits too many signals in a minute", InOnBar("for (var i = 0; i < 6; i++) Buy(1);") },
        { "SIGNAL_LIMIT", "python", "emits too many signals in a minute", InOnBarOfPython("for i in range(6): self.buy(1)") },
        { "OUTPUT_LIMIT", "python", "floods its log", InOnBarOfPython("while True: print('x' * 65536)") },
        { "MEMORY_LIMIT", "csharp", "eats memory", InOnBar("var hoard = new System.Collections.Generic.List<byte[]>(); while (true) hoard.Add(new byte[1 << 20]);") },
        { "MEMORY_LIMIT", "python", "eats memory", InOnBarOfPython("hoard = []", "while True: hoard.append(bytearray(1 << 20))") },
        { "STRATEGY_ERROR", "csharp", "throws", InOnBar("throw new System.InvalidOperationException(\"no\");") },
        { "STRATEGY_ERROR", "python", "throws", InOnBarOfPython("raise ValueError('no')") },
        { "CRASHED", "csharp", "overflows its stack", "using StratForge.Strategies; public sealed class Deep : Strategy { int Fall(int n) => n + Fall(n + 1) + n; public override Signal? OnBar(Bar bar) { Fall(0); return null; } }" },
        { "INIT_TIMEOUT", "python", "never finishes to load", "from stratforge import *\nwhile True: pass" },
        { "COMPILE_ERROR", "csharp", "does not compile", InOnBar("var x = nonsense;") },
        { "STRATEGY_ERROR", "python", "has no strategy", "x = 1" },
    };

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task A_strategy_that_breaks_a_limit_fails_with_a_reason_while_its_neighbour_trades_on(
        string code, string language, string what, string source)
    {
        Assert.NotEmpty(what);
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(
            platform,
            ("Worker:Limits:EventCpu", "00:00:00.5"),
            ("Worker:Limits:SignalsPerMinute", "5"),
            ("Worker:Limits:Start", "00:00:02"));
        var neighbour = await platform.StartSessionAsync(symbol, "python", Neighbour);
        await platform.StatusBecomesAsync(neighbour, "RUNNING");
        var hostile = await platform.StartSessionAsync(symbol, language, source);
        await Platform.EventuallyAsync(
            async () => await platform.StatusAsync(hostile) is "RUNNING" or "FAILED", () => Task.FromResult("it never started"));

        await platform.BarsAsync(symbol, 2, 4);

        await platform.StatusBecomesAsync(hostile, "FAILED");
        Assert.StartsWith(code + ": ", await platform.FailureAsync(hostile), StringComparison.Ordinal);
        Assert.InRange((await platform.FailureAsync(hostile)).Length, code.Length + 10, 2_200);
        Assert.Equal([2L, 3, 4], (await platform.SignalsAsync(neighbour, 3)).Select(signal => signal.EventSeq));
        Assert.Equal("RUNNING", await platform.StatusAsync(neighbour));
        Assert.Single(Hosts());
    }

    // Hosts are children of this process, where the worker runs.
    private static IEnumerable<string> Hosts() => Directory.GetDirectories("/proc")
        .Where(path => int.TryParse(Path.GetFileName(path), out var id) && WorkerProcess.ParentOf(id) == Environment.ProcessId)
        .Select(CommandOf)
        .Where(command => command.Contains("host/main.py", StringComparison.Ordinal) || command.Contains("StrategyHost.dll\0run", StringComparison.Ordinal));

    private static string CommandOf(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string InOnBar(string statements) =>
        $$"""
        using StratForge.Strategies;
        public sealed class Hostile : Strategy
        {
            public override Signal? OnBar(Bar bar)
            {
                {{statements}}
                return null;
            }
        }
        """;

    private static string InOnBarOfPython(params string[] statements) =>
        string.Join('\n', ["from stratforge import *", "class Hostile(Strategy):", "    def on_bar(self, bar):", .. statements.Select(line => "        " + line)]);
}
