using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Settlement;

/// <summary>Reads what reports are about with everything locked, lets the rules work, writes what came out: one transaction,
/// three round trips, however many reports.</summary>
internal sealed class SettlementStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Books reports in order.</summary>
    /// <returns>The group as written, and what has to leave this process now.</returns>
    /// <exception cref="NpgsqlException">Nothing was written, or it is not known whether it was; repeating is safe.</exception>
    /// <exception cref="InvalidOperationException">The books contradict themselves; nothing was written.</exception>
    public async Task<(SettlementGroup Group, CommitEffects Effects)> SettleAsync(
        IReadOnlyList<VenueReport> reports, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. reports.Select(report => report.BrokerOrderId).Distinct()];
        Guid[] executions = [.. reports.OfType<VenueReport.Executed>().Select(execution => execution.ExecutionId).Distinct()];

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (brokerOrders, booked) = await ReadAsync(connection, ids, executions, cancellationToken);
        var group = new SettlementGroup(brokerOrders, booked, clock.Now());
        group.Apply(reports);
        var effects = await WriteAsync(connection, group, clock.Now(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (group, effects);
    }

    private static async Task<(Dictionary<Guid, BrokerOrderRow> BrokerOrders, List<Guid> Booked)> ReadAsync(
        NpgsqlConnection connection, Guid[] ids, Guid[] executions, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select lock_settlement($1)", ids);
        batch.Add("""
            select id, symbol, side, quantity, traceparent, venue_order_id, status, filled_quantity, venue_filled_quantity,
                   end_status, end_detail, submitted_at
            from broker_orders
            where id = any ($1)
            """, ids);
        batch.Add("""
            select o.id, o.broker_order_id, o.signal_id, o.user_id, o.session_id, o.symbol, o.side, o.quantity, o.filled_quantity,
                   o.average_fill_price, o.reserved_cash, o.reserved_quantity, o.status, o.traceparent, a.last_event_id, cash.balance,
                   p.quantity, p.average_price, p.reserved, p.realised_pnl
            from orders o
            join accounts a on a.user_id = o.user_id
            join ledger_accounts cash on cash.owner_id = o.user_id and cash.kind = 'cash' and cash.asset = 'USD'
            left join positions p on p.user_id = o.user_id and p.symbol = o.symbol and p.session_id is not distinct from o.session_id
            where o.broker_order_id = any ($1) and o.status in ('accepted', 'new', 'partially_filled')
            order by o.created_at, o.id
            """, ids);
        batch.Add("select distinct execution_id from trades where execution_id = any ($1)", executions);
        await batch.PrepareAsync(cancellationToken);

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var brokerOrders = new Dictionary<Guid, BrokerOrderRow>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var row = ReadBrokerOrder(rows);
            brokerOrders.Add(row.Id, row);
        }

        await rows.NextResultAsync(cancellationToken);
        var accounts = new Dictionary<Guid, AccountRow>();
        var positions = new Dictionary<(Guid, Guid?, string), PositionRow>();
        while (await rows.ReadAsync(cancellationToken))
        {
            brokerOrders[rows.GetGuid(1)].Orders.Add(ReadOrder(rows, accounts, positions));
        }

        await rows.NextResultAsync(cancellationToken);
        var booked = new List<Guid>();
        while (await rows.ReadAsync(cancellationToken))
        {
            booked.Add(rows.GetGuid(0));
        }

        return (brokerOrders, booked);
    }

    private static BrokerOrderRow ReadBrokerOrder(NpgsqlDataReader rows)
    {
        var status = rows.GetString(6);
        return new BrokerOrderRow
        {
            Id = rows.GetGuid(0),
            Symbol = rows.GetString(1),
            Side = SideOf(rows.GetString(2)),
            Quantity = rows.GetDecimal(3),
            Traceparent = rows.Text(4),
            VenueOrderId = rows.Text(5),
            Status = status,
            WasOpen = status is "accepted" or "new" or "partially_filled",
            Filled = rows.GetDecimal(7),
            VenueFilled = rows.GetDecimal(8),
            EndStatus = rows.Text(9),
            EndDetail = rows.Text(10),
            SubmittedAt = rows.Maybe<DateTimeOffset>(11),
        };
    }

    private static OrderRow ReadOrder(
        NpgsqlDataReader rows, Dictionary<Guid, AccountRow> accounts, Dictionary<(Guid, Guid?, string), PositionRow> positions)
    {
        var userId = rows.GetGuid(3);
        var sessionId = rows.Maybe<Guid>(4);
        var symbol = rows.GetString(5);
        if (!accounts.TryGetValue(userId, out var account))
        {
            account = new AccountRow { UserId = userId, LastEventId = rows.GetInt64(14), Cash = rows.GetDecimal(15) };
            accounts.Add(userId, account);
        }

        if (!positions.TryGetValue((userId, sessionId, symbol), out var position))
        {
            position = new PositionRow
            {
                UserId = userId,
                SessionId = sessionId,
                Symbol = symbol,
                Holding = rows.IsDBNull(16)
                    ? default
                    : new Holding(rows.GetDecimal(16), rows.GetDecimal(17), rows.GetDecimal(18), rows.GetDecimal(19)),
            };
            positions.Add((userId, sessionId, symbol), position);
        }

        return new OrderRow
        {
            Id = rows.GetGuid(0),
            SignalId = rows.Maybe<Guid>(2),
            Account = account,
            Position = position,
            Symbol = symbol,
            Traceparent = rows.Text(13),
            Status = rows.GetString(12),
            State = new OrderState(
                SideOf(rows.GetString(6)), rows.GetDecimal(7), rows.GetDecimal(8), rows.Maybe<decimal>(9), rows.GetDecimal(10), rows.GetDecimal(11)),
        };
    }

    private static async Task<CommitEffects> WriteAsync(
        NpgsqlConnection connection, SettlementGroup group, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        WriteBrokerOrders(batch, [.. group.BrokerOrders], now);
        if (group.Trades.Count > 0)
        {
            WriteTrades(batch, group.Trades, now);
            WriteLedger(batch, group.Entries, now);
            WritePositions(batch, [.. group.Trades.Select(trade => trade.Order.Position).Distinct()], now);
        }

        OrderRow[] changed = [.. group.BrokerOrders.SelectMany(broker => broker.Orders).Where(order => order.Changed)];
        if (changed.Length > 0)
        {
            WriteOrders(batch, changed, now);
        }

        if (group.Events.Count > 0)
        {
            WriteEvents(batch, group.Events);
        }

        var closings = batch.BatchCommands.Count;
        foreach (var (order, status, code, detail) in group.Closings)
        {
            batch.Add("select close_order($1, $2, $3, $4, $5)", order.Id, status, code, detail, now);
        }

        foreach (var held in group.Holds)
        {
            batch.Add("select hold_broker_order($1, $2, $3)", held.BrokerOrderId, held.Until.ToUniversalTime(), now);
        }

        var release = batch.BatchCommands.Count;
        if (group.Released.Count > 0)
        {
            batch.Add(ReleaseSql, group.Released.Order(StringComparer.Ordinal).ToArray(), now);
        }

        await batch.PrepareAsync(cancellationToken);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadEffectsAsync(rows, group, closings: release - closings, cancellationToken);
    }

    /// <summary>Selects what <c>release_waiting</c> sets off, in the columns that <see cref="CommitEffects.Read"/> reads.</summary>
    public const string ReleaseSql = """
        select e_user, e_message, b_id, b_symbol, b_side, b_type, b_tif, b_quantity, b_limit, b_traceparent
        from release_waiting($1, $2)
        """;

    private static async Task<CommitEffects> ReadEffectsAsync(
        NpgsqlDataReader rows, SettlementGroup group, int closings, CancellationToken cancellationToken)
    {
        // Only selects have results: those of the closings, of the holds, and of the release, in this order.
        List<(Guid, string)> events =
        [
            .. group.Events.Select(row => (row.Event.UserId, JsonSerializer.Serialize(row.Event, ContractsJson.Default.UserEvent))),
        ];
        for (var i = 0; i < closings; i++)
        {
            if (i < group.Closings.Count && await rows.ReadAsync(cancellationToken) && rows.Text(0) is { } message)
            {
                events.Add((group.Closings[i].Order.Account.UserId, message));
            }

            await rows.NextResultAsync(cancellationToken);
        }

        if (group.Released.Count == 0 || !await rows.ReadAsync(cancellationToken))
        {
            return new CommitEffects(events, []);
        }

        var released = CommitEffects.Read(rows, 0);
        events.AddRange(released.Events);
        return released with { Events = events };
    }

    private static void WriteBrokerOrders(NpgsqlBatch batch, BrokerOrderRow[] rows, DateTimeOffset now) =>
        batch.Add("""
            update broker_orders b
            set venue_order_id = i.venue_order_id, status = i.status, filled_quantity = i.filled, venue_filled_quantity = i.venue_filled,
                end_status = i.end_status, end_detail = i.end_detail, submitted_at = i.submitted_at, updated_at = $9
            from unnest($1, $2, $3, $4, $5, $6, $7, $8)
                 as i (id, venue_order_id, status, filled, venue_filled, end_status, end_detail, submitted_at)
            where b.id = i.id
            """,
            rows.Select(row => row.Id).ToArray(),
            rows.Select(row => row.VenueOrderId).ToArray(),
            rows.Select(row => row.Status).ToArray(),
            rows.Select(row => row.Filled).ToArray(),
            rows.Select(row => row.VenueFilled).ToArray(),
            rows.Select(row => row.EndStatus).ToArray(),
            rows.Select(row => row.EndDetail).ToArray(),
            rows.Select(row => row.SubmittedAt?.ToUniversalTime()).ToArray(),
            now);

    private static void WriteTrades(NpgsqlBatch batch, List<TradeRow> trades, DateTimeOffset now) =>
        batch.Add("""
            insert into trades (id, execution_id, order_id, user_id, session_id, signal_id, symbol, action, quantity, price, fee, fee_asset,
                                cash_amount, realised_pnl, executed_at, received_at)
            select i.*, $16
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as i
            """,
            trades.Select(trade => trade.Id).ToArray(),
            trades.Select(trade => trade.Execution.ExecutionId).ToArray(),
            trades.Select(trade => trade.Order.Id).ToArray(),
            trades.Select(trade => trade.Order.Account.UserId).ToArray(),
            trades.Select(trade => trade.Order.Position.SessionId).ToArray(),
            trades.Select(trade => trade.Order.SignalId).ToArray(),
            trades.Select(trade => trade.Order.Symbol).ToArray(),
            trades.Select(trade => trade.Side == Side.Buy ? "BUY" : "SELL").ToArray(),
            trades.Select(trade => trade.Share.Quantity).ToArray(),
            trades.Select(trade => trade.Share.Price).ToArray(),
            trades.Select(trade => trade.Share.Fee).ToArray(),
            trades.Select(trade => trade.FeeAsset).ToArray(),
            trades.Select(trade => trade.CashAmount).ToArray(),
            trades.Select(trade => trade.RealisedPnl).ToArray(),
            trades.Select(trade => trade.Execution.OccurredAt).ToArray(),
            now);

    private static void WriteLedger(NpgsqlBatch batch, List<EntryRow> entries, DateTimeOffset now)
    {
        // Accounts in one order for everybody: the house's are shared by all settlements.
        var changes = entries
            .SelectMany(entry => new[]
            {
                (Account: entry.Posting.Debit, entry.Posting.Asset, Amount: -entry.Posting.Amount),
                (Account: entry.Posting.Credit, entry.Posting.Asset, entry.Posting.Amount),
            })
            .GroupBy(change => (change.Account, change.Asset), (key, parts) => (key.Account, key.Asset, Amount: parts.Sum(part => part.Amount)))
            .OrderBy(change => change.Account.Owner).ThenBy(change => change.Account.Kind, StringComparer.Ordinal).ThenBy(change => change.Asset, StringComparer.Ordinal)
            .ToArray();

        // The accounts first, at zero: a balance that may not be negative is judged when the change is added, not when
        // its row is proposed.
        batch.Add("""
            insert into ledger_accounts (owner_id, kind, asset)
            select * from unnest($1, $2, $3)
            on conflict do nothing
            """,
            changes.Select(change => change.Account.Owner).ToArray(),
            changes.Select(change => change.Account.Kind).ToArray(),
            changes.Select(change => change.Asset).ToArray());
        batch.Add("""
            update ledger_accounts l
            set balance = l.balance + i.amount
            from unnest($1, $2, $3, $4) as i (owner_id, kind, asset, amount)
            where l.owner_id = i.owner_id and l.kind = i.kind and l.asset = i.asset
            """,
            changes.Select(change => change.Account.Owner).ToArray(),
            changes.Select(change => change.Account.Kind).ToArray(),
            changes.Select(change => change.Asset).ToArray(),
            changes.Select(change => change.Amount).ToArray());
        batch.Add("""
            insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, order_id, execution_id, booked_at)
            select i.*, $10
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as i
            """,
            entries.Select(entry => entry.Posting.Debit.Owner).ToArray(),
            entries.Select(entry => entry.Posting.Debit.Kind).ToArray(),
            entries.Select(entry => entry.Posting.Credit.Owner).ToArray(),
            entries.Select(entry => entry.Posting.Credit.Kind).ToArray(),
            entries.Select(entry => entry.Posting.Asset).ToArray(),
            entries.Select(entry => entry.Posting.Amount).ToArray(),
            entries.Select(entry => entry.Posting.Reason).ToArray(),
            entries.Select(entry => entry.OrderId).ToArray(),
            entries.Select(entry => entry.ExecutionId).ToArray(),
            now);
    }

    private static void WritePositions(NpgsqlBatch batch, PositionRow[] rows, DateTimeOffset now) =>
        batch.Add("""
            insert into positions (user_id, session_id, symbol, quantity, average_price, reserved, realised_pnl, updated_at)
            select i.*, $8
            from unnest($1, $2, $3, $4, $5, $6, $7) as i
            on conflict (user_id, session_id, symbol) do update
            set quantity = excluded.quantity, average_price = excluded.average_price, reserved = excluded.reserved,
                realised_pnl = excluded.realised_pnl, updated_at = excluded.updated_at
            """,
            rows.Select(row => row.UserId).ToArray(),
            rows.Select(row => row.SessionId).ToArray(),
            rows.Select(row => row.Symbol).ToArray(),
            rows.Select(row => row.Holding.Quantity).ToArray(),
            rows.Select(row => row.Holding.AveragePrice).ToArray(),
            rows.Select(row => row.Holding.Reserved).ToArray(),
            rows.Select(row => row.Holding.RealisedPnl).ToArray(),
            now);

    private static void WriteOrders(NpgsqlBatch batch, OrderRow[] orders, DateTimeOffset now)
    {
        batch.Add("""
            update orders o
            set status = i.status, filled_quantity = i.filled, average_fill_price = i.average, reserved_cash = i.cash, reserved_quantity = i.units,
                filled_at = i.filled_at, submitted_at = coalesce(o.submitted_at, $8), updated_at = $8
            from unnest($1, $2, $3, $4, $5, $6, $7) as i (id, status, filled, average, cash, units, filled_at)
            where o.id = i.id
            """,
            orders.Select(order => order.Id).ToArray(),
            orders.Select(order => order.Status).ToArray(),
            orders.Select(order => order.State.Filled).ToArray(),
            orders.Select(order => order.State.AveragePrice).ToArray(),
            orders.Select(order => order.State.ReservedCash).ToArray(),
            orders.Select(order => order.State.ReservedUnits).ToArray(),
            orders.Select(order => order.FilledAt?.ToUniversalTime()).ToArray(),
            now);

        OrderRow[] filled = [.. orders.Where(order => order is { SignalId: not null, State.Filled: > 0 })];
        if (filled.Length > 0)
        {
            batch.Add("""
                update signals s
                set status = case when i.is_full then 'EXECUTED' else 'PARTIAL' end, processed_at = $3
                from unnest($1, $2) as i (id, is_full)
                where s.id = i.id
                """,
                filled.Select(order => order.SignalId!.Value).ToArray(),
                filled.Select(order => order.State.Remaining == 0).ToArray(),
                now);
        }
    }

    private static void WriteEvents(NpgsqlBatch batch, List<EventRow> events)
    {
        batch.Add("""
            insert into user_events (user_id, id, session_id, kind, occurred_at, data, traceparent)
            select i.user_id, i.id, i.session_id, i.kind, i.occurred_at, i.data::jsonb, i.traceparent
            from unnest($1, $2, $3, $4, $5, $6, $7) as i (user_id, id, session_id, kind, occurred_at, data, traceparent)
            """,
            events.Select(row => row.Event.UserId).ToArray(),
            events.Select(row => row.Event.Id).ToArray(),
            events.Select(row => row.Event.SessionId).ToArray(),
            events.Select(row => row.Event.Kind).ToArray(),
            events.Select(row => row.Event.OccurredAt).ToArray(),
            events.Select(row => row.Data).ToArray(),
            events.Select(row => row.Event.Traceparent).ToArray());
        var counters = events.GroupBy(row => row.Event.UserId, (user, rows) => (User: user, Last: rows.Max(row => row.Event.Id))).ToArray();
        batch.Add("""
            update accounts a
            set last_event_id = i.last
            from unnest($1, $2) as i (user_id, last)
            where a.user_id = i.user_id
            """,
            counters.Select(counter => counter.User).ToArray(),
            counters.Select(counter => counter.Last).ToArray());
    }

    private static Side SideOf(string side) => side == "buy" ? Side.Buy : Side.Sell;
}
