using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Signals of sessions, each seen by its owner alone. The intake of orders writes them.</summary>
internal sealed class SignalStore(NpgsqlDataSource database)
{
    private const string Select = """
        select id, session_id, strategy_id, symbol, action, quantity, confidence, order_type, limit_price, metadata::text,
               generated_at, received_at, processed_at, status, code, detail, order_id
        from signals
        where user_id = $1
          and ($2::uuid is null or session_id = $2)
          and ($3::text is null or symbol = $3)
          and ($4::timestamptz is null or (received_at, id) < ($4, $5))
        order by received_at desc, id desc
        limit $6
        """;

    public async Task<Page<Signal>> ListAsync(
        Guid userId, HistoryFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            Select, userId, filter.SessionId, filter.Symbol, page.Cursor?.At, page.Cursor?.Id, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, signal => new Cursor(signal.ReceivedAt, signal.Id));
    }

    /// <summary>The whole of the filter, newest first, for a file.</summary>
    public IAsyncEnumerable<Signal> ReadAllAsync(Guid userId, HistoryFilter filter, CancellationToken cancellationToken) =>
        database.Command(Select, userId, filter.SessionId, filter.Symbol, null, null, CsvFile.MostRows)
            .StreamAsync(Read, cancellationToken);

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
        rows.Maybe<Guid>(16));
}
