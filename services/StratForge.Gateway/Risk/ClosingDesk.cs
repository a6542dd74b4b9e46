using System.Globalization;
using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Risk;

/// <summary>Closes through the same door by which everybody trades: by hand as an order by hand, for a session as a signal of its own.</summary>
internal sealed class ClosingDesk(NpgsqlDataSource database, OrderDesk orders, OrderCancels cancels, TimeProvider clock) : IClosingDesk
{
    private static readonly JsonElement s_metadata = JsonElement.Parse("""{"reason":"flatten"}""");

    public async Task<IReadOnlyList<OpenOrder>> ListOrdersAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select id, user_id
            from orders
            where status in ('accepted', 'new', 'partially_filled')
              and ($1::uuid is null or user_id = $1) and ($2::uuid is null or session_id = $2)
            order by created_at, id
            """, key.UserId, key.SessionId);
        return await command.ListAsync(rows => new OpenOrder(rows.GetGuid(0), rows.GetGuid(1)), cancellationToken);
    }

    public async Task<IReadOnlyList<OpenPosition>> ListPositionsAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select user_id, session_id, symbol, quantity, reserved
            from positions
            where quantity <> 0 and ($1::uuid is null or user_id = $1) and ($2::uuid is null or session_id = $2)
            order by user_id, session_id, symbol
            """, key.UserId, key.SessionId);
        return await command.ListAsync(
            rows => new OpenPosition(rows.GetGuid(0), rows.Maybe<Guid>(1), rows.GetString(2), rows.GetDecimal(3), rows.GetDecimal(4)),
            cancellationToken);
    }

    public Task CancelAsync(OpenOrder order, CancellationToken cancellationToken) =>
        cancels.CancelAsync(order.UserId, order.Id, cancellationToken);

    public async Task<ClosingAnswer> CloseAsync(Closing closing, CancellationToken cancellationToken)
    {
        if (closing.SessionId is { } sessionId)
        {
            return await SignalAsync(closing, sessionId, cancellationToken);
        }

        var terms = new OrderTerms(
            closing.Symbol, closing.Side, closing.Quantity, OrderType.Market,
            Symbols.ClassOf(closing.Symbol) == AssetClass.Crypto ? "gtc" : "day");
        var key = string.Create(CultureInfo.InvariantCulture, $"flatten:{closing.Symbol}:{closing.Attempt}");
        var answer = await orders.PlaceAsync(closing.UserId, terms, key, idempotencyKey: null, cancellationToken);
        return answer.Status == ExecuteOutcome.Accepted
            ? new ClosingAnswer(answer.OrderId, null, null)
            : Refused(answer.Status, answer.Code, answer.Detail);
    }

    private async Task<ClosingAnswer> SignalAsync(Closing closing, Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select strategy_id, lease_epoch from sessions where id = $1", sessionId);
        var session = await command.FirstAsync(rows => new Running(rows.GetGuid(0), rows.GetInt64(1)), cancellationToken)
            ?? throw new InvalidOperationException($"Session {sessionId} holds {closing.Symbol} and is not there.");
        var signal = new ExecuteSignal(
            OrderIds.Derive(closing.UserId, "flatten", string.Create(CultureInfo.InvariantCulture, $"{sessionId}:{closing.Symbol}:{closing.Attempt}")),
            sessionId, session.StrategyId, closing.Symbol, closing.Side, closing.Quantity, Confidence: 1, session.LeaseEpoch,
            SessionEventKind.Order, EventSeq: 0, Ordinal: closing.Attempt, clock.Now(), s_metadata);
        var outcome = (await orders.ExecuteAsync([signal], recordOnly: false, cancellationToken))[0];
        return outcome.Status == ExecuteOutcome.Accepted
            ? new ClosingAnswer(outcome.OrderId, null, null)
            : Refused(outcome.Status, outcome.Code, outcome.Detail);
    }

    // Fenced: another worker took the session over in between. A conflict: the user has called an order of his own so.
    private static ClosingAnswer Refused(string status, string? code, string? detail) =>
        new(null, code ?? status, detail ?? $"{status}: the next attempt has another key");

    private sealed record Running(Guid StrategyId, long LeaseEpoch);
}
