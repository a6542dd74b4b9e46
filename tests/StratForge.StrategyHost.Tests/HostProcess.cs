using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Tests;

/// <summary>A real host as a child of the tests, spoken to as a worker does.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A host dies with the thread that started it; one of the test runner's may end at any time.
    private static readonly BlockingCollection<Action> Starts = StartingThread();

    private readonly Process _process;
    private readonly Task<string> _log;

    private HostProcess(Process process)
    {
        _process = process;
        _log = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Version of this kernel's Landlock; 0 when there is none.</summary>
    public static int Landlock { get; } = Math.Max(0, StratForge.StrategyHost.Sandbox.Landlock.Version(SystemCalls.OfThisMachine()));

    public int Id => _process.Id;

    /// <summary>Starts a host; its first frame is not read yet.</summary>
    public static Task<HostProcess> StartAsync(string kind, params (string Name, string Value)[] environment)
    {
        var started = new TaskCompletionSource<HostProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StratForge.StrategyHost.dll"), "launch", kind])
            {
                WorkingDirectory = "/",
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment.Clear();
            start.Environment["SECRET"] = "do-not-tell";
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            started.SetResult(new HostProcess(Process.Start(start)!));
        });
        return started.Task;
    }

    /// <summary>A caged host that has loaded a strategy: <paramref name="code"/> is an assembly or Python source.</summary>
    public static async Task<HostProcess> LoadedAsync(
        string kind, byte[] code, object? parameters = null, string symbol = "SPY", double held = 0, object? state = null)
    {
        var host = await StartAsync(kind);
        Assert.Equal("ready", (string?)(await host.ReadAsync())["type"]);
        await host.LoadAsync(code, parameters, symbol, held, state);
        var loaded = await host.ReadAsync();
        Assert.True((string?)loaded["type"] == "loaded", loaded.ToJsonString());
        return host;
    }

    public async Task LoadAsync(byte[] code, object? parameters = null, string symbol = "SPY", double held = 0, object? state = null)
    {
        await SendAsync(new
        {
            type = "load",
            symbol,
            assetClass = symbol.Contains('/', StringComparison.Ordinal) ? "crypto" : "stock",
            parameters = parameters ?? new { },
            seed = 7,
            cash = 100_000,
            positionQuantity = held,
            positionAveragePrice = held == 0 ? 0 : 100,
            state,
        });
        await SendRawAsync(code);
    }

    public Task SendAsync(object frame) => SendRawAsync(JsonSerializer.SerializeToUtf8Bytes(frame));

    /// <summary>Sends several frames in one write.</summary>
    public Task SendTogetherAsync(params object[] frames) => WriteAsync(frames.SelectMany(frame =>
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(frame);
        var header = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, json.Length);
        return header.Concat(json);
    }).ToArray());

    public async Task SendRawAsync(ReadOnlyMemory<byte> frame)
    {
        var header = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, frame.Length);
        await WriteAsync(header);
        await WriteAsync(frame);
    }

    /// <summary>Writes bytes as they are, no frame around them.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _process.StandardInput.BaseStream.WriteAsync(bytes);
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    public async Task<JsonNode> ReadAsync() => JsonNode.Parse(await ReadRawAsync())!;

    public async Task<byte[]> ReadRawAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var header = new byte[4];
        await _process.StandardOutput.BaseStream.ReadExactlyAsync(header, deadline.Token);
        var frame = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
        await _process.StandardOutput.BaseStream.ReadExactlyAsync(frame, deadline.Token);
        return frame;
    }

    /// <summary>Sends an event and reads its answer.</summary>
    public async Task<JsonNode> AskAsync(object frame)
    {
        await SendAsync(frame);
        return await ReadAsync();
    }

    /// <summary>Sends one bar that traded at one price.</summary>
    public Task<JsonNode> BarAsync(long seq, double close) =>
        AskAsync(new { type = "bar", seq, t = 1_380_873_600_000 + (seq * 60_000), o = close, h = close, l = close, c = close, v = 100 });

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits for the end: the exit code as the runtime tells it (128 + signal), and all that came over standard error.</summary>
    public async Task<(int Code, string Log)> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return (_process.ExitCode, await _log);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await ExitAsync();
        _process.Dispose();
    }

    private static BlockingCollection<Action> StartingThread()
    {
        var starts = new BlockingCollection<Action>(boundedCapacity: 100);
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "starts hosts" }.Start();
        return starts;
    }
}
