using Npgsql;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Reads the books as they are stored: everything open at the start, then whatever a unit of work needs and memory lacks.</summary>
internal sealed class BooksStore(NpgsqlDataSource database)
{
    private const string OrderColumns = """
        select id, user_id, session_id, signal_id, broker_order_id, symbol, side, effect, type, time_in_force, quantity, notional, limit_price,
               stop_price, trail_price, trail_percent, high_water, triggered_at, status, filled_quantity, average_fill_price, reserved_cash,
               reserved_quantity, collar_price, held_until, cancel_asked, was_sent, parent_id, leg, replaces, traceparent, client_order_id,
               request_hash, created_at, expires_at, trails_since
        from orders
        """;

    private const string BrokerOrderColumns = """
        select id, symbol, side, type, time_in_force, quantity, limit_price, created_at, traceparent, status, venue_order_id, filled_quantity,
               venue_filled_quantity, end_status, end_detail, submitted_at, recalled
        from broker_orders
        """;

    /// <summary>Becomes the one writer.</summary>
    /// <param name="own">Where other gateways reach this one.</param>
    /// <param name="now">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The epoch to commit under.</returns>
    public async Task<long> LeadAsync(BooksDoors own, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select lead_trading($1, $2, $3)", own.Public, own.Internal, now);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Stays the one writer, under a new epoch: whatever was sent to be written under the old one is written now, or never.</summary>
    /// <param name="epoch">The old one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new one.</returns>
    /// <exception cref="PostgresException">With <see cref="BooksCommit.NotLeading"/>: another gateway has become the writer.</exception>
    public async Task<long> LeadOnAsync(long epoch, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select lead_on($1)", epoch);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Says where the one writer is reached, under its epoch.</summary>
    public async Task AdvertiseAsync(BooksDoors own, long epoch, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update trading_leader set address = $1, internal_address = $2 where epoch = $3", own.Public, own.Internal, epoch);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether the one writer still writes under an epoch.</summary>
    public async Task<bool> LeadsAsync(long epoch, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select exists (select 1 from trading_leader where epoch = $1)", epoch);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Where the one writer is reached.</summary>
    public async Task<BooksDoors> FindLeaderAsync(CancellationToken cancellationToken) =>
        await database.Command("select address, internal_address from trading_leader")
            .FirstAsync(rows => new BooksDoors(rows.Text(0), rows.Text(1)), cancellationToken) ?? new BooksDoors(null, null);

    /// <summary>Fills a house with everything that is open.</summary>
    public async Task LoadAsync(House house, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var nets = await database.Command("""
            select asset, sum(balance)
            from ledger_accounts
            where kind in ('units', 'units_reserved', 'suspense') and asset <> 'USD'
            group by asset
            having sum(balance) <> 0
            """).ListAsync(rows => (Symbol: rows.GetString(0), Net: rows.GetDecimal(1)), cancellationToken);
        var waterlines = await database.Command("select symbol, side, seq, price from waterlines")
            .ListAsync(rows => (Symbol: rows.GetString(0), Side: SideOf(rows.GetString(1)), Seq: rows.GetInt64(2), Price: rows.GetDecimal(3)), cancellationToken);
        var orders = await database.Command($"{OrderColumns} where status in ('held', 'accepted', 'new', 'partially_filled') order by created_at, id")
            .ListAsync(ReadOrder, cancellationToken);
        var brokerOrders = await database.Command($"{BrokerOrderColumns} where status in ('accepted', 'new', 'partially_filled') order by created_at, id")
            .ListAsync(ReadBrokerOrder, cancellationToken);
        foreach (var (symbol, net) in nets)
        {
            house.RestoreNet(symbol, net);
        }

        foreach (var (symbol, side, seq, price) in waterlines)
        {
            house.RestoreWaterline(symbol, side, seq, price);
        }

        await AdmitAsync(house, [.. orders.Select(order => order.UserId).Distinct()], now, cancellationToken);
        var carried = orders
            .Select(order => house.Restore(order.UserId, order.SessionId, order.Facts, order.Progress))
            .Where(order => order.Now.BrokerOrderId is not null)
            .ToLookup(order => order.Now.BrokerOrderId!.Value);
        await RestoreAsync(house, brokerOrders, carried, cancellationToken);
    }

    /// <summary>Brings accounts in. Those that were never opened stay unknown.</summary>
    public async Task AdmitAsync(House house, Guid[] users, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (users.Length == 0)
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            select a.user_id, a.last_event_id, coalesce(c.balance, 0), coalesce(r.balance, 0), coalesce(m.balance, 0)
            from accounts a
            left join ledger_accounts c on c.owner_id = a.user_id and c.kind = 'cash' and c.asset = 'USD'
            left join ledger_accounts r on r.owner_id = a.user_id and r.kind = 'cash_reserved' and r.asset = 'USD'
            left join ledger_accounts m on m.owner_id = a.user_id and m.kind = 'margin' and m.asset = 'USD'
            where a.user_id = any ($1)
            """, users);
        batch.Add("""
            select p.user_id, p.session_id, p.symbol, p.quantity, p.average_price, p.reserved, p.realised_pnl, p.margin
            from positions p
            left join sessions s on s.id = p.session_id
            where p.user_id = any ($1)
              and (p.quantity <> 0 or p.session_id is null or s.ended_at is null
                   or exists (select 1 from orders o
                              where o.user_id = p.user_id and o.session_id = p.session_id
                                and o.status in ('held', 'accepted', 'new', 'partially_filled')))
            """, users);
        batch.Add("select user_id, created_at from orders where user_id = any ($1) and created_at > $2", users, now - TimeSpan.FromMinutes(1));

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<(Guid UserId, AccountState State)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            accounts.Add((rows.GetGuid(0), new AccountState(rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4), rows.GetInt64(1))));
        }

        await rows.NextResultAsync(cancellationToken);
        var positions = new List<(Guid UserId, (Guid? SessionId, string Symbol, Holding Holding) Position)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            positions.Add((
                rows.GetGuid(0),
                (rows.Maybe<Guid>(1), rows.GetString(2),
                    new Holding(rows.GetDecimal(3), rows.GetDecimal(4), rows.GetDecimal(5), rows.GetDecimal(6), rows.GetDecimal(7)))));
        }

        await rows.NextResultAsync(cancellationToken);
        var recent = new List<(Guid UserId, DateTimeOffset At)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            recent.Add((rows.GetGuid(0), rows.At(1)));
        }

        var positionsOf = positions.ToLookup(row => row.UserId, row => row.Position);
        var recentOf = recent.ToLookup(row => row.UserId, row => row.At);
        foreach (var (userId, state) in accounts)
        {
            house.Admit(userId, state, positionsOf[userId], recentOf[userId]);
        }
    }

    /// <summary>Open orders for the day of which it is not known yet when it ends.</summary>
    public Task<List<Guid>> ListEndlessAsync(CancellationToken cancellationToken) =>
        database.Command("""
            select id
            from orders
            where expires_at is null and time_in_force = 'day' and asset_class = 'stock' and status in ('held', 'accepted', 'new', 'partially_filled')
            """).ListAsync(rows => rows.GetGuid(0), cancellationToken);

    /// <summary>Brings broker orders in that are over.</summary>
    public async Task RestoreAsync(House house, Guid[] brokerOrders, CancellationToken cancellationToken)
    {
        var found = await database.Command($"{BrokerOrderColumns} where id = any ($1)", [brokerOrders]).ListAsync(ReadBrokerOrder, cancellationToken);
        await RestoreAsync(house, found, Array.Empty<Order>().ToLookup(_ => Guid.Empty), cancellationToken);
    }

    /// <summary>Sessions that signals name.</summary>
    public Task<List<SessionFacts>> ListSessionsAsync(Guid[] sessions, CancellationToken cancellationToken) =>
        database.Command("""
            select id, user_id, strategy_id, symbol, mode, lease_epoch, ended_at, status,
                   array(select y.symbol from session_symbols y where y.session_id = s.id order by y.place)
            from sessions s
            where id = any ($1)
            """, [sessions])
            .ListAsync(
                rows => new SessionFacts(
                    rows.GetGuid(0), rows.GetGuid(1), rows.GetGuid(2), rows.GetString(3), rows.GetString(4), rows.GetInt64(5), rows.Maybe<DateTimeOffset>(6),
                    rows.GetString(7), rows.GetFieldValue<string[]>(8) is { Length: > 0 } further ? further : null),
                cancellationToken);

    /// <summary>Answers to signals and orders by hand that were taken in before, by the id they are recognised by.</summary>
    public async Task<Dictionary<Guid, KnownOrder>> ListKnownAsync(Guid[] signals, Guid[] orders, CancellationToken cancellationToken)
    {
        var known = new Dictionary<Guid, KnownOrder>();
        foreach (var (id, answer) in await database.Command(
            "select id, status, order_id, code, detail from signals where id = any ($1)", [signals]).ListAsync(ReadAnswer, cancellationToken))
        {
            known[id] = new KnownOrder(answer, null);
        }

        foreach (var (id, hash) in await database.Command("select id, request_hash from orders where id = any ($1)", [orders]).ListAsync(
            rows => (rows.GetGuid(0), rows.IsDBNull(1) ? null : rows.GetFieldValue<byte[]>(1)), cancellationToken))
        {
            known[id] = new KnownOrder(new IntakeAnswer(ExecuteOutcome.Accepted, false, id, null, null, null), hash);
        }

        return known;
    }

    private async Task RestoreAsync(
        House house, List<(BrokerOrderFacts Facts, BrokerOrderProgress Progress)> brokerOrders, ILookup<Guid, Order> carried, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. brokerOrders.Select(order => order.Facts.Id)];
        var booked = (await database.Command("select distinct broker_order_id, execution_id from trades where broker_order_id = any ($1)", [ids])
                .ListAsync(rows => (BrokerOrderId: rows.GetGuid(0), ExecutionId: rows.GetGuid(1)), cancellationToken))
            .ToLookup(row => row.BrokerOrderId, row => row.ExecutionId);
        foreach (var (facts, progress) in brokerOrders.Where(order => house.FindBrokerOrder(order.Facts.Id) is null))
        {
            house.Restore(facts, progress, carried[facts.Id], booked[facts.Id]);
        }
    }

    private static (Guid Id, IntakeAnswer Answer) ReadAnswer(NpgsqlDataReader rows)
    {
        var status = rows.GetString(1);
        return (rows.GetGuid(0), new IntakeAnswer(
            status is "RECORDED" ? ExecuteOutcome.Recorded : status is "REJECTED" && rows.IsDBNull(2) ? ExecuteOutcome.Rejected : ExecuteOutcome.Accepted,
            false, rows.Maybe<Guid>(2), rows.Text(3), rows.Text(4), null));
    }

    private static (Guid UserId, Guid? SessionId, OrderFacts Facts, OrderProgress Progress) ReadOrder(NpgsqlDataReader rows)
    {
        var quantity = rows.GetDecimal(10);
        var terms = new OrderTerms(
            rows.GetString(5), SideOf(rows.GetString(6)), quantity, rows.GetString(8), rows.GetString(9), rows.Maybe<decimal>(12), rows.Maybe<decimal>(13),
            rows.Maybe<decimal>(14), rows.Maybe<decimal>(15));
        var facts = new OrderFacts(
            rows.GetGuid(0), terms, rows.GetString(7) == "open" ? PositionEffect.Open : PositionEffect.Close, rows.Maybe<Guid>(3), rows.At(33),
            rows.Maybe<DateTimeOffset>(34), rows.Text(30), rows.Text(31), rows.IsDBNull(32) ? null : rows.GetFieldValue<byte[]>(32),
            rows.Maybe<Guid>(27), rows.Text(28), rows.Maybe<Guid>(29), rows.Maybe<decimal>(11));
        var progress = new OrderProgress(
            rows.GetString(18), rows.GetDecimal(19), rows.Maybe<decimal>(20), rows.GetDecimal(21), rows.GetDecimal(22), rows.Maybe<Guid>(4),
            rows.Maybe<decimal>(23), rows.Maybe<DateTimeOffset>(24), rows.GetBoolean(25), rows.Maybe<decimal>(16), rows.Maybe<DateTimeOffset>(17),
            WasSent: rows.GetBoolean(26), TrailsSince: rows.Maybe<long>(35));
        return (rows.GetGuid(1), rows.Maybe<Guid>(2), facts, progress);
    }

    private static (BrokerOrderFacts Facts, BrokerOrderProgress Progress) ReadBrokerOrder(NpgsqlDataReader rows) => (
        new BrokerOrderFacts(
            rows.GetGuid(0), rows.GetString(1), SideOf(rows.GetString(2)), rows.GetString(3), rows.GetString(4), rows.GetDecimal(5), rows.Maybe<decimal>(6),
            rows.At(7), rows.Text(8)),
        new BrokerOrderProgress(
            rows.GetString(9), rows.Maybe<Guid>(10), rows.GetDecimal(11), rows.GetDecimal(12), rows.Text(13), rows.Text(14),
            rows.Maybe<DateTimeOffset>(15), rows.GetBoolean(16)));

    private static Side SideOf(string side) => side == "buy" ? Side.Buy : Side.Sell;
}
