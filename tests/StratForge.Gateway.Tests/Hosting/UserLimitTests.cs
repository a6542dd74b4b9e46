using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Contracts.Validation;
using StratForge.Gateway.Alerts;
using StratForge.Gateway.Jobs;
using StratForge.Gateway.Market;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Tests.Hosting;

/// <summary>What one user may have, asked for at the same moment.</summary>
public sealed class UserLimitTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private RunningGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Alerts_asked_for_at_once_are_as_many_as_one_may_have()
    {
        var user = await Gateway.NewUserAsync();
        await fixture.Database.ExecuteAsync("""
            insert into alerts (id, user_id, name, kind, repeats, cool_down_seconds, enabled, muted, webhook_ids, armed_at, created_at)
            select gen_random_uuid(), $1, 'One of many', 'session_failed', true, 0, false, false, '{}', now(), now() from generate_series(1, $2 - 2)
            """, user.Id, AlertStore.MostAlerts);

        Assert.Equal(2, await AcceptedAsync(user, 6, () => PostAsync(user, "/api/alerts", new { name = "A", kind = "session_failed" }, "too-many-alerts")));
    }

    [Fact]
    public async Task Webhooks_asked_for_at_once_are_as_many_as_one_may_have()
    {
        var user = await Gateway.NewUserAsync();

        Assert.Equal(WebhookStore.MostWebhooks, await AcceptedAsync(
            user, WebhookStore.MostWebhooks + 4, () => PostAsync(user, "/api/alerts/webhooks", new { name = "A", url = "https://example.org/hook" }, "too-many-webhooks")));
    }

    [Fact]
    public async Task Downloads_asked_for_at_once_are_as_many_as_one_may_have()
    {
        var user = await Gateway.NewUserAsync();
        var download = new { symbols = new[] { "SPY" }, start = new DateTimeOffset(2024, 1, 2, 0, 0, 0, TimeSpan.Zero), end = new DateTimeOffset(2024, 1, 3, 0, 0, 0, TimeSpan.Zero) };

        Assert.Equal(MarketJobStore.MostOpen, await AcceptedAsync(
            user, MarketJobStore.MostOpen + 4, () => PostAsync(user, "/api/market-data/downloads", download, "too-many-downloads")));
    }

    [Fact]
    public async Task Jobs_asked_for_at_once_are_as_many_as_one_may_have()
    {
        var user = await Gateway.NewUserAsync();
        var jobs = Gateway.Services.GetRequiredService<JobStore>();

        Assert.Equal(ValidationStore.MostPerUser, await AcceptedAsync(
            user, ValidationStore.MostPerUser + 4,
            async () => await jobs.AskAsync(
                user.Id, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), ValidateStrategy.JobKind, null, "{}", ValidationStore.MostPerUser, CancellationToken.None) is not null));
    }

    [Fact]
    public async Task Strategies_asked_for_at_once_are_as_many_as_one_may_have()
    {
        var user = await Gateway.NewUserAsync();
        await fixture.Database.ExecuteAsync("""
            insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
            select gen_random_uuid(), $1, 'One of many', 'python', 'SPY', '', '', now(), now() from generate_series(1, $2 - 2)
            """, user.Id, StrategyStore.MostStrategies);

        Assert.Equal(2, await AcceptedAsync(
            user, 6, () => PostAsync(user, "/api/strategies", new { name = "A", language = "python", symbol = "SPY", code = "class A(Strategy): pass" }, "too-many-strategies")));
    }

    private static async Task<bool> PostAsync(Client user, string path, object body, string refusal)
    {
        using var response = await user.PostAsync(path, body);
        if (response.IsSuccessStatusCode)
        {
            return true;
        }

        Assert.Equal(refusal, (await Client.ProblemOf(response, HttpStatusCode.Conflict)).GetProperty("code").GetString());
        return false;
    }

    /// <summary>Asks many times at once, and lets nobody go on before all have asked: the user's row is held until then.</summary>
    private async Task<int> AcceptedAsync(Client user, int times, Func<Task<bool>> ask)
    {
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("select from users where id = $1 for update", connection) { Parameters = { new() { Value = user.Id } } })
        {
            await hold.ExecuteNonQueryAsync();
        }

        var asked = Enumerable.Range(0, times).Select(_ => ask()).ToArray();
        await Eventually.BecomesAsync(
            () => fixture.Database.ValueAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"),
            waiting => waiting == times);
        await transaction.CommitAsync();
        return (await Task.WhenAll(asked)).Count(accepted => accepted);
    }
}
