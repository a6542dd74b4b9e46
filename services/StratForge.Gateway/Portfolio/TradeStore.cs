using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Executions, each seen by its owner alone. Settlement writes them.</summary>
internal sealed class TradeStore(NpgsqlDataSource database)
{
    private const string Select = """
        select id, execution_id, order_id, session_id, signal_id, symbol, action, quantity, price, fee, fee_asset, cash_amount,
               realised_pnl, executed_at
        from trades
        where user_id = $1
          and ($2::uuid is null or session_id = $2)
          and ($3::text is null or symbol = $3)
          and ($4::timestamptz is null or (executed_at, id) < ($4, $5))
        order by executed_at desc, id desc
        limit $6
        """;

    public async Task<Page<Trade>> ListAsync(
        Guid userId, HistoryFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            Select, userId, filter.SessionId, filter.Symbol, page.Cursor?.At, page.Cursor?.Id, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, trade => new Cursor(trade.ExecutedAt, trade.Id));
    }

    /// <summary>The whole of the filter, newest first, for a file.</summary>
    public IAsyncEnumerable<Trade> ReadAllAsync(Guid userId, HistoryFilter filter, CancellationToken cancellationToken) =>
        database.Command(Select, userId, filter.SessionId, filter.Symbol, null, null, CsvFile.MostRows)
            .StreamAsync(Read, cancellationToken);

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
