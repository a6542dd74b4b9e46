using StratForge.Contracts.Internal;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>What has to hold in the stored books of a schedule.</summary>
/// <param name="database">The database; earlier schedules may have left their books in it.</param>
/// <param name="venue">The schedule's venue.</param>
/// <param name="users">Its users.</param>
/// <param name="symbols">Its symbols.</param>
internal sealed class ScheduleBooks(FreshDatabase database, PaperVenue venue, Guid[] users, string[] symbols)
{
    private const string CashKinds = "('cash', 'cash_reserved', 'margin', 'suspense', 'rounding')";

    private decimal _cashBefore;

    /// <summary>Remembers what the books say before anything happens.</summary>
    public async Task BeginAsync() => _cashBefore = await CashAsync();

    /// <summary>At any moment: nobody's free cash is below zero, and the books say of the venue's executions just what is booked of them.</summary>
    public async Task CheckAsync()
    {
        await AssertNoneAsync(
            "select owner_id || ': free cash ' || balance from ledger_accounts where owner_id = any ($1) and kind in ('cash', 'cash_reserved', 'margin') and balance < 0",
            users);
        await AssertNoneAsync("select id || ' ended with ' || code from orders where user_id = any ($1) and code = 'BROKER_REJECTED'", users);
        var booked = (await database.ValueAsync<Guid[]>(
            "select array_agg(distinct execution_id) from trades where user_id = any ($1) and broker_order_id is not null", users) ?? []).ToHashSet();
        var executions = venue.Executions.Where(execution => booked.Contains(execution.Id)).ToList();
        Assert.True(executions.Count == booked.Count, $"{booked.Count} executions are booked, of which the venue knows {executions.Count}.");
        foreach (var symbol in symbols)
        {
            AssertSame($"units of {symbol} that are booked", executions.Where(execution => execution.Symbol == symbol).Sum(execution => execution.Units), await UnitsAsync(symbol));
        }

        AssertSame("cash that is booked", executions.Sum(execution => execution.Cash), await CashAsync() - _cashBefore);
    }

    /// <summary>At the end: nothing is open or reserved, and books and venue agree to the last digit.</summary>
    /// <param name="accepted">Signals that were accepted, with the order that was answered.</param>
    /// <param name="refused">Signals that were refused.</param>
    /// <param name="signals">Every signal that was ever sent.</param>
    /// <param name="orders">Orders by hand that were accepted.</param>
    public async Task CheckEndAsync(
        IReadOnlyDictionary<Guid, Guid> accepted, IReadOnlyCollection<Guid> refused, IReadOnlyCollection<ExecuteSignal> signals, IReadOnlyCollection<Guid> orders)
    {
        await CheckAsync();
        foreach (var symbol in symbols)
        {
            AssertSame($"units of {symbol} at the venue", venue.PositionOf(symbol), await UnitsAsync(symbol));
        }

        AssertSame("cash at the venue", venue.Executions.Sum(execution => execution.Cash), await CashAsync() - _cashBefore);
        await AssertNoneAsync(
            "select owner_id || ': ' || kind || ' ' || balance || ' ' || asset from ledger_accounts where owner_id = any ($1) and kind in ('cash_reserved', 'units_reserved') and balance <> 0",
            users);
        await AssertNoneAsync("select user_id || ' reserved ' || reserved from positions where user_id = any ($1) and reserved <> 0", users);
        // Entry by entry, and not only where it was looked at.
        await AssertNoneAsync("""
            select owner || ': free cash was ' || balance || ' at entry ' || id
            from (
                select m.id, m.owner, sum(m.amount) over (partition by m.owner order by m.id) as balance
                from (
                    select id, credit_owner as owner, amount from ledger_entries where credit_owner = any ($1) and credit_kind = 'cash' and asset = 'USD'
                    union all
                    select id, debit_owner, -amount from ledger_entries where debit_owner = any ($1) and debit_kind = 'cash' and asset = 'USD') m) b
            where balance < 0
            """, users);
        await CheckSignalsAsync(accepted, refused);
        Assert.Equal(signals.Select(signal => signal.SignalId).Order(), accepted.Keys.Concat(refused).Order());
        Assert.Equal(signals.Count, await database.ValueAsync<long>("select count(*) from signals where user_id = any ($1)", users));
        Assert.Equal(
            orders.Count,
            await database.ValueAsync<long>(
                "select count(*) from orders where user_id = any ($1) and client_order_id is not null and replaces is null", users));
        Assert.Equal(orders.Count, await database.ValueAsync<long>("select count(*) from orders where id = any ($1)", orders.ToArray()));
        Guid[] sent = [.. venue.Orders.Select(order => Guid.Parse(order.ClientOrderId))];
        Assert.True(
            sent.Length == await database.ValueAsync<long>("select count(*) from broker_orders where id = any ($1)", sent),
            "The venue has orders that are not in the books.");
        await Books.AssertBalancedAsync(database);
    }

    public Task<long> OpenAsync() => database.ValueAsync<long>(
        "select count(*) from orders where user_id = any ($1) and status in ('held', 'accepted', 'new', 'partially_filled')", users);

    /// <summary>Stocks of which a part of a unit is to be sold and nothing is on its way.</summary>
    public async Task<string[]> UnsoldAsync() => await database.ValueAsync<string[]>("""
        select array_agg(distinct symbol order by symbol) from orders
        where user_id = any ($1) and side = 'sell' and asset_class = 'stock' and status in ('accepted', 'partially_filled') and broker_order_id is null
          and quantity - filled_quantity < 1
        """, users) ?? [];

    public Task<string?> DescribeOpenAsync() => database.ValueAsync<string>("""
        select string_agg(concat_ws(' ', o.id, o.symbol, o.side, o.effect, o.type, o.time_in_force, o.status, 'filled', o.filled_quantity, 'of', o.quantity,
            'limit', o.limit_price, 'stop', o.stop_price, 'leg', o.leg, 'in', o.broker_order_id, b.status, 'cancel', o.cancel_asked), E'\n')
        from orders o left join broker_orders b on b.id = o.broker_order_id
        where o.user_id = any ($1) and o.status in ('held', 'accepted', 'new', 'partially_filled')
        """, users);

    /// <summary>What became of every order and account, without the ids that a gateway draws: the same for the same schedule.</summary>
    public async Task<string> DigestAsync() =>
        await database.ValueAsync<string>("""
            select string_agg(concat_ws(' ', user_id, symbol, side, effect, type, quantity, limit_price, stop_price, status, code, filled_quantity, average_fill_price), E'\n'
                              order by user_id, created_at, symbol, side, type, quantity, limit_price, stop_price)
            from orders where user_id = any ($1)
            """, users)
        + "\n" + await database.ValueAsync<string>(
            "select string_agg(concat_ws(' ', owner_id, kind, asset, balance), E'\n' order by owner_id, kind, asset) from ledger_accounts where owner_id = any ($1)", users);

    /// <summary>Adds what a schedule came to.</summary>
    public async Task CountAsync(ScheduleCounts counts)
    {
        counts["orders"] = await database.ValueAsync<long>("select count(*) from orders where user_id = any ($1)", users);
        counts["signals"] = await database.ValueAsync<long>("select count(*) from signals where user_id = any ($1)", users);
        counts["crosses"] = await database.ValueAsync<long>("select count(*) from routing_decisions where kind = 'cross' and symbol = any ($1)", (object)symbols);
        counts["broker_orders"] = venue.Orders.Count;
        counts["fills"] = venue.Executions.Count;
        counts["account_refusals_retried"] = venue.AccountRefusals;
    }

    private async Task CheckSignalsAsync(IReadOnlyDictionary<Guid, Guid> accepted, IReadOnlyCollection<Guid> refused)
    {
        // An order that was replaced has a successor with the same signal; the first of them is what the signal made.
        await AssertNoneAsync(
            "select signal_id || ' made ' || count(*) || ' orders' from orders where user_id = any ($1) and signal_id is not null and replaces is null group by signal_id having count(*) > 1",
            users);
        await AssertNoneAsync("""
            select s.id || ' of ' || s.quantity || ' traded ' || sum(o.filled_quantity)
            from signals s join orders o on o.signal_id = s.id
            where s.user_id = any ($1) and not exists (select 1 from orders r where r.signal_id = s.id and r.replaces is not null)
            group by s.id, s.quantity having sum(o.filled_quantity) > s.quantity
            """, users);
        await AssertNoneAsync("""
            select s.id || ' is ' || s.status || ', its order ' || o.status
            from signals s join orders o on o.id = s.order_id
            where s.user_id = any ($1) and o.status <> 'replaced' and (s.status = 'ACCEPTED' or (s.status = 'EXECUTED') <> (o.status = 'filled'))
            """, users);
        foreach (var (signal, order) in accepted)
        {
            Assert.True(
                order == await database.ValueAsync<Guid>("select id from orders where signal_id = $1 and replaces is null", signal),
                $"Signal {signal} was answered with order {order}, and the books have another.");
        }

        await AssertNoneAsync("select signal_id || ' was refused and made an order' from orders where signal_id = any ($1)", refused.ToArray());
    }

    private Task<decimal> CashAsync() =>
        database.ValueAsync<decimal>($"select coalesce(sum(balance), 0) from ledger_accounts where asset = 'USD' and kind in {CashKinds}");

    private Task<decimal> UnitsAsync(string symbol) => database.ValueAsync<decimal>(
        "select coalesce(sum(balance), 0) from ledger_accounts where asset = $1 and kind in ('units', 'units_reserved', 'suspense')", symbol);

    private async Task AssertNoneAsync(string sql, Guid[] ids)
    {
        if (await database.ValueAsync<string>(sql, ids) is { } finding)
        {
            Assert.Fail(finding);
        }
    }

    private static void AssertSame(string what, decimal venue, decimal books) =>
        Assert.True(venue == books, $"{what}: venue {venue}, books {books}");
}
