using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Performance;

namespace StratForge.Gateway.Sessions;

/// <summary>Takes signals that trade nothing into the hypothetical books, each when the bar after it is stored.</summary>
/// <remarks>Books and fills are written together, with how far they have come: whatever is killed, each signal counts once. One gateway at a
/// time does it.</remarks>
internal sealed partial class HypotheticalBooks(NpgsqlDataSource database, TimeProvider clock, ILogger<HypotheticalBooks> logger) : BackgroundService
{
    /// <summary>Signals to take next, each with its bar and its book: of sessions that did not end before <c>$1</c>, at most <c>$2</c>.</summary>
    /// <remarks>That neither an order nor a refusal came of them says the same as their status, in the words of their index. Per session in the order in
    /// which they came; a book's own signals never overtake each other, since bars follow in the same order.</remarks>
    internal const string NextSignals = """
        select s.id, n.id, n.symbol, n.action, n.quantity, n.limit_price, n.received_at, bar.time, bar.open, bar.high, bar.low,
               coalesce(b.quantity, 0), coalesce(b.cost, 0), coalesce(b.cash, 0), coalesce(b.fills, 0), coalesce(b.unfilled, 0),
               coalesce(b.wins, 0), coalesce(b.losses, 0), n.order_type in ('market', 'limit')
        from sessions as s
        left join hypothetical_books as b on b.session_id = s.id and b.symbol = s.symbol
        cross join lateral (
            select id, symbol, action, quantity, order_type, limit_price, received_at, generated_at
            from signals
            where session_id = s.id and symbol = s.symbol and order_id is null and code is null and status = 'RECORDED'
              and (received_at, id) > (coalesce(b.received_at, '-infinity'), coalesce(b.signal_id, '00000000-0000-0000-0000-000000000000'))
            order by received_at, id
            limit $2) as n
        cross join lateral (
            select time, open, high, low
            from market_data
            where symbol = n.symbol and timeframe = '1m' and time >= n.generated_at
            order by time
            limit 1) as bar
        where s.ended_at is null or s.ended_at > $1
        order by s.id, n.received_at, n.id
        limit $2
        """;

    // A signal whose next bar has not come by then was the last before its market closed for good.
    private static readonly TimeSpan WaitForBar = TimeSpan.FromDays(7);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private const int AtOnce = 500;

    // Sessions of which the log has said that they go beyond all measure. Once is enough.
    private readonly HashSet<Guid> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await TakeAsync(stoppingToken) == AtOnce)
                {
                }
            }
            catch (NpgsqlException exception)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    /// <summary>Takes what can be taken now.</summary>
    /// <returns>How many signals that were.</returns>
    internal async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var take = connection.Command("select pg_try_advisory_xact_lock(hashtextextended('hypothetical-books', 0))");
        if (await take.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return 0;
        }

        var signals = await ListAsync(connection, cancellationToken);
        if (signals.Count == 0)
        {
            return 0;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var group in signals.GroupBy(signal => (signal.SessionId, signal.Symbol)))
        {
            var book = group.First().Book;
            foreach (var signal in group)
            {
                book = Take(batch, book, signal);
            }

            Keep(batch, group.Key.SessionId, group.Key.Symbol, book, group.Last());
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return signals.Count;
    }

    private async Task<List<Waiting>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(NextSignals, clock.Now() - WaitForBar, AtOnce);
        return await command.ListAsync(
            rows => new Waiting(
                rows.GetGuid(0), rows.GetGuid(1), rows.GetString(2), rows.GetString(3) == "SELL" ? Side.Sell : Side.Buy, rows.GetDecimal(4),
                rows.Maybe<decimal>(5), rows.At(6), rows.At(7), rows.GetDecimal(8), rows.GetDecimal(9), rows.GetDecimal(10),
                new Book(
                    new HypotheticalPosition(rows.GetDecimal(11), rows.GetDecimal(12), rows.GetDecimal(13)), rows.GetInt32(14), rows.GetInt32(15),
                    rows.GetInt32(16), rows.GetInt32(17)),
                rows.GetBoolean(18)),
            cancellationToken);
    }

    private Book Take(NpgsqlBatch batch, Book book, Waiting signal)
    {
        // A stop waits for more than one bar: what it would have come to is not said.
        var price = signal.IsPlain ? HypotheticalPosition.PriceOf(signal.Side, signal.Limit, signal.Open, signal.High, signal.Low) : null;
        var (position, pnl) = (book.Position, (decimal?)null);
        try
        {
            (position, pnl) = price is { } filled ? book.Position.Fill(signal.Side, signal.Quantity, filled) : (position, pnl);
        }
        catch (OverflowException)
        {
            // Nobody has so much. It ends with this signal, whoever's it is: all books are kept together.
            price = null;
            if (_told.Add(signal.SessionId))
            {
                LogBeyondMeasure(signal.SessionId, signal.Symbol);
            }
        }

        batch.Add(
            "insert into hypothetical_fills (signal_id, session_id, symbol, price, realised_pnl, at) values ($1, $2, $3, $4::numeric, $5, $6)",
            signal.Id, signal.SessionId, signal.Symbol, price, pnl ?? 0, signal.BarAt);
        return new Book(
            position, book.Fills + (price is null ? 0 : 1), book.Unfilled + (price is null ? 1 : 0), book.Wins + (pnl > 0 ? 1 : 0),
            book.Losses + (pnl < 0 ? 1 : 0));
    }

    private static void Keep(NpgsqlBatch batch, Guid sessionId, string symbol, Book book, Waiting last) =>
        batch.Add("""
            insert into hypothetical_books (session_id, symbol, quantity, cost, cash, fills, unfilled, wins, losses, received_at, signal_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (session_id, symbol) do update set
                quantity = excluded.quantity, cost = excluded.cost, cash = excluded.cash, fills = excluded.fills, unfilled = excluded.unfilled,
                wins = excluded.wins, losses = excluded.losses, received_at = excluded.received_at, signal_id = excluded.signal_id
            """,
            sessionId, symbol, book.Position.Quantity, book.Position.Cost, book.Position.Cash, book.Fills, book.Unfilled, book.Wins, book.Losses,
            last.ReceivedAt, last.Id);

    [LoggerMessage(LogLevel.Warning, "Hypothetical books are kept at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(LogLevel.Warning, "Session {SessionId} records signals in {Symbol} whose sums are beyond all measure; they are counted as not filled")]
    private partial void LogBeyondMeasure(Guid sessionId, string symbol);

    private sealed record Book(HypotheticalPosition Position, int Fills, int Unfilled, int Wins, int Losses);

    private sealed record Waiting(
        Guid SessionId, Guid Id, string Symbol, Side Side, decimal Quantity, decimal? Limit, DateTimeOffset ReceivedAt, DateTimeOffset BarAt,
        decimal Open, decimal High, decimal Low, Book Book, bool IsPlain);
}
