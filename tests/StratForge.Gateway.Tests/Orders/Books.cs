using StratForge.Testing;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>What has to hold in the books at any moment.</summary>
internal static class Books
{
    /// <summary>Fails when a kept balance differs from its entries, a position from the ledger, a reservation from its orders,
    /// or a trade from its entries, or when an order or a waterline lacks the other.</summary>
    public static async Task AssertBalancedAsync(FreshDatabase database)
    {
        await AssertNoneAsync(database, """
            select l.owner_id || ' ' || l.kind || ' ' || l.asset || ': kept ' || l.balance || ', entries ' || coalesce(e.amount, 0)
            from ledger_accounts l
            left join (
                select owner, kind, asset, sum(amount) as amount
                from (
                    select credit_owner as owner, credit_kind as kind, asset, amount from ledger_entries
                    union all
                    select debit_owner, debit_kind, asset, -amount from ledger_entries) m
                group by owner, kind, asset) e
              on e.owner = l.owner_id and e.kind = l.kind and e.asset = l.asset
            where l.balance <> coalesce(e.amount, 0)
            """);
        await AssertNoneAsync(database, "select asset || ' sums to ' || sum(balance) from ledger_accounts group by asset having sum(balance) <> 0");
        await AssertNoneAsync(database, """
            select p.user_id || ' ' || p.symbol || ': held ' || p.held || ', ledger ' || coalesce(l.units, 0)
            from (
                select user_id, symbol, sum(quantity) as held, coalesce(sum(reserved) filter (where quantity > 0), 0) as reserved
                from positions group by user_id, symbol) p
            left join (
                select owner_id, asset, sum(balance) as units, sum(balance) filter (where kind = 'units_reserved') as reserved
                from ledger_accounts where kind in ('units', 'units_reserved') group by owner_id, asset) l
              on l.owner_id = p.user_id and l.asset = p.symbol
            where p.held <> coalesce(l.units, 0) or p.reserved <> coalesce(l.reserved, 0)
            """);
        await AssertNoneAsync(database, """
            select l.owner_id || ': reserved ' || l.balance || ', open orders ' || coalesce(o.cash, 0)
            from ledger_accounts l
            left join (select user_id, sum(reserved_cash) as cash from orders group by user_id) o on o.user_id = l.owner_id
            where l.kind = 'cash_reserved' and l.balance <> coalesce(o.cash, 0)
            """);
        await AssertNoneAsync(database, """
            select p.user_id || ': margin ' || p.margin || ', ledger ' || coalesce(l.balance, 0)
            from (select user_id, sum(margin) as margin from positions group by user_id) p
            left join ledger_accounts l on l.owner_id = p.user_id and l.kind = 'margin' and l.asset = 'USD'
            where p.margin <> coalesce(l.balance, 0)
            """);
        await AssertNoneAsync(database, """
            select p.user_id || ': realised ' || p.pnl || ', ledger ' || coalesce(l.balance, 0)
            from (select user_id, sum(realised_pnl) as pnl from positions group by user_id) p
            left join ledger_accounts l on l.owner_id = p.user_id and l.kind = 'realised_pnl' and l.asset = 'USD'
            where p.pnl <> coalesce(l.balance, 0)
            """);
        await AssertNoneAsync(database, """
            select b.id || ': filled ' || b.filled_quantity || ', trades ' || coalesce(sum(t.quantity), 0)
            from broker_orders b left join trades t on t.broker_order_id = b.id
            group by b.id having b.filled_quantity <> coalesce(sum(t.quantity), 0)
            """);
        await AssertNoneAsync(database, """
            select o.id || ': filled ' || o.filled_quantity || ', trades ' || coalesce(sum(t.quantity), 0)
            from orders o left join trades t on t.order_id = o.id
            group by o.id having o.filled_quantity <> coalesce(sum(t.quantity), 0)
            """);
        await AssertNoneAsync(database, """
            select a.user_id || ': counter ' || a.last_event_id || ', events ' || count(e.id)
            from accounts a left join user_events e on e.user_id = a.user_id
            group by a.user_id, a.last_event_id having a.last_event_id <> count(e.id)
            """);
        await AssertNoneAsync(database, """
            select o.id || ': trails since ' || o.trails_since || ', and no waterline is that old'
            from orders o
            where o.trails_since is not null
              and not exists (select from waterlines w where w.symbol = o.symbol and w.side = o.side and w.seq <= o.trails_since)
            """);
        await AssertNoneAsync(database, """
            select w.symbol || ' ' || w.side || ' ' || w.seq || ': a waterline without orders'
            from (select *, lead(seq) over (partition by symbol, side order by seq) as next from waterlines) w
            where not exists (select from orders o where o.symbol = w.symbol and o.side = w.side and o.trails_since >= w.seq
                              and (w.next is null or o.trails_since < w.next))
            """);
    }

    private static async Task AssertNoneAsync(FreshDatabase database, string sql)
    {
        if (await database.ValueAsync<string>(sql) is { } finding)
        {
            Assert.Fail(finding);
        }
    }
}
