using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.Streams;

/// <summary>A process that relays from a bus to WebSocket clients: the gateway, or one of those it is measured beside.</summary>
/// <param name="name">In the report.</param>
/// <param name="pid">Its process.</param>
/// <param name="port">Where it listens on the loopback address.</param>
/// <param name="speaks">What its clients speak.</param>
/// <param name="bus">Publishes what it relays.</param>
internal sealed class Relayer(string name, int pid, int port, Dialect speaks, Publisher bus) : IDisposable
{
    /// <summary>First argument of this program when it is to be one.</summary>
    public const string Verb = "streams-relayer";

    public string Name => name;

    public int Port => port;

    public Dialect Speaks => speaks;

    public Publisher Bus => bus;

    /// <summary>Who its clients are; null where nobody asks.</summary>
    public string? Token { get; init; }

    /// <summary>What ends with it: a process whose input is closed then.</summary>
    public Process? Child { get; init; }

    /// <summary>CPU time that it has used so far.</summary>
    public TimeSpan Cpu => ProcessTree.CpuOf(pid);

    /// <summary>Bytes that it holds in memory.</summary>
    public long Resident => ProcessTree.ResidentOf(pid);

    /// <summary>This program again, as one of those it is measured beside.</summary>
    public static async Task<Relayer> StartAsync(Dialect dialect, string redis)
    {
        var start = OwnChild.Of(Verb);
        start.ArgumentList.Add(dialect == Dialect.SignalR ? "signalr" : "naive");
        start.ArgumentList.Add(redis);
        // As the gateway: one heap, no dynamic profiling.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        var child = Process.Start(start)!;
        var address = await child.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The relayer did not start.");
        return new Relayer(dialect == Dialect.SignalR ? "SignalR" : "naive loop", child.Id, new Uri(address).Port, dialect, Publisher.ToRedis(redis)) { Child = child };
    }

    /// <summary>Closes its input, which ends it.</summary>
    public void Dispose()
    {
        bus.Dispose();
        if (Child is { } child)
        {
            child.StandardInput.Close();
            child.WaitForExit();
            child.Dispose();
        }
    }

    /// <summary>How a client of the relayed topic begins.</summary>
    public Hello RelayHello(string topic) => speaks switch
    {
        Dialect.Gateway => new Hello("/ws/stream", Token, null),
        Dialect.SignalR => new Hello("/hub", null, SignalRHandshake),
        Dialect.Nats => new Hello("/", null, Subscribe([topic])),
        _ => new Hello("/relay", null, null),
    };

    /// <summary>How a client of some symbols begins.</summary>
    public Hello QuotesHello(string[] symbols) => speaks switch
    {
        Dialect.Gateway => new Hello("/market", Token, JsonSerializer.Serialize(new { action = "subscribe", channels = new[] { "quotes" }, symbols })),
        Dialect.SignalR => new Hello(string.Create(CultureInfo.InvariantCulture, $"/hub?symbols={string.Join(',', symbols)}"), null, SignalRHandshake),
        Dialect.Nats => new Hello("/", null, Subscribe([.. symbols.Select(StreamMessages.QuotesOf)])),
        _ => new Hello(string.Create(CultureInfo.InvariantCulture, $"/market?symbols={string.Join(',', symbols)}"), null, null),
    };

    private static string SignalRHandshake => "{\"protocol\":\"json\",\"version\":1}\u001e";

    private static string Subscribe(string[] subjects) =>
        "CONNECT {\"verbose\":false}\r\n" + string.Concat(subjects.Select((subject, id) => string.Create(CultureInfo.InvariantCulture, $"SUB {subject} {id + 1}\r\n")));
}

/// <summary>What clients of a relayer speak.</summary>
internal enum Dialect
{
    Gateway,
    Naive,
    SignalR,
    Nats,
}

/// <summary>How a client begins.</summary>
/// <param name="Path">Where it connects.</param>
/// <param name="Token">Who it is; null for nobody.</param>
/// <param name="Words">What it says first; null for nothing.</param>
internal readonly record struct Hello(string Path, string? Token, string? Words);
