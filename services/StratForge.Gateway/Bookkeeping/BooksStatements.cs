using NpgsqlTypes;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>The statements of a unit of work, as one connection keeps them prepared: no two units may use them at once.</summary>
internal sealed class BooksStatements
{
    /// <summary>Makes sure that this gateway keeps the books, and that sessions are as they are remembered.</summary>
    public RowsStatement<SessionFacts> Begin { get; } = new RowsStatement<SessionFacts>("select begin_unit($3, $1, $2)")
        .Column(NpgsqlDbType.Uuid, session => session.Id)
        .Column(NpgsqlDbType.Bigint, session => session.LeaseEpoch)
        .Value(NpgsqlDbType.Bigint, unit => unit.Epoch);

    /// <summary>Signals to record.</summary>
    public RowsStatement<NewSignal> NewSignals { get; } = new RowsStatement<NewSignal>("""
        insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, order_type, limit_price, metadata,
                             event_kind, event_seq, ordinal, generated_at, received_at, processed_at, status, code, detail, order_id)
        select i.id, i.session_id, i.user_id, i.strategy_id, i.symbol, i.action, i.quantity, i.confidence, i.order_type, i.limit_price, i.metadata,
               i.event_kind, i.event_seq, i.ordinal, i.generated_at, i.received_at,
               case when i.status <> 'ACCEPTED' then i.received_at end, i.status, i.code, i.detail, i.order_id
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             as i (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, order_type, limit_price, metadata,
                   event_kind, event_seq, ordinal, generated_at, received_at, status, code, detail, order_id)
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Signal.SignalId)
        .Column(NpgsqlDbType.Uuid, row => row.Signal.SessionId)
        .Column(NpgsqlDbType.Uuid, row => row.UserId)
        .Column(NpgsqlDbType.Uuid, row => row.StrategyId)
        .Column(NpgsqlDbType.Text, row => row.Terms.Symbol)
        .Column(NpgsqlDbType.Text, row => row.Terms.Side == Side.Buy ? "BUY" : "SELL")
        .Column(NpgsqlDbType.Numeric, row => row.Terms.Quantity)
        .Column(NpgsqlDbType.Double, row => row.Signal.Confidence)
        .Column(NpgsqlDbType.Text, row => row.Terms.Type)
        .Column(NpgsqlDbType.Numeric, row => row.Terms.LimitPrice)
        .Column(NpgsqlDbType.Jsonb, row => row.Signal.Metadata?.GetRawText())
        .Column(NpgsqlDbType.Smallint, row => (short)row.Signal.EventKind)
        .Column(NpgsqlDbType.Bigint, row => row.Signal.EventSeq)
        .Column(NpgsqlDbType.Integer, row => row.Signal.Ordinal)
        .Column(NpgsqlDbType.TimestampTz, row => row.Signal.GeneratedAt.ToUniversalTime())
        .Column(NpgsqlDbType.TimestampTz, row => row.ReceivedAt)
        .Column(NpgsqlDbType.Text, row => row.Answer.Status)
        .Column(NpgsqlDbType.Text, row => row.Answer.Code)
        .Column(NpgsqlDbType.Text, row => row.Answer.Detail)
        .Column(NpgsqlDbType.Uuid, row => row.Answer.OrderId);

    /// <summary>Broker orders made.</summary>
    public RowsStatement<BrokerOrder> NewBrokerOrders { get; } = new RowsStatement<BrokerOrder>("""
        insert into broker_orders (id, symbol, side, type, time_in_force, quantity, limit_price, traceparent, status, created_at, updated_at)
        select i.*, 'accepted', $9, $9
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as i
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Id)
        .Column(NpgsqlDbType.Text, row => row.Facts.Symbol)
        .Column(NpgsqlDbType.Text, row => SideOf(row.Facts.Side))
        .Column(NpgsqlDbType.Text, row => row.Facts.Type)
        .Column(NpgsqlDbType.Text, row => row.Facts.TimeInForce)
        .Column(NpgsqlDbType.Numeric, row => row.Facts.Quantity)
        .Column(NpgsqlDbType.Numeric, row => row.Facts.LimitPrice)
        .Column(NpgsqlDbType.Text, row => row.Facts.Traceparent)
        .Now();

    /// <summary>Broker orders that changed.</summary>
    public RowsStatement<BrokerOrder> ChangedBrokerOrders { get; } = new RowsStatement<BrokerOrder>("""
        update broker_orders b
        set status = i.status, venue_order_id = i.venue_order_id, filled_quantity = i.filled, venue_filled_quantity = i.venue_filled,
            end_status = i.end_status, end_detail = i.end_detail, submitted_at = i.submitted_at, recalled = i.recalled, updated_at = $10
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
             as i (id, status, venue_order_id, filled, venue_filled, end_status, end_detail, submitted_at, recalled)
        where b.id = i.id
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Id)
        .Column(NpgsqlDbType.Text, row => row.Now.Status)
        .Column(NpgsqlDbType.Uuid, row => row.Now.VenueOrderId)
        .Column(NpgsqlDbType.Numeric, row => row.Now.Filled)
        .Column(NpgsqlDbType.Numeric, row => row.Now.VenueFilled)
        .Column(NpgsqlDbType.Text, row => row.Now.EndStatus)
        .Column(NpgsqlDbType.Text, row => row.Now.EndDetail)
        .Column(NpgsqlDbType.TimestampTz, row => row.Now.SubmittedAt?.ToUniversalTime())
        .Column(NpgsqlDbType.Boolean, row => row.Now.IsRecalled)
        .Now();

    /// <summary>Orders taken in.</summary>
    public RowsStatement<Order> NewOrders { get; } = new RowsStatement<Order>("""
        insert into orders (id, user_id, session_id, signal_id, broker_order_id, symbol, asset_class, side, effect, type, time_in_force, quantity,
                            limit_price, status, filled_quantity, average_fill_price, reserved_cash, reserved_quantity, collar_price, was_sent,
                            traceparent, client_order_id, request_hash, created_at, expires_at, filled_at, code, detail, notional,
                            stop_price, trail_price, trail_percent, parent_id, leg, replaces, high_water, triggered_at, trails_since, updated_at,
                            canceled_at)
        select i.*, $39, case when i.status = 'canceled' then $39 end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
                    $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)
             as i (id, user_id, session_id, signal_id, broker_order_id, symbol, asset_class, side, effect, type, time_in_force, quantity,
                   limit_price, status)
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Id)
        .Column(NpgsqlDbType.Uuid, row => row.Account.UserId)
        .Column(NpgsqlDbType.Uuid, row => row.Position.SessionId)
        .Column(NpgsqlDbType.Uuid, row => row.Facts.SignalId)
        .Column(NpgsqlDbType.Uuid, row => row.Now.BrokerOrderId)
        .Column(NpgsqlDbType.Text, row => row.Symbol)
        .Column(NpgsqlDbType.Text, row => Symbols.ClassOf(row.Symbol) == AssetClass.Crypto ? "crypto" : "stock")
        .Column(NpgsqlDbType.Text, row => SideOf(row.Side))
        .Column(NpgsqlDbType.Text, row => row.Facts.Effect == PositionEffect.Open ? "open" : "close")
        .Column(NpgsqlDbType.Text, row => row.Terms.Type)
        .Column(NpgsqlDbType.Text, row => row.Terms.TimeInForce)
        .Column(NpgsqlDbType.Numeric, row => row.Quantity)
        .Column(NpgsqlDbType.Numeric, row => row.Terms.LimitPrice)
        .Column(NpgsqlDbType.Text, row => row.Now.Status)
        .Column(NpgsqlDbType.Numeric, row => row.Now.Filled)
        .Column(NpgsqlDbType.Numeric, row => row.Now.AveragePrice)
        .Column(NpgsqlDbType.Numeric, row => row.Now.ReservedCash)
        .Column(NpgsqlDbType.Numeric, row => row.Now.ReservedUnits)
        .Column(NpgsqlDbType.Numeric, row => row.Now.CollarPrice)
        .Column(NpgsqlDbType.Boolean, row => row.Now.WasSent)
        .Column(NpgsqlDbType.Text, row => row.Facts.Traceparent)
        .Column(NpgsqlDbType.Text, row => row.Facts.ClientOrderId)
        .Column(NpgsqlDbType.Bytea, row => row.Facts.RequestHash)
        .Column(NpgsqlDbType.TimestampTz, row => row.CreatedAt)
        .Column(NpgsqlDbType.TimestampTz, row => row.Facts.ExpiresAt?.ToUniversalTime())
        .Column(NpgsqlDbType.TimestampTz, row => row.Now.FilledAt?.ToUniversalTime())
        .Column(NpgsqlDbType.Text, row => row.Now.Code)
        .Column(NpgsqlDbType.Text, row => row.Now.Detail)
        .Column(NpgsqlDbType.Numeric, row => row.Facts.Notional)
        .Column(NpgsqlDbType.Numeric, row => row.Terms.StopPrice)
        .Column(NpgsqlDbType.Numeric, row => row.Terms.TrailPrice)
        .Column(NpgsqlDbType.Numeric, row => row.Terms.TrailPercent)
        .Column(NpgsqlDbType.Uuid, row => row.Facts.ParentId)
        .Column(NpgsqlDbType.Text, row => row.Facts.Leg)
        .Column(NpgsqlDbType.Uuid, row => row.Facts.Replaces)
        .Column(NpgsqlDbType.Numeric, row => row.Now.HighWater)
        .Column(NpgsqlDbType.TimestampTz, row => row.Now.TriggeredAt)
        .Column(NpgsqlDbType.Bigint, row => row.Now.TrailsSince)
        .Now();

    /// <summary>Orders that changed.</summary>
    public RowsStatement<Order> ChangedOrders { get; } = new RowsStatement<Order>("""
        update orders o
        set status = i.status, quantity = i.quantity, filled_quantity = i.filled, average_fill_price = i.average, reserved_cash = i.cash,
            reserved_quantity = i.units, broker_order_id = i.broker_order_id, collar_price = i.collar, held_until = i.held_until,
            cancel_asked = i.cancel_asked, was_sent = i.was_sent, high_water = i.high_water, triggered_at = i.triggered_at,
            filled_at = i.filled_at, code = i.code, detail = i.detail, replaced_by = i.replaced_by, trails_since = i.trails_since, updated_at = $18,
            submitted_at = coalesce(o.submitted_at, case when i.was_sent then $18 end),
            canceled_at = case when i.status = 'canceled' then $18 end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $19, $20)
             as i (id, status, quantity, filled, average, cash, units, broker_order_id, collar, held_until, cancel_asked, was_sent, high_water,
                   triggered_at, filled_at, code, detail, replaced_by, trails_since)
        where o.id = i.id
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Id)
        .Column(NpgsqlDbType.Text, row => row.Now.Status)
        .Column(NpgsqlDbType.Numeric, row => row.Quantity)
        .Column(NpgsqlDbType.Numeric, row => row.Now.Filled)
        .Column(NpgsqlDbType.Numeric, row => row.Now.AveragePrice)
        .Column(NpgsqlDbType.Numeric, row => row.Now.ReservedCash)
        .Column(NpgsqlDbType.Numeric, row => row.Now.ReservedUnits)
        .Column(NpgsqlDbType.Uuid, row => row.Now.BrokerOrderId)
        .Column(NpgsqlDbType.Numeric, row => row.Now.CollarPrice)
        .Column(NpgsqlDbType.TimestampTz, row => row.Now.HeldUntil?.ToUniversalTime())
        .Column(NpgsqlDbType.Boolean, row => row.Now.CancelAsked)
        .Column(NpgsqlDbType.Boolean, row => row.Now.WasSent)
        .Column(NpgsqlDbType.Numeric, row => row.Now.HighWater)
        .Column(NpgsqlDbType.TimestampTz, row => row.Now.TriggeredAt)
        .Column(NpgsqlDbType.TimestampTz, row => row.Now.FilledAt?.ToUniversalTime())
        .Column(NpgsqlDbType.Text, row => row.Now.Code)
        .Column(NpgsqlDbType.Text, row => row.Now.Detail)
        .Now()
        .Column(NpgsqlDbType.Uuid, row => row.Now.ReplacedBy)
        .Column(NpgsqlDbType.Bigint, row => row.Now.TrailsSince);

    /// <summary>Waterlines that are new or have followed a price.</summary>
    public RowsStatement<Waterline> ChangedWaterlines { get; } = new RowsStatement<Waterline>("""
        insert into waterlines (symbol, side, seq, price)
        select * from unnest($1, $2, $3, $4)
        on conflict (symbol, side, seq) do update set price = excluded.price
        """)
        .Column(NpgsqlDbType.Text, row => row.Symbol)
        .Column(NpgsqlDbType.Text, row => SideOf(row.Side))
        .Column(NpgsqlDbType.Bigint, row => row.Seq)
        .Column(NpgsqlDbType.Numeric, row => row.Price);

    /// <summary>Waterlines without orders.</summary>
    public RowsStatement<Waterline> GoneWaterlines { get; } = new RowsStatement<Waterline>("""
        delete from waterlines w
        using unnest($1, $2, $3) as i (symbol, side, seq)
        where w.symbol = i.symbol and w.side = i.side and w.seq = i.seq
        """)
        .Column(NpgsqlDbType.Text, row => row.Symbol)
        .Column(NpgsqlDbType.Text, row => SideOf(row.Side))
        .Column(NpgsqlDbType.Bigint, row => row.Seq);

    /// <summary>Signals whose orders came to something; one row for each.</summary>
    public RowsStatement<SignalResult> SignalResults { get; } = new RowsStatement<SignalResult>("""
        update signals s
        set status = i.status, code = i.code, detail = i.detail, processed_at = $5
        from unnest($1, $2, $3, $4) as i (id, status, code, detail)
        where s.id = i.id
        """)
        .Column(NpgsqlDbType.Uuid, row => row.SignalId)
        .Column(NpgsqlDbType.Text, row => row.Status)
        .Column(NpgsqlDbType.Text, row => row.Code)
        .Column(NpgsqlDbType.Text, row => row.Detail)
        .Now();

    /// <summary>Executions booked.</summary>
    public RowsStatement<Trade> NewTrades { get; } = new RowsStatement<Trade>("""
        insert into trades (id, execution_id, order_id, broker_order_id, user_id, session_id, signal_id, symbol, action, quantity, price, fee,
                            fee_asset, cash_amount, realised_pnl, executed_at, received_at)
        select i.*, $17
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) as i
        """)
        .Column(NpgsqlDbType.Uuid, (_, unit) => Guid.CreateVersion7(unit.Now))
        .Column(NpgsqlDbType.Uuid, row => row.ExecutionId)
        .Column(NpgsqlDbType.Uuid, row => row.Order.Id)
        .Column(NpgsqlDbType.Uuid, row => row.BrokerOrderId)
        .Column(NpgsqlDbType.Uuid, row => row.Order.Account.UserId)
        .Column(NpgsqlDbType.Uuid, row => row.Order.Position.SessionId)
        .Column(NpgsqlDbType.Uuid, row => row.Order.Facts.SignalId)
        .Column(NpgsqlDbType.Text, row => row.Order.Symbol)
        .Column(NpgsqlDbType.Text, row => row.Order.Side == Side.Buy ? "BUY" : "SELL")
        .Column(NpgsqlDbType.Numeric, row => row.Share.Quantity)
        .Column(NpgsqlDbType.Numeric, row => row.Share.Price)
        .Column(NpgsqlDbType.Numeric, row => row.Share.Fee)
        .Column(NpgsqlDbType.Text, row => row.FeeAsset)
        .Column(NpgsqlDbType.Numeric, row => row.CashAmount)
        .Column(NpgsqlDbType.Numeric, row => row.RealisedPnl)
        .Column(NpgsqlDbType.TimestampTz, row => row.OccurredAt.ToUniversalTime())
        .Now();

    /// <summary>Positions that changed.</summary>
    public RowsStatement<Position> ChangedPositions { get; } = new RowsStatement<Position>("""
        insert into positions (user_id, session_id, symbol, quantity, average_price, reserved, realised_pnl, margin, updated_at)
        select i.*, $9
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as i
        on conflict (user_id, session_id, symbol) do update
        set quantity = excluded.quantity, average_price = excluded.average_price, reserved = excluded.reserved,
            realised_pnl = excluded.realised_pnl, margin = excluded.margin, updated_at = excluded.updated_at
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Account.UserId)
        .Column(NpgsqlDbType.Uuid, row => row.SessionId)
        .Column(NpgsqlDbType.Text, row => row.Symbol)
        .Column(NpgsqlDbType.Numeric, row => row.Now.Quantity)
        .Column(NpgsqlDbType.Numeric, row => row.Now.AveragePrice)
        .Column(NpgsqlDbType.Numeric, row => row.Now.Reserved)
        .Column(NpgsqlDbType.Numeric, row => row.Now.RealisedPnl)
        .Column(NpgsqlDbType.Numeric, row => row.Now.Margin)
        .Now();

    /// <summary>Ledger entries.</summary>
    public RowsStatement<BookedPosting> NewEntries { get; } = new RowsStatement<BookedPosting>("""
        insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, order_id, execution_id, booked_at)
        select i.*, $10
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as i
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Posting.Debit.Owner)
        .Column(NpgsqlDbType.Text, row => row.Posting.Debit.Kind)
        .Column(NpgsqlDbType.Uuid, row => row.Posting.Credit.Owner)
        .Column(NpgsqlDbType.Text, row => row.Posting.Credit.Kind)
        .Column(NpgsqlDbType.Text, row => row.Posting.Asset)
        .Column(NpgsqlDbType.Numeric, row => row.Posting.Amount)
        .Column(NpgsqlDbType.Text, row => row.Posting.Reason)
        .Column(NpgsqlDbType.Uuid, row => row.OrderId)
        .Column(NpgsqlDbType.Uuid, row => row.ExecutionId)
        .Now();

    /// <summary>What ledger accounts' balances change by.</summary>
    /// <remarks>A balance that may not be negative is judged when its row is proposed, so a change goes to the row that is there and only a first one makes a row.</remarks>
    public RowsStatement<KeyValuePair<(LedgerAccount Account, string Asset), decimal>> ChangedBalances { get; } = new RowsStatement<KeyValuePair<(LedgerAccount Account, string Asset), decimal>>("""
        merge into ledger_accounts l
        using unnest($1, $2, $3, $4) as i (owner_id, kind, asset, amount)
        on l.owner_id = i.owner_id and l.kind = i.kind and l.asset = i.asset
        when matched then update set balance = l.balance + i.amount
        when not matched then insert (owner_id, kind, asset, balance) values (i.owner_id, i.kind, i.asset, i.amount)
        """)
        .Column(NpgsqlDbType.Uuid, row => row.Key.Account.Owner)
        .Column(NpgsqlDbType.Text, row => row.Key.Account.Kind)
        .Column(NpgsqlDbType.Text, row => row.Key.Asset)
        .Column(NpgsqlDbType.Numeric, row => row.Value);

    /// <summary>Events, with their JSON.</summary>
    public RowsStatement<(AccountEvent News, string Data)> NewEvents { get; } = new RowsStatement<(AccountEvent News, string Data)>("""
        insert into user_events (user_id, id, session_id, kind, occurred_at, data, traceparent)
        select i.user_id, i.id, i.session_id, i.kind, $7, i.data, i.traceparent
        from unnest($1, $2, $3, $4, $5, $6) as i (user_id, id, session_id, kind, data, traceparent)
        """)
        .Column(NpgsqlDbType.Uuid, row => row.News.Account.UserId)
        .Column(NpgsqlDbType.Bigint, row => row.News.Id)
        .Column(NpgsqlDbType.Uuid, row => row.News.SessionId)
        .Column(NpgsqlDbType.Text, row => row.News.Kind)
        .Column(NpgsqlDbType.Jsonb, row => row.Data)
        .Column(NpgsqlDbType.Text, row => row.News.Order?.Facts.Traceparent)
        .Now();

    /// <summary>Accounts whose events were counted.</summary>
    public RowsStatement<Account> ChangedAccounts { get; } = new RowsStatement<Account>("""
        update accounts a
        set last_event_id = i.last
        from unnest($1, $2) as i (user_id, last)
        where a.user_id = i.user_id
        """)
        .Column(NpgsqlDbType.Uuid, row => row.UserId)
        .Column(NpgsqlDbType.Bigint, row => row.Now.LastEventId);

    /// <summary>Decisions of the router.</summary>
    public RowsStatement<RoutingDecision> NewDecisions { get; } = new RowsStatement<RoutingDecision>("""
        insert into routing_decisions (kind, symbol, order_id, broker_order_id, other_order_id, quantity, price, reason, at)
        select i.*, $9
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as i
        """)
        .Column(NpgsqlDbType.Text, row => row.Kind)
        .Column(NpgsqlDbType.Text, row => row.Symbol)
        .Column(NpgsqlDbType.Uuid, row => row.OrderId)
        .Column(NpgsqlDbType.Uuid, row => row.BrokerOrderId)
        .Column(NpgsqlDbType.Uuid, row => row.OtherOrderId)
        .Column(NpgsqlDbType.Numeric, row => row.Quantity)
        .Column(NpgsqlDbType.Numeric, row => row.Price)
        .Column(NpgsqlDbType.Text, row => row.Reason)
        .Now();

    private static string SideOf(Side side) => side == Side.Buy ? "buy" : "sell";
}
