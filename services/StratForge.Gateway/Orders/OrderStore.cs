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
internal sealed record OrderFilter(
    string Status, int Limit, string[]? Symbols, string? Side, DateTimeOffset? After, DateTimeOffset? Until, bool Ascending);

/// <summary>What decides how an order can be canceled.</summary>
/// <param name="Status">Its status.</param>
/// <param name="BrokerOrderId">What it went to the broker in; null while it waits.</param>
/// <param name="Shared">Whether other orders went in the same.</param>
internal sealed record CancelState(string Status, Guid? BrokerOrderId, bool Shared);

/// <summary>Reads orders of one user.</summary>
internal sealed class OrderStore(NpgsqlDataSource database)
{
    private const string Columns = """
        select id, coalesce(client_order_id, id::text), created_at, updated_at, coalesce(submitted_at, created_at), filled_at, canceled_at,
               symbol, asset_class, quantity, filled_quantity, average_fill_price, type, side, time_in_force, limit_price, status, code, detail,
               session_id
        from orders
        """;

    public Task<TradeOrder?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        database.Command($"{Columns} where id = $1 and user_id = $2", id, userId).FirstAsync(Read, cancellationToken);

    public Task<List<TradeOrder>> ListAsync(Guid userId, OrderFilter filter, CancellationToken cancellationToken)
    {
        var status = filter.Status switch
        {
            "open" => "and status in ('accepted', 'new', 'partially_filled')",
            "closed" => "and status not in ('accepted', 'new', 'partially_filled')",
            _ => "",
        };
        var direction = filter.Ascending ? "asc" : "desc";
        return database.Command($"""
            {Columns}
            where user_id = $1 {status}
              and ($2::text[] is null or symbol = any ($2))
              and ($3::text is null or side = $3)
              and ($4::timestamptz is null or created_at > $4)
              and ($5::timestamptz is null or created_at < $5)
            order by created_at {direction}, id {direction}
            limit $6
            """, userId, filter.Symbols, filter.Side, filter.After, filter.Until, filter.Limit).ListAsync(Read, cancellationToken);
    }

    public Task<CancelState?> FindCancelStateAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        database.Command("""
            select o.status, o.broker_order_id,
                   exists (select 1 from orders other where other.broker_order_id = o.broker_order_id and other.id <> o.id)
            from orders o
            where o.id = $1 and o.user_id = $2
            """, id, userId)
            .FirstAsync(rows => new CancelState(rows.GetString(0), rows.Maybe<Guid>(1), rows.GetBoolean(2)), cancellationToken);

    /// <summary>Cancels an order that still waits.</summary>
    /// <returns>The event to publish; null when it did not wait.</returns>
    public async Task<string?> CancelWaitingAsync(Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select cancel_waiting($1, $2, $3)", id, userId, now);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

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
        };
    }
}
