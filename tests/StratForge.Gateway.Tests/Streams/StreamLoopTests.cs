using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using StratForge.Gateway.Streams;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;
using StratForge.Gateway.Streams.Wires;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Streams;

/// <summary>One loop by itself, with a clock and a wire in the test's hand.</summary>
public sealed class StreamLoopTests : IAsyncDisposable
{
    private static readonly StreamOptions s_options = new();

    private readonly ManualClock _clock = new();
    private readonly HandWire _wire = new();
    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=nowhere.invalid");
    private readonly UserEventStore _store;
    private readonly StreamTelemetry _telemetry = new();
    private readonly StreamLoop _loop;
    private readonly StreamClient _client;

    public StreamLoopTests()
    {
        _store = new UserEventStore(_nowhere);
        _loop = new StreamLoop(s_options, _store, isAlone: false, _telemetry, _clock, NullLogger.Instance);
        _client = new StreamClient(_wire, StreamForm.WebSocket);
    }

    public async ValueTask DisposeAsync()
    {
        _loop.Stop();
        _loop.Dispose();
        _store.Dispose();
        _telemetry.Dispose();
        await _nowhere.DisposeAsync();
    }

    [Fact]
    public void A_client_that_was_dropped_before_its_sign_in_was_known_is_relayed_nothing()
    {
        _loop.Join(_client, null, null, TimeSpan.FromSeconds(5));
        _loop.Leave(_client);

        _loop.SignedIn(_client, Guid.CreateVersion7(_clock.GetUtcNow()), null, new Topic(0, "levels.signals", null, ""));

        Assert.Null(_client.Relay);
        Assert.Null(_client.FamilyId);
    }

    [Fact]
    public async Task A_slow_client_that_takes_all_it_is_sent_is_pinged_and_stays()
    {
        var running = _loop.RunAsync();
        _loop.Post(() => _loop.Join(_client, "greeting"u8.ToArray(), null, TimeSpan.Zero));
        await _wire.NextAsync();

        // Something waits for it at any time, and it takes nothing for ten seconds, five short of being dropped.
        var pings = 0;
        for (var i = 0; i < 9; i++)
        {
            _loop.Post(() => _loop.Answer(_client, "more"u8.ToArray()));
            _clock.Advance(TimeSpan.FromSeconds(10));
            await _loop.AskAsync(() =>
            {
                _loop.Tick();
                return true;
            });
            _wire.Take();
            pings += (await _wire.NextAsync()).AsSpan().IndexOf((byte)0x89) >= 0 ? 1 : 0;
        }

        Assert.Equal(4, pings);
        Assert.False(_client.IsClosing);
        Assert.Equal(0, _client.GoneBy);
        _loop.Stop();
        _wire.Take();
        await running;
    }

    /// <summary>Takes one send at a time, when it is told to.</summary>
    private sealed class HandWire : Wire
    {
        private readonly Channel<byte[]> _sent = Channel.CreateUnbounded<byte[]>();
        private TaskCompletionSource _taken = new();

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
        {
            _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _sent.Writer.TryWrite(bytes.ToArray());
            return new ValueTask(_taken.Task);
        }

        public override void Abort()
        {
        }

        /// <summary>What was sent next.</summary>
        public Task<byte[]> NextAsync() => _sent.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));

        /// <summary>Takes what was sent last.</summary>
        public void Take() => _taken.TrySetResult();
    }
}
