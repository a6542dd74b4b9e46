using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Executions, each seen by its owner alone. Settlement writes them.</summary>
internal sealed class TradeStore(NpgsqlDataSource database)
{
    private const string Text = """
        select id, execution_id, order_id, session_id, signal_id, symbol, action, quantity, price, fee, fee_asset, cash_amount,
               realised_pnl, executed_at
        from trades
        where user_id = $1
          and ($2::uuid is null or session_id = $2)
          and ($3::text is null or symbol = $3)
          and ($4::text is null or action = $4)
          and ($5::timestamptz is null or executed_at >= $5)
          and ($6::timestamptz is null or executed_at < $6)
          and ($7::timestamptz is null or (executed_at, id) < ($7, $8))
        order by executed_at desc, id desc
        limit $9
        """;

    public async Task<Page<Trade>> ListAsync(
        Guid userId, HistoryFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = Select(userId, filter, page.Cursor, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, PlaceOf);
    }

    /// <summary>The whole of the filter, newest first, for a file.</summary>
    public IAsyncEnumerable<Trade> ReadAllAsync(Guid userId, HistoryFilter filter, CancellationToken cancellationToken) =>
        Chunks.ReadAsync((Cursor? behind, int take) => Select(userId, filter, behind, take), Read, PlaceOf, CsvFile.MostRows, cancellationToken);

    private static Cursor PlaceOf(Trade trade) => new(trade.ExecutedAt, trade.Id);

    private NpgsqlCommand Select(Guid userId, HistoryFilter filter, Cursor? cursor, int limit) => database.Command(
        Text, userId, filter.SessionId, filter.Symbol, filter.Action, filter.From?.ToUniversalTime(), filter.To?.ToUniversalTime(), cursor?.At,
        cursor?.Id, limit);

    private static Trade Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0),
        rows.GetGuid(1),
        rows.GetGuid(2),
        rows.Maybe<Guid>(3),
        rows.Maybe<Guid>(4),
        rows.GetString(5),
        rows.GetString(6) == "SELL" ? Side.Sell : Side.Buy,
        rows.GetDecimal(7),
        rows.GetDecimal(8),
        rows.GetDecimal(9),
        rows.GetString(10),
        rows.GetDecimal(11),
        rows.GetDecimal(12),
        rows.At(13));
}
