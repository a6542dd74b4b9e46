using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Orders;

/// <summary>Which orders to list.</summary>
/// <param name="Status"><c>open</c>, <c>closed</c> or <c>all</c>.</param>
/// <param name="Limit">1 to 500.</param>
/// <param name="Symbols">Only these; null for all.</param>
/// <param name="Side">Only this side; null for both.</param>
/// <param name="After">Taken in strictly later.</param>
/// <param name="Until">Taken in strictly earlier.</param>
/// <param name="Ascending">Oldest first.</param>
/// <param name="Nested">Exits are shown below the order they belong to instead of beside it, where that is in the list by its status.</param>
internal sealed record OrderFilter(
    string Status, int Limit, string[]? Symbols, string? Side, DateTimeOffset? After, DateTimeOffset? Until, bool Ascending, bool Nested);

/// <summary>Reads orders of one user.</summary>
internal sealed class OrderStore(NpgsqlDataSource database)
{
    private const string Columns = """
        select id, coalesce(client_order_id, id::text), created_at, updated_at, coalesce(submitted_at, created_at), filled_at, canceled_at,
               symbol, asset_class, quantity, filled_quantity, average_fill_price, type, side, time_in_force, limit_price, status, code, detail,
               session_id, notional, stop_price, trail_price, trail_percent,
               coalesce(high_water, (select w.price from waterlines w
                                     where w.symbol = orders.symbol and w.side = orders.side and w.seq <= orders.trails_since
                                     order by w.seq desc limit 1)),
               replaces, replaced_by, parent_id, leg,
               case when leg is not null and (parent_id is null or (select p.leg from orders p where p.id = orders.parent_id) is not null) then 'oco'
                    else (select case count(distinct l.leg) when 0 then '' when 1 then 'oto' else 'bracket' end
                          from orders l where l.parent_id = coalesce(orders.parent_id, orders.id)) end
        from orders
        """;

    public Task<TradeOrder?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        database.Command($"{Columns} where id = $1 and user_id = $2", id, userId).FirstAsync(Read, cancellationToken);

    /// <summary>The order that a user calls by a name: the one it was given, or its id where it has none.</summary>
    public async Task<TradeOrder?> FindAsync(Guid userId, string clientOrderId, CancellationToken cancellationToken)
    {
        var named = await FindAsync(userId, OrderIds.Derive(userId, "client_order_id", clientOrderId), cancellationToken);
        return named is null && Guid.TryParse(clientOrderId, out var id) && await FindAsync(userId, id, cancellationToken) is { } found
            && found.ClientOrderId == id.ToString() ? found : named;
    }

    /// <summary>What was decided about an order, newest first.</summary>
    public async Task<Page<OrderDecision>> ListDecisionsAsync(Guid id, NumberedPageQuery page, CancellationToken cancellationToken) =>
        page.Of(
            await database.Command("""
                select id, at, kind, quantity, price, reason
                from routing_decisions
                where (order_id = $1 or other_order_id = $1) and ($2::bigint is null or id < $2)
                order by id desc
                limit $3
                """, id, page.Cursor?.Number, page.Take + 1)
                .ListAsync(
                    rows => new OrderDecision(
                        rows.GetInt64(0), rows.At(1), rows.GetString(2), rows.Maybe<decimal>(3), rows.Maybe<decimal>(4), rows.GetString(5)),
                    cancellationToken),
            decision => decision.Id);

    public Task<List<TradeOrder>> ListAsync(Guid userId, OrderFilter filter, CancellationToken cancellationToken)
    {
        var wanted = filter.Status switch
        {
            "open" => "status in ('held', 'accepted', 'new', 'partially_filled')",
            "closed" => "status not in ('held', 'accepted', 'new', 'partially_filled')",
            _ => "status is not null",
        };
        var direction = filter.Ascending ? "asc" : "desc";
        return database.Command($"""
            {Columns}
            where user_id = $1 and {wanted}
              and ($2::text[] is null or symbol = any ($2))
              and ($3::text is null or side = $3)
              and ($4::timestamptz is null or created_at > $4)
              and ($5::timestamptz is null or created_at < $5)
              and (not $7 or parent_id is null or not exists (select from orders p where p.id = orders.parent_id and p.{wanted}))
            order by created_at {direction}, id {direction}
            limit $6
            """, userId, filter.Symbols, filter.Side, filter.After, filter.Until, filter.Limit, filter.Nested).ListAsync(Read, cancellationToken);
    }

    /// <summary>The exits that belong to some orders, oldest first.</summary>
    public Task<List<TradeOrder>> ListLegsAsync(Guid userId, Guid[] parents, CancellationToken cancellationToken) =>
        database.Command($"{Columns} where user_id = $1 and parent_id = any ($2) order by created_at, id", userId, parents)
            .ListAsync(Read, cancellationToken);

    /// <summary>Those of some orders that were taken back.</summary>
    public Task<List<Guid>> ListCanceledAsync(Guid userId, Guid[] ids, CancellationToken cancellationToken) =>
        database.Command("select id from orders where user_id = $1 and id = any ($2) and status = 'canceled'", userId, ids)
            .ListAsync(rows => rows.GetGuid(0), cancellationToken);

    private static TradeOrder Read(NpgsqlDataReader rows)
    {
        var status = rows.GetString(16);
        var updatedAt = rows.At(3);
        return new TradeOrder
        {
            Id = rows.GetGuid(0),
            ClientOrderId = rows.GetString(1),
            CreatedAt = rows.At(2),
            UpdatedAt = updatedAt,
            SubmittedAt = rows.At(4),
            FilledAt = rows.Maybe<DateTimeOffset>(5),
            CanceledAt = rows.Maybe<DateTimeOffset>(6),
            ExpiredAt = status == "expired" ? updatedAt : null,
            FailedAt = status == "rejected" ? updatedAt : null,
            Symbol = rows.GetString(7),
            AssetClass = rows.GetString(8) == "crypto" ? "crypto" : "us_equity",
            Qty = rows.GetDecimal(9),
            FilledQty = rows.GetDecimal(10),
            FilledAvgPrice = rows.Maybe<decimal>(11),
            Type = rows.GetString(12),
            Side = rows.GetString(13),
            TimeInForce = rows.GetString(14),
            LimitPrice = rows.Maybe<decimal>(15),
            Status = status,
            RejectCode = rows.Text(17),
            RejectReason = rows.Text(18),
            SessionId = rows.Maybe<Guid>(19),
            Notional = rows.Maybe<decimal>(20),
            StopPrice = rows.Maybe<decimal>(21) ?? TrailingStop(rows),
            TrailPrice = rows.Maybe<decimal>(22),
            TrailPercent = rows.Maybe<decimal>(23),
            Hwm = rows.Maybe<decimal>(24),
            Replaces = rows.Maybe<Guid>(25),
            ReplacedBy = rows.Maybe<Guid>(26),
            ParentId = rows.Maybe<Guid>(27),
            Leg = rows.Text(28),
            OrderClass = rows.GetString(29),
        };
    }

    private static decimal? TrailingStop(NpgsqlDataReader rows) =>
        rows.Maybe<decimal>(24) is not { } water ? null
        : (rows.Maybe<decimal>(22) ?? (water * rows.Maybe<decimal>(23) / 100m)) is not { } distance ? null
        : rows.GetString(13) == "sell" ? water - distance : water + distance;
}
