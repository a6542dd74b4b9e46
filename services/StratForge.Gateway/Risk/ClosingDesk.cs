using System.Globalization;
using Npgsql;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Risk;

/// <summary>Closes through the same books in which everybody trades.</summary>
internal sealed class ClosingDesk(NpgsqlDataSource database, OrderDesk orders, OrderCancels cancels) : IClosingDesk
{
    public async Task<IReadOnlyList<OpenOrder>> ListOrdersAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select id, user_id
            from orders
            where status in ('held', 'accepted', 'new', 'partially_filled')
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
        var terms = new OrderTerms(
            closing.Symbol, closing.Side, closing.Quantity, OrderType.Market,
            Symbols.ClassOf(closing.Symbol) == AssetClass.Crypto ? "gtc" : "day");
        var key = string.Create(CultureInfo.InvariantCulture, $"{closing.SessionId}:{closing.Symbol}:{closing.Attempt}");
        var answer = await orders.CloseAsync(closing.UserId, new ForcedClosing(closing.SessionId), terms, key, cancellationToken);
        return answer.Status == ExecuteOutcome.Accepted
            ? new ClosingAnswer(answer.OrderId, null, null)
            : new ClosingAnswer(null, answer.Code ?? answer.Status, answer.Detail ?? $"{answer.Status}: the next attempt has another key");
    }
}
