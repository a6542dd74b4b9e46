using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Broker;

/// <summary>A broker order with what we know of its fate.</summary>
internal sealed record OpenBrokerOrder(
    BrokerOrderFacts Order, decimal Filled, decimal VenueFilled, bool Sent, Guid? VenueOrderId, bool Recalled, bool IsOpen);

/// <summary>Reads what recovery has to compare.</summary>
internal sealed class OpenBrokerOrders(NpgsqlDataSource database)
{
    private const string Columns = """
        select id, symbol, side, type, time_in_force, quantity, limit_price, traceparent, filled_quantity, venue_filled_quantity,
               created_at, submitted_at is not null, venue_order_id, recalled,
               status in ('accepted', 'new', 'partially_filled')
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
            select distinct execution_id
            from trades
            where broker_order_id = $1
            """, id).ListAsync(rows => rows.GetGuid(0), cancellationToken);

    private static OpenBrokerOrder Read(NpgsqlDataReader rows) => new(
        new BrokerOrderFacts(
            rows.GetGuid(0), rows.GetString(1), rows.GetString(2) == "buy" ? Side.Buy : Side.Sell, rows.GetString(3), rows.GetString(4), rows.GetDecimal(5),
            rows.Maybe<decimal>(6), rows.At(10), rows.Text(7)),
        rows.GetDecimal(8), rows.GetDecimal(9), rows.GetBoolean(11), rows.Maybe<Guid>(12), rows.GetBoolean(13), rows.GetBoolean(14));
}
