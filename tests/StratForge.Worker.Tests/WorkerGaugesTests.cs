using System.Diagnostics.Metrics;
using System.Globalization;

namespace StratForge.Worker.Tests;

/// <summary>What an operator sees of a worker that falls behind.</summary>
public sealed class WorkerGaugesTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string BuyEachBar = """
        from stratforge import *

        class EachBar(Strategy):
            def on_bar(self, bar):
                return self.buy(1)
        """;

    // Its own arithmetic is what kills it, at the second bar.
    private const string CrashesAtTheSecondBar = """
        using StratForge.Strategies;
        public sealed class Deep : Strategy
        {
            private int _bars;
            public override Signal? OnBar(Bar bar) => ++_bars > 1 ? Buy(Fall(1)) : null;
            private static double Fall(double from) => from + Fall(from + 1) + 1;
        }
        """;

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task What_waits_for_hosts_and_for_the_gateway_shows_until_it_is_done()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 3);
        await using var worker = await RunningWorker.StartAsync(platform, ("Worker:ConcurrentJobs", "0"));
        using var gauges = new Gauges(worker.Service<WorkerGauges>().Meter);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBar);
        await gauges.BecomeAsync("stratforge.worker.sessions live", value => value == 1);
        Assert.Equal(0, gauges.Read("stratforge.worker.queued"));
        var (bars, signals) = await CountsAsync(worker);

        // Three failures and it is set aside for five seconds; the session waits for the answer.
        platform.Respond = _ => throw new InvalidOperationException("no answer today");
        await platform.BarsAsync(symbol, 4, 8);
        await platform.Database.ExecuteAsync(
            "insert into worker_jobs (id, user_id, kind, request, created_at) values ($1, $2, 'validate', '{}', now())", Platform.NewId(), await platform.NewUserAsync());

        await gauges.BecomeAsync("stratforge.worker.queued", value => value == 4);
        await gauges.BecomeAsync("stratforge.worker.signals.waiting", value => value == 1);
        Assert.Equal(4, gauges.Read("stratforge.worker.queued.deepest"));
        await gauges.BecomeAsync("stratforge.worker.bar.lag.longest", value => value >= 1);

        platform.Respond = Platform.Accept;
        await platform.SignalsAsync(session, 5);

        await gauges.BecomeAsync("stratforge.worker.queued", value => value == 0);
        await gauges.BecomeAsync("stratforge.worker.signals.waiting", value => value == 0);
        await gauges.BecomeAsync("stratforge.worker.jobs.waiting", value => value == 1);
        await gauges.BecomeAsync("stratforge.worker.bar.lag.longest", value => value == 0);
        var (barsAfter, signalsAfter) = await CountsAsync(worker);
        // Other workers of this process count on the same page.
        Assert.True(barsAfter > bars, $"{bars} hand-overs were measured before, {barsAfter} after");
        Assert.True(signalsAfter >= signals + 5, $"{signals} deliveries were measured before, {signalsAfter} after");
    }

    [Fact]
    public async Task Sessions_in_line_for_their_start_and_restarts_are_counted()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 3);
        await using var worker = await RunningWorker.StartAsync(
            platform, ("Worker:ConcurrentStarts", "1"), ("Worker:Limits:RestartAfter:0", "00:00:00.1"));
        using var gauges = new Gauges(worker.Service<WorkerGauges>().Meter);
        var session = await platform.StartSessionAsync(symbol, "csharp", CrashesAtTheSecondBar);
        await gauges.BecomeAsync("stratforge.worker.sessions live", value => value == 1);
        await platform.BarsAsync(symbol, 4, 5);
        await platform.StatusBecomesAsync(session, "FAILED");
        Assert.True(ValueOf(await PageAsync(worker), "stratforge_worker_restarts_total{") >= 1);

        for (var i = 0; i < 6; i++)
        {
            await platform.StartSessionAsync(symbol, "python", BuyEachBar);
        }

        await gauges.BecomeAsync("stratforge.worker.starts.waiting", value => value > 0);
        await gauges.BecomeAsync("stratforge.worker.starts.waiting", value => value == 0);
        await gauges.BecomeAsync("stratforge.worker.sessions live", value => value == 6);
    }

    private static async Task<(double Bars, double Signals)> CountsAsync(RunningWorker worker)
    {
        var page = await PageAsync(worker);
        return (ValueOf(page, "stratforge_worker_bar_lag_seconds_count "), ValueOf(page, "stratforge_worker_signal_duration_seconds_count "));
    }

    private static async Task<string> PageAsync(RunningWorker worker)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{worker.Address}/metrics"));
    }

    private static double ValueOf(string page, string beginning) => page.Split('\n')
        .Where(line => line.StartsWith(beginning, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Reads one worker's gauges.</summary>
    private sealed class Gauges : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

        public Gauges(Meter meter)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>(Note);
            _listener.Start();

            void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state = null) =>
                _values[tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}"] = value;
        }

        public double Read(string name)
        {
            _listener.RecordObservableInstruments();
            return _values[name];
        }

        public Task BecomeAsync(string name, Func<double, bool> accepted) => Platform.EventuallyAsync(
            () => Task.FromResult(accepted(Read(name))), () => Task.FromResult($"{name} is still {Read(name)}"));

        public void Dispose() => _listener.Dispose();
    }
}
