using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Bookkeeping;

/// <summary>What a gateway hands to the one that keeps the books, and what it makes of the answers.</summary>
public sealed class LeaderForwardingTests(FreshDatabase database, FreshRedis redis)
    : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    // What whoever keeps the books holds.
    private const string Lead = "select pg_advisory_lock(126879582678117)";

    private static readonly object s_order = new { symbol = "SPY", side = "buy", type = "market", qty = 1 };

    private readonly ScriptedLeader _leader = new();
    private NpgsqlConnection _lock = null!;
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _lock = new NpgsqlConnection($"{database.ConnectionString};Pooling=false");
        await _lock.OpenAsync();
        await using var command = new NpgsqlCommand(Lead, _lock);
        await command.ExecuteNonQueryAsync();
        await _leader.StartAsync();
        await database.ExecuteAsync("update trading_leader set epoch = epoch + 1, address = $1, since = now()", _leader.Address);
        _gateway = await RunningGateway.StartAsync(database, redis);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _leader.DisposeAsync();
        await _lock.DisposeAsync();
    }

    [Fact]
    public async Task An_order_without_a_key_is_not_sent_again_when_nobody_knows_what_became_of_it()
    {
        _leader.Answers.Enqueue((HttpStatusCode.ServiceUnavailable, LeadsNot: false));

        using var answer = await _gateway.Anyone().PostAsync("/trade/orders", s_order);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ScriptedLeader.Body), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Single(_leader.Heard);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "a key")]
    public async Task An_order_is_sent_again_when_nothing_was_done_or_its_key_makes_it_happen_once(bool leadsNot, string? key)
    {
        _leader.Answers.Enqueue((HttpStatusCode.ServiceUnavailable, leadsNot));
        _leader.Answers.Enqueue((HttpStatusCode.ServiceUnavailable, leadsNot));

        using var answer = await _gateway.Anyone().SendAsync(HttpMethod.Post, "/trade/orders", s_order, key is null ? [] : [("Idempotency-Key", key)]);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(3, _leader.Heard.Count);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("https://evil.example.org")]
    public async Task Pages_of_this_gateway_count_as_the_leaders_own_and_no_others(string origin)
    {
        var isOurs = origin == "ours";

        using var answer = await _gateway.Anyone().SendAsync(
            HttpMethod.Post, "/trade/orders", s_order, ("Origin", isOurs ? _gateway.Address.GetLeftPart(UriPartial.Authority) : origin),
            ("Cookie", "sf_session=x"), ("X-Forwarded-For", "203.0.113.9"));

        var heard = Assert.Single(_leader.Heard);
        Assert.Equal(isOurs ? _leader.Address : origin, heard.Origin.ToString());
        Assert.Equal("sf_session=x", heard.Cookie.ToString());
        Assert.False(heard.ContainsKey("X-Forwarded-For"));
    }

    // Stands where the leader would, and answers as it is told; then with 201.
    private sealed class ScriptedLeader : IAsyncDisposable
    {
        public const string Body = "as the leader says";

        private readonly WebApplication _app;

        public ScriptedLeader()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(AnswerAsync);
        }

        public string Address => _app.Urls.Single();

        public ConcurrentQueue<(HttpStatusCode Status, bool LeadsNot)> Answers { get; } = new();

        public ConcurrentQueue<IHeaderDictionary> Heard { get; } = new();

        public Task StartAsync() => _app.StartAsync();

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private Task AnswerAsync(HttpContext context)
        {
            Heard.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)));
            var (status, leadsNot) = Answers.TryDequeue(out var next) ? next : (HttpStatusCode.Created, false);
            context.Response.StatusCode = (int)status;
            if (leadsNot)
            {
                context.Response.Headers["X-StratForge-Not-Leading"] = "1";
            }

            return context.Response.WriteAsync(Body);
        }
    }
}
