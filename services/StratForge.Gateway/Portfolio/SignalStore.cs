using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Signals of sessions, each seen by its owner alone. The intake of orders writes them.</summary>
internal sealed class SignalStore(NpgsqlDataSource database)
{
    private const string Text = """
        select s.id, s.session_id, s.strategy_id, s.symbol, s.action, s.quantity, s.confidence, s.order_type, s.limit_price, s.metadata::text,
               s.generated_at, s.received_at, s.processed_at, s.status, s.code, s.detail, s.order_id, h.at, h.price, h.realised_pnl
        from signals as s
        left join hypothetical_fills as h on h.signal_id = s.id
        where s.user_id = $1
          and ($2::uuid is null or s.session_id = $2)
          and ($3::text is null or s.symbol = $3)
          and ($4::text is null or s.action = $4)
          and ($5::text is null or s.status = $5)
          and ($6::text is null or s.code = $6)
          and ($7::timestamptz is null or s.generated_at >= $7)
          and ($8::timestamptz is null or s.generated_at < $8)
          and ($9::timestamptz is null or (s.received_at, s.id) < ($9, $10))
        order by s.received_at desc, s.id desc
        limit $11
        """;

    public async Task<Page<Signal>> ListAsync(
        Guid userId, SignalFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = Select(userId, filter, page.Cursor, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, PlaceOf);
    }

    /// <summary>The whole of the filter, newest first, for a file.</summary>
    public IAsyncEnumerable<Signal> ReadAllAsync(Guid userId, SignalFilter filter, CancellationToken cancellationToken) =>
        Chunks.ReadAsync((Cursor? behind, int take) => Select(userId, filter, behind, take), Read, PlaceOf, CsvFile.MostRows, cancellationToken);

    private static Cursor PlaceOf(Signal signal) => new(signal.ReceivedAt, signal.Id);

    private NpgsqlCommand Select(Guid userId, SignalFilter filter, Cursor? cursor, int limit) => database.Command(
        Text, userId, filter.SessionId, filter.Symbol, filter.Action, filter.Status, filter.Code, filter.From?.ToUniversalTime(),
        filter.To?.ToUniversalTime(), cursor?.At, cursor?.Id, limit);

    private static Signal Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0),
        rows.GetGuid(1),
        rows.GetGuid(2),
        rows.GetString(3),
        rows.GetString(4) == "SELL" ? Side.Sell : Side.Buy,
        rows.GetDecimal(5),
        rows.GetDouble(6),
        rows.GetString(7),
        rows.Maybe<decimal>(8),
        rows.Text(9) is { } metadata ? JsonElement.Parse(metadata) : null,
        rows.At(10),
        rows.At(11),
        rows.Maybe<DateTimeOffset>(12),
        rows.GetString(13),
        rows.Text(14),
        rows.Text(15),
        rows.Maybe<Guid>(16),
        rows.IsDBNull(17) ? null : new HypotheticalFill(rows.At(17), rows.Maybe<decimal>(18), rows.GetDecimal(19)));
}
