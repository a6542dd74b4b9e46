\set user random(1, :users)
\set salt random(0, 1152921504606846975)
with funds as (
    update ledger_accounts
    set balance = balance - 5.10
    where owner_id = lpad(to_hex(:user::integer), 32, '0')::uuid and kind = 'cash' and asset = 'USD' and balance >= 5.10
    returning
        owner_id as user_id, balance as cash, now() as at,
        -- Rises with time as the platform's ids do, so that the indexes grow at their end.
        (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(:salt::bigint), 15, '0'))::uuid as order_id),
promised as (
    update ledger_accounts l
    set balance = l.balance + 5.10
    from funds f
    where l.owner_id = f.user_id and l.kind = 'cash_reserved' and l.asset = 'USD'),
counted as (
    update accounts a
    set last_event_id = a.last_event_id + 1
    from funds f
    where a.user_id = f.user_id
    returning a.last_event_id as event_id),
outbox as (
    insert into broker_orders (id, symbol, side, type, time_in_force, quantity, status, created_at, updated_at)
    select order_id, 'SPY', 'buy', 'market', 'day', 1, 'accepted', at, at from funds),
taken as (
    insert into orders (id, user_id, broker_order_id, symbol, asset_class, side, type, time_in_force, quantity, status, reserved_cash,
                        created_at, updated_at)
    select order_id, user_id, order_id, 'SPY', 'stock', 'buy', 'market', 'day', 1, 'accepted', 5.10, at, at from funds),
booked as (
    insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, order_id, booked_at)
    select user_id, 'cash', user_id, 'cash_reserved', 'USD', 5.10, 'reserve', order_id, at from funds)
insert into user_events (user_id, id, kind, occurred_at, data)
select f.user_id, c.event_id, 'order', f.at,
       ('{"orderId":"' || f.order_id || '","symbol":"SPY","side":"BUY","status":"accepted","quantity":1,"filledQuantity":0,'
        || '"position":{"quantity":0,"averagePrice":0},"cash":' || f.cash || '}')::jsonb
from funds f, counted c
returning user_id, id, data;
