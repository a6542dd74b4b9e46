using Npgsql;
using StratForge.Testing;

namespace StratForge.Schema.Tests;

/// <summary>The second of the two places where a rule stands: what the code forbids, the database refuses.</summary>
public sealed class ConstraintTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private const string House = "00000000-0000-0000-0000-000000000000";

    [Theory]
    [InlineData("high below close", "values ('SPY', '1m', now(), 10, 9, 8, 10, 0, 1)")]
    [InlineData("negative price", "values ('SPY', '1m', now(), -1, 1, -1, 1, 0, 1)")]
    [InlineData("negative volume", "values ('SPY', '1m', now(), 1, 1, 1, 1, -5, 1)")]
    public async Task A_bar_that_cannot_be_is_refused(string what, string values)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            database.ExecuteAsync($"insert into market_data (symbol, timeframe, time, open, high, low, close, volume, seq) {values}"));

        Assert.True(refusal.SqlState == PostgresErrorCodes.CheckViolation, what);
    }

    [Fact]
    public async Task A_ledger_entry_is_never_changed_or_deleted()
    {
        await database.ExecuteAsync($"""
            insert into ledger_accounts (owner_id, kind, asset) values ('{House}', 'capital', 'TEST'), ('{House}', 'market', 'TEST');
            insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, booked_at)
            values ('{House}', 'capital', '{House}', 'market', 'TEST', 1, 'deposit', now())
            """);

        foreach (var attempt in (string[])["update ledger_entries set amount = 2", "delete from ledger_entries"])
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(attempt));
            Assert.Contains("immutable", refusal.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_ledger_entry_between_an_account_and_itself_is_refused()
    {
        await database.ExecuteAsync(
            $"insert into ledger_accounts (owner_id, kind, asset) values ('{House}', 'capital', 'SELF') on conflict do nothing");

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync($"""
            insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, booked_at)
            values ('{House}', 'capital', '{House}', 'capital', 'SELF', 1, 'deposit', now())
            """));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refusal.SqlState);
    }

    [Fact]
    public async Task Reserved_money_cannot_be_less_than_none()
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(
            $"insert into ledger_accounts (owner_id, kind, asset, balance) values ('{House}', 'cash_reserved', 'USD', -0.01)"));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refusal.SqlState);
    }

    [Theory]
    [InlineData("limits of nobody that are not the house's", "risk_limits (keeper, allow_shorting, updated_at) values ('user', false, now())")]
    [InlineData("a limit of nothing", "risk_limits (keeper, max_daily_loss, allow_shorting, updated_at) values ('house', 0, false, now())")]
    [InlineData("a symbol without a name", "risk_limits (keeper, denied_symbols, allow_shorting, updated_at) values ('house', array[null], false, now())")]
    [InlineData("a collar of everything", "risk_limits (keeper, price_collar_percent, allow_shorting, updated_at) values ('house', 101, false, now())")]
    [InlineData("a user's switch over everything", $"trading_switches (scope, keeper, mode, set_by, set_at) values ('global', 'user', 'pause', '{House}', now())")]
    [InlineData("a switch over no user", $"trading_switches (scope, keeper, mode, set_by, set_at) values ('user', 'house', 'pause', '{House}', now())")]
    [InlineData("a mode of its own", $"trading_switches (scope, keeper, mode, set_by, set_at) values ('global', 'house', 'stop', '{House}', now())")]
    public async Task A_limit_or_switch_that_cannot_be_is_refused(string what, string insert)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync($"insert into {insert}"));

        Assert.True(refusal.SqlState == PostgresErrorCodes.CheckViolation, what);
    }

    [Fact]
    public async Task The_house_has_one_set_of_limits_and_a_change_of_them_is_recorded_for_good()
    {
        await database.ExecuteAsync($"""
            insert into users (id, email, username, password_hash, created_at, updated_at) values ('{House}', 'a@b', 'admin', 'h', now(), now());
            insert into risk_limits (keeper, allow_shorting, updated_at) values ('house', false, now());
            insert into risk_changes (at, actor_id, subject, scope, keeper, after) values (now(), '{House}', 'limits', 'global', 'house', '{"{}"}')
            """);

        var second = await Assert.ThrowsAsync<PostgresException>(() =>
            database.ExecuteAsync("insert into risk_limits (keeper, allow_shorting, updated_at) values ('house', true, now())"));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, second.SqlState);
        foreach (var attempt in (string[])["update risk_changes set at = now()", "delete from risk_changes"])
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(attempt));
            Assert.Contains("immutable", refusal.MessageText, StringComparison.Ordinal);
        }
    }
}
