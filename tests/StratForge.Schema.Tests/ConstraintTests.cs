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
}
