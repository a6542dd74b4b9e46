using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StratForge.Alpaca;
using StratForge.Gateway.Market;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Market;

/// <summary>Bars fetched from a broker whose every page is the test's.</summary>
public sealed class DownloadTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    private static readonly DateTimeOffset Opening = new(2024, 1, 2, 14, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Bars_come_page_by_page_and_those_that_cannot_be_true_are_told()
    {
        var history = new ScriptedHistory();
        await using var gateway = await StartAsync(history);
        var user = await gateway.NewUserAsync();
        history.Pages["FETCH"] = [[Bar("FETCH", 0), Bar("FETCH", 1)], [Bar("FETCH", 2), Bar("FETCH", 3) with { Low = 1.5m }]];
        history.Pages["OTHER"] = [[Bar("OTHER", 0)]];
        history.Failures.Enqueue(Failure(HttpStatusCode.TooManyRequests, "too many requests."));

        var asked = await AskAsync(user, "FETCH", "OTHER");
        var job = await EndAsync(user, asked);

        Assert.Equal("COMPLETED", job.GetProperty("status").GetString());
        Assert.Equal((1d, 5L, 4L, 0L, 1L), (
            job.GetProperty("progress").GetDouble(), job.GetProperty("lines").GetInt64(), job.GetProperty("stored").GetInt64(), job.GetProperty("known").GetInt64(), job.GetProperty("rejected").GetInt64()));
        Assert.Contains("the low is above open or close", job.GetProperty("problems")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(3L, await database.ValueAsync<long>("select count(*) from market_data where symbol = 'FETCH' and seq is null"));
        Assert.Equal(0, (await EndAsync(user, await AskAsync(user, "OTHER"))).GetProperty("stored").GetInt64());
    }

    [Fact]
    public async Task A_download_can_be_stopped_and_keeps_what_it_has()
    {
        var history = new ScriptedHistory { Gate = new SemaphoreSlim(1) };
        await using var gateway = await StartAsync(history);
        var user = await gateway.NewUserAsync();
        history.Pages["STOP"] = [[Bar("STOP", 0)], [Bar("STOP", 1)], [Bar("STOP", 2)]];
        var id = await AskAsync(user, "STOP");
        await Eventually.BecomesAsync(() => user.GetAsync($"/api/market-data/jobs/{id}"), job => job.GetProperty("stored").GetInt64() == 1);

        using var canceled = await user.Http.DeleteAsync($"/api/market-data/jobs/{id}");
        history.Gate.Release();
        var job = await EndAsync(user, id);
        using var again = await user.Http.DeleteAsync($"/api/market-data/jobs/{id}");

        Assert.Equal(HttpStatusCode.OK, canceled.StatusCode);
        Assert.Equal(("CANCELED", 2L), (job.GetProperty("status").GetString(), job.GetProperty("stored").GetInt64()));
        await Client.ProblemOf(again, HttpStatusCode.Conflict);
        var stranger = await gateway.NewUserAsync();
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/market-data/jobs/{id}");
    }

    [Fact]
    public async Task A_download_whose_gateway_died_goes_on_where_it_stood()
    {
        var history = new ScriptedHistory();
        history.Pages["RESUME"] = [[Bar("RESUME", 5)]];
        var id = Guid.CreateVersion7(Opening);
        await using var gateway = await StartAsync(history);
        var user = await gateway.NewUserAsync();
        await database.ExecuteAsync("""
            insert into market_data_jobs (id, user_id, kind, status, symbols, timeframe, starts_at, ends_at, next_symbol, next_at, created_at, started_at, heartbeat_at)
            values ($1, $2, 'download', 'RUNNING', array['GONE', 'RESUME'], '1m', $3, $4, 1, $5, $3, $3, $3)
            """, id, user.Id, Opening, Opening.AddMinutes(9), Opening.AddMinutes(5));

        var job = await EndAsync(user, id);

        Assert.Equal("COMPLETED", job.GetProperty("status").GetString());
        Assert.Equal([("RESUME", Opening.AddMinutes(5))], history.Asked);
    }

    [Fact]
    public async Task Owners_take_turns_symbol_by_symbol_however_much_one_of_them_asked_for()
    {
        var history = new ScriptedHistory { Gate = new SemaphoreSlim(0) };
        await using var gateway = await StartAsync(history);
        var (first, second) = (await gateway.NewUserAsync(), await gateway.NewUserAsync());
        foreach (var symbol in (string[])["LOTA", "LOTB", "LOTC", "MOREA", "FEWA", "FEWB"])
        {
            history.Pages[symbol] = [[Bar(symbol, 0)]];
        }

        var lot = await AskAsync(first, "LOTA", "LOTB", "LOTC");
        await Eventually.BecomesAsync(() => Task.FromResult(history.Asked.Count), asked => asked == 1);
        var more = await AskAsync(first, "MOREA");
        var few = await AskAsync(second, "FEWA", "FEWB");
        history.Gate.Release(6);
        JsonElement[] ended = [await EndAsync(first, lot), await EndAsync(first, more), await EndAsync(second, few)];

        Assert.Equal(["LOTA", "FEWA", "LOTB", "FEWB", "LOTC", "MOREA"], history.Asked.Select(asked => asked.Symbol));
        Assert.All(ended, job => Assert.Equal("COMPLETED", job.GetProperty("status").GetString()));
        Assert.Equal([3L, 1, 2], ended.Select(job => job.GetProperty("stored").GetInt64()));
    }

    [Fact]
    public async Task A_gateway_that_another_took_a_download_from_leaves_it_alone()
    {
        var history = new ScriptedHistory { Gate = new SemaphoreSlim(0) };
        await using var gateway = await StartAsync(history);
        var (user, other) = (await gateway.NewUserAsync(), await gateway.NewUserAsync());
        history.Pages["TAKEN"] = [[Bar("TAKEN", 0)]];
        history.Pages["NEXT"] = [[Bar("NEXT", 0)]];
        var taken = await AskAsync(user, "TAKEN");
        await Eventually.BecomesAsync(() => Task.FromResult(history.Asked.Count), asked => asked == 1);

        await database.ExecuteAsync("update market_data_jobs set turn = turn + 1 where id = $1", taken);
        history.Gate.Release(2);
        await EndAsync(other, await AskAsync(other, "NEXT"));

        var job = await user.GetAsync($"/api/market-data/jobs/{taken}");
        Assert.Equal(("RUNNING", 0L), (job.GetProperty("status").GetString(), job.GetProperty("lines").GetInt64()));
        await database.ExecuteAsync("delete from market_data_jobs where id = $1", taken);
    }

    [Fact]
    public async Task What_the_broker_refuses_fails_with_its_reason()
    {
        var history = new ScriptedHistory();
        await using var gateway = await StartAsync(history);
        var user = await gateway.NewUserAsync();
        history.Failures.Enqueue(Failure(HttpStatusCode.Forbidden, "subscription does not permit querying recent SIP data"));

        var job = await EndAsync(user, await AskAsync(user, "SIP"));

        Assert.Equal("FAILED", job.GetProperty("status").GetString());
        Assert.StartsWith("The broker does not give these bars: ", job.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"symbols":[],"start":"2024-01-02T00:00:00Z"}""")]
    [InlineData("""{"symbols":["spy"],"start":"2024-01-02T00:00:00Z"}""")]
    [InlineData("""{"symbols":["SPY"]}""")]
    [InlineData("""{"symbols":["SPY"],"start":"2024-01-02T00:00:00Z","end":"2023-01-02T00:00:00Z"}""")]
    [InlineData("""{"symbols":["SPY"],"start":"2010-01-02T00:00:00Z","end":"2024-01-02T00:00:00Z"}""")]
    [InlineData("""{"symbols":["SPY"],"start":"2010-01-02T00:00:00Z"}""")]
    [InlineData("""{"symbols":["SPY"],"start":"2024-01-02T00:00:00Z","timeframe":"5m"}""")]
    public async Task A_download_that_makes_no_sense_is_refused(string body)
    {
        await using var gateway = await StartAsync(new ScriptedHistory());
        var user = await gateway.NewUserAsync();

        using var response = await user.Http.PostAsync("/api/market-data/downloads", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        await Client.ProblemOf(response, HttpStatusCode.BadRequest);
    }

    private static HistoricBar Bar(string symbol, int minute) => new(symbol, Opening.AddMinutes(minute), 1m, 2m, 1m, 2m, 5m);

    private static AlpacaException Failure(HttpStatusCode status, string message) =>
        new(new AlpacaError(status, Code: null, message, new Dictionary<string, JsonElement>(), RequestId: null, TimeSpan.FromMilliseconds(5)));

    private static async Task<Guid> AskAsync(Client user, params string[] symbols)
    {
        var job = await user.PostForAsync("/api/market-data/downloads", new { symbols, start = Opening, end = Opening.AddMinutes(10) });
        return job.GetProperty("id").GetGuid();
    }

    private static Task<JsonElement> EndAsync(Client user, Guid id) =>
        Eventually.BecomesAsync(() => user.GetAsync($"/api/market-data/jobs/{id}"), job => job.GetProperty("endedAt").ValueKind == JsonValueKind.String);

    private Task<RunningGateway> StartAsync(ScriptedHistory history) => RunningGateway.StartAsync(database, redis, services =>
    {
        services.RemoveAll<IBarHistory>();
        services.AddSingleton<IBarHistory>(history);
    });

    private sealed class ScriptedHistory : IBarHistory
    {
        public ConcurrentDictionary<string, HistoricBar[][]> Pages { get; } = new();

        /// <summary>Thrown instead of an answer, first come first served.</summary>
        public ConcurrentQueue<AlpacaException> Failures { get; } = new();

        public ConcurrentQueue<(string Symbol, DateTimeOffset From)> Asked { get; } = new();

        /// <summary>Each page waits for it.</summary>
        public SemaphoreSlim? Gate { get; init; }

        public async IAsyncEnumerable<IReadOnlyList<HistoricBar>> ReadAsync(
            string symbol,
            string timeframe,
            DateTimeOffset from,
            DateTimeOffset to,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Asked.Enqueue((symbol, from));
            if (Failures.TryDequeue(out var failure))
            {
                throw failure;
            }

            foreach (var page in Pages.GetValueOrDefault(symbol) ?? [])
            {
                await (Gate?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
                yield return page;
            }
        }
    }
}
