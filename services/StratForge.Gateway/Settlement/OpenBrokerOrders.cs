using Npgsql;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Settlement;

/// <summary>An open broker order with what we know of its fate.</summary>
internal sealed record OpenBrokerOrder(BrokerOrder Order, decimal Filled, decimal VenueFilled, DateTimeOffset CreatedAt, bool Sent);

/// <summary>Reads what recovery has to compare, and releases what waits.</summary>
internal sealed class OpenBrokerOrders(NpgsqlDataSource database)
{
    private const string Columns = """
        select id, symbol, side, type, time_in_force, quantity, limit_price, traceparent, filled_quantity, venue_filled_quantity,
               created_at, submitted_at is not null
        from broker_orders
        """;

    /// <summary>Every open one, oldest first.</summary>
    public Task<List<OpenBrokerOrder>> ListAsync(CancellationToken cancellationToken) =>
        database.Command($"{Columns} where status in ('accepted', 'new', 'partially_filled') order by created_at, id")
            .ListAsync(Read, cancellationToken);

    /// <summary>Those that nobody sent since before <paramref name="until"/>, oldest first.</summary>
    public Task<List<OpenBrokerOrder>> ListUnsentAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
        database.Command($"{Columns} where submitted_at is null and status = 'accepted' and created_at < $1 order by created_at, id", until)
            .ListAsync(Read, cancellationToken);

    /// <summary>One of them, also when it is over; null when it is not ours.</summary>
    public Task<OpenBrokerOrder?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command($"{Columns} where id = $1", id).FirstAsync(Read, cancellationToken);

    /// <summary>Executions booked for one broker order.</summary>
    public Task<List<Guid>> ListExecutionsAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("""
            select distinct t.execution_id
            from trades t
            join orders o on o.id = t.order_id
            where o.broker_order_id = $1
            """, id).ListAsync(rows => rows.GetGuid(0), cancellationToken);

    /// <summary>Symbols in which some order waits.</summary>
    public Task<List<string>> ListWaitingAsync(CancellationToken cancellationToken) =>
        database.Command("select distinct symbol from orders where broker_order_id is null and status = 'accepted' order by symbol")
            .ListAsync(rows => rows.GetString(0), cancellationToken);

    /// <summary>Releases what may go in one symbol; its own transaction.</summary>
    public async Task<CommitEffects> ReleaseAsync(string symbol, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.Command(SettlementStore.ReleaseSql, (string[])[symbol], now);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return CommitEffects.Read(rows, 0);
    }

    private static OpenBrokerOrder Read(NpgsqlDataReader rows) => new(
        new BrokerOrder(
            rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4), rows.GetDecimal(5),
            rows.Maybe<decimal>(6), rows.Text(7)),
        rows.GetDecimal(8), rows.GetDecimal(9), rows.At(10), rows.GetBoolean(11));
}
