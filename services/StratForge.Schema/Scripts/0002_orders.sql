-- Intake, routing and closing of orders. Everything here runs inside one statement of the gateway, because a round trip
-- inside a transaction costs more than the commit.
--
-- Ledger: an entry moves an amount from its debit account to its credit account; a balance is what came in less what went
-- out. A user's money is cash (free) + cash_reserved (promised to open buys), USD. A user's holding of a symbol is units
-- (free) + units_reserved (promised to open sells), with the symbol as the asset.
--
-- Locks, always in this order, so that nobody waits in a circle: symbols by key, accounts by user id, broker orders by id.

alter table orders
    -- The caller's own key of an order by hand; the order's id is derived from it, so it cannot make two.
    add column client_order_id text check (length(client_order_id) between 1 and 128),
    add column request_hash    bytea check (octet_length(request_hash) = 32),
    -- Not to be offered to the broker again before this instant: it said that something opposite is open.
    add column held_until      timestamptz;

alter table broker_orders
    -- The most the venue has said was filled; we are never ahead of it, and complete when level.
    add column venue_filled_quantity numeric not null default 0
        check (venue_filled_quantity >= filled_quantity and venue_filled_quantity <= quantity),
    -- The venue says it is over while fills are still missing here.
    add column end_status text check (end_status in ('canceled', 'expired', 'rejected')),
    add column end_detail text;

-- A malformed signal is recorded as it came, refused.
alter table signals drop constraint signals_quantity_check, drop constraint signals_limit_price_check;
alter table signals
    add constraint signals_quantity_check check (quantity > 0 or status = 'REJECTED'),
    add constraint signals_limit_price_check check (limit_price > 0 or status = 'REJECTED');

-- These rows are written from sessions, users, signals and balances that the same transaction has read and locked, and nothing ever
-- deletes those; whoever posts an entry makes sure that both of its balances are there. Checked row by row the references would take a
-- third of the time of a group's intake.
alter table signals
    drop constraint signals_session_id_fkey,
    drop constraint signals_user_id_fkey,
    drop constraint signals_strategy_id_fkey;
alter table orders
    drop constraint orders_user_id_fkey,
    drop constraint orders_session_id_fkey,
    drop constraint orders_signal_id_fkey,
    drop constraint orders_broker_order_id_fkey,
    -- A signal is known by its own key, and the order is written in the statement that writes the signal.
    drop constraint orders_signal_id_key;
alter table ledger_entries
    drop constraint ledger_entries_debit_owner_debit_kind_asset_fkey,
    drop constraint ledger_entries_credit_owner_credit_kind_asset_fkey;
alter table user_events drop constraint user_events_user_id_fkey;

-- Nobody lists orders by session; signals and trades are. A reservation moves between accounts of one owner: his entries are found by what he gave, and by what others gave him.
drop index orders_session;
drop index ledger_entries_credit;
create index ledger_entries_credit on ledger_entries (credit_owner, id desc) where credit_owner <> debit_owner;

create index broker_orders_unsent on broker_orders (created_at) where submitted_at is null and status = 'accepted';

-- Opens the virtual account of a new user with a deposit out of the house's capital.
create function open_account(p_user uuid, p_amount numeric, p_at timestamptz) returns void
language plpgsql as $$
declare
    house constant uuid := '00000000-0000-0000-0000-000000000000';
begin
    insert into accounts (user_id, opened_at) values (p_user, p_at);
    insert into ledger_accounts (owner_id, kind, asset, balance)
    values (p_user, 'cash', 'USD', p_amount), (p_user, 'cash_reserved', 'USD', 0);
    insert into ledger_accounts (owner_id, kind, asset, balance)
    values (house, 'capital', 'USD', -p_amount)
    on conflict (owner_id, kind, asset) do update set balance = ledger_accounts.balance + excluded.balance;
    insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, booked_at)
    values (house, 'capital', p_user, 'cash', 'USD', p_amount, 'deposit', p_at);
end $$;

-- One symbol's orders are routed by one transaction at a time.
create function lock_symbols(p_symbols text[]) returns void
language plpgsql as $$
declare
    item record;
begin
    for item in select distinct hashtextextended('symbol:' || s, 0) as key from unnest(p_symbols) s order by key loop
        perform pg_advisory_xact_lock(item.key);
    end loop;
end $$;

-- What happened to an order, in the shape of the bus. Written by hand: every value is a number, an id, or a word that the tables
-- allow, and building it as jsonb costs more than writing it.
create function order_event(
    p_order uuid, p_signal uuid, p_symbol text, p_side text, p_status text, p_quantity numeric, p_filled numeric,
    p_average numeric, p_code text, p_position numeric, p_position_price numeric, p_cash numeric) returns text
language sql stable as $$
    select '{"orderId":"' || p_order || coalesce('","signalId":"' || p_signal, '') || '","symbol":"' || p_symbol || '","side":"' || upper(p_side)
        || '","status":"' || p_status || '","quantity":' || p_quantity || ',"filledQuantity":' || p_filled
        || coalesce(',"averageFillPrice":' || p_average, '') || coalesce(',"code":"' || p_code || '"', '')
        || ',"position":{"quantity":' || p_position || ',"averagePrice":' || p_position_price || '},"cash":' || p_cash || '}'
$$;

-- A user event as it goes over the bus.
create function event_message(
    p_id bigint, p_user uuid, p_session uuid, p_kind text, p_at timestamptz, p_data text, p_traceparent text) returns text
language sql stable as $$
    select '{"id":' || p_id || ',"userId":"' || p_user || coalesce('","sessionId":"' || p_session, '') || '","kind":"' || p_kind
        || '","occurredAt":"' || to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","data":' || p_data || coalesce(',"traceparent":"' || p_traceparent || '"', '') || '}'
$$;

-- Takes in a group of orders in the order given: signals of sessions and orders by hand. One element of every array per
-- order. The caller has checked what needs no database and says so in p_code; here follow who may, whether there is enough,
-- and what may go to the broker at once. Answers, per order:
--   ACCEPTED   new and committed; o_new is true
--   REJECTED   by a rule; a signal is recorded, an order by hand leaves no trace
--   RECORDED   a signal that was not to trade
--   FENCED     the session belongs to a newer lease
--   CONFLICT   the caller's key was used for another order
-- A known signal or order gets its stored answer with o_new false.
create function accept_orders(
    p_order uuid[], p_user uuid[], p_signal uuid[], p_session uuid[], p_epoch bigint[],
    p_symbol text[], p_class text[], p_side text[], p_type text[], p_tif text[], p_quantity numeric[], p_limit numeric[],
    p_unit_cost numeric[],       -- USD to reserve per unit of a buy, buffer included
    p_incoming_share numeric[],  -- share of a buy that arrives as units after fees
    p_code text[], p_detail text[], p_record_only boolean[],
    p_confidence double precision[], p_metadata jsonb[], p_event_kind smallint[], p_event_seq bigint[], p_ordinal integer[],
    p_generated_at timestamptz[], p_received_at timestamptz[], p_traceparent text[],
    p_client_order_id text[], p_request_hash bytea[],
    out o_status text[], out o_new boolean[], out o_order uuid[], out o_code text[], out o_detail text[], out o_balance numeric[],
    out e_user uuid[], out e_message text[],
    out b_id uuid[], out b_symbol text[], out b_side text[], out b_type text[], out b_tif text[], out b_quantity numeric[],
    out b_limit numeric[], out b_traceparent text[])
language plpgsql
-- The arrays vary from one element to hundreds; one plan serves all, and planning anew would cost more than running.
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    size constant integer := coalesce(array_length(p_order, 1), 0);
    item record;
    own record;
    required numeric;
    free numeric;
    reachable numeric;
    blocked boolean;
    -- Per user, per position, per symbol: what is left as the group is worked through.
    cash_left numeric[];
    units_left numeric[];
    incoming_any numeric[];
    incoming_market numeric[];
    market_buy boolean[];
    market_sell boolean[];
    highest_buy numeric[];
    lowest_sell numeric[];
    merged_buy jsonb[];
    merged_sell jsonb[];
    -- Per order.
    account uuid[];
    strategy uuid[];
    stored boolean[];
    reserved_cash numeric[];
    reserved_units numeric[];
    broker uuid[];
    accepted integer := 0;
begin
    o_status := array_fill(null::text, array[size]);
    o_new := array_fill(false, array[size]);
    o_order := array_fill(null::uuid, array[size]);
    o_code := p_code;
    o_detail := p_detail;
    o_balance := array_fill(null::numeric, array[size]);
    account := array_fill(null::uuid, array[size]);
    strategy := array_fill(null::uuid, array[size]);
    stored := array_fill(false, array[size]);
    reserved_cash := array_fill(0::numeric, array[size]);
    reserved_units := array_fill(0::numeric, array[size]);
    broker := array_fill(null::uuid, array[size]);

    perform lock_symbols(p_symbol);
    perform 1 from accounts a
    where a.user_id in (
        select coalesce(s.user_id, i.user_id)
        from unnest(p_user, p_session) as i (user_id, session_id)
        left join sessions s on s.id = i.session_id)
    order by a.user_id
    for update;

    for item in
        with resting as materialized (
            select t.symbol, max(t.m) as m,
                   bool_or(t.side = 'buy' and t.type = 'market') as market_buy,
                   bool_or(t.side = 'sell' and t.type = 'market') as market_sell,
                   max(t.limit_price) filter (where t.side = 'buy') as highest_buy,
                   min(t.limit_price) filter (where t.side = 'sell') as lowest_sell,
                   bool_or(t.waiting) as waiting
            from (
                select d.symbol, d.m, x.side, x.type, x.limit_price, x.waiting
                from (select s as symbol, row_number() over (order by s) as m from (select distinct unnest(p_symbol) as s) u) d
                left join lateral (
                    select b.side, b.type, b.limit_price, false as waiting
                    from broker_orders b
                    where b.symbol = d.symbol and b.status in ('accepted', 'new', 'partially_filled')
                    union all
                    select o.side, o.type, o.limit_price, true
                    from orders o
                    where o.symbol = d.symbol and o.broker_order_id is null and o.status = 'accepted') x on true) t
            group by t.symbol)
        select i.n, i.order_id, i.signal_id, i.session_id, i.epoch, i.symbol, i.side, i.type, i.tif, i.quantity, i.limit_price,
               i.unit_cost, i.incoming_share, i.code, i.record_only, i.request_hash,
               s.id as found_session, s.lease_epoch, s.ended_at, s.mode, s.symbol as session_symbol, s.strategy_id,
               cash.owner_id as user_id, cash.balance as cash,
               dense_rank() over (order by coalesce(s.user_id, i.user_id)) as u,
               dense_rank() over (order by coalesce(s.user_id, i.user_id), i.session_id, i.symbol) as k,
               resting.m, resting.market_buy, resting.market_sell, resting.highest_buy, resting.lowest_sell, resting.waiting,
               known.status as known_status, known.order_id as known_order, known.code as known_code, known.detail as known_detail,
               prior.id as prior_order, prior.request_hash as prior_hash,
               coalesce(ps.quantity, ph.quantity, 0) as held, coalesce(ps.reserved, ph.reserved, 0) as held_reserved
        from unnest(p_order, p_user, p_signal, p_session, p_epoch, p_symbol, p_side, p_type, p_tif, p_quantity, p_limit,
                    p_unit_cost, p_incoming_share, p_code, p_record_only, p_request_hash)
             with ordinality as i (order_id, user_id, signal_id, session_id, epoch, symbol, side, type, tif, quantity, limit_price,
                    unit_cost, incoming_share, code, record_only, request_hash, n)
        join resting on resting.symbol = i.symbol
        left join sessions s on s.id = i.session_id
        left join signals known on known.id = i.signal_id
        left join orders prior on prior.id = i.order_id
        left join ledger_accounts cash
            on cash.owner_id = coalesce(s.user_id, i.user_id) and cash.kind = 'cash' and cash.asset = 'USD'
        left join positions ps on ps.user_id = s.user_id and ps.session_id = i.session_id and ps.symbol = i.symbol
        left join positions ph on ph.user_id = i.user_id and ph.session_id is null and i.session_id is null and ph.symbol = i.symbol
        order by i.n
    loop
        account[item.n] := item.user_id;
        strategy[item.n] := item.strategy_id;
        if cash_left[item.u] is null then
            cash_left[item.u] := item.cash;
        end if;
        if units_left[item.k] is null then
            units_left[item.k] := item.held - item.held_reserved;
            incoming_any[item.k] := 0;
            incoming_market[item.k] := 0;
        end if;
        if market_buy[item.m] is null then
            market_buy[item.m] := coalesce(item.market_buy, false);
            market_sell[item.m] := coalesce(item.market_sell, false);
            highest_buy[item.m] := item.highest_buy;
            lowest_sell[item.m] := item.lowest_sell;
        end if;

        if item.known_status is not null then
            o_status[item.n] := case when item.known_status in ('REJECTED', 'RECORDED') then item.known_status else 'ACCEPTED' end;
            o_order[item.n] := item.known_order;
            o_code[item.n] := item.known_code;
            o_detail[item.n] := item.known_detail;
        elsif item.prior_order is not null then
            o_status[item.n] := case when item.prior_hash is not distinct from item.request_hash then 'ACCEPTED' else 'CONFLICT' end;
            o_order[item.n] := item.prior_order;
        elsif item.signal_id is not null and item.found_session is null then
            o_status[item.n] := 'REJECTED';
            o_code[item.n] := 'SESSION_UNKNOWN';
            o_detail[item.n] := 'SESSION_UNKNOWN: session=' || coalesce(item.session_id::text, 'none');
        elsif item.user_id is null then
            o_status[item.n] := 'REJECTED';
            o_code[item.n] := 'ACCOUNT_UNKNOWN';
            o_detail[item.n] := 'ACCOUNT_UNKNOWN: no virtual account was opened';
        elsif item.signal_id is not null and item.lease_epoch > item.epoch then
            o_status[item.n] := 'FENCED';
            o_code[item.n] := null;
            o_detail[item.n] := null;
        else
            stored[item.n] := item.signal_id is not null;
            o_new[item.n] := true;
            if item.ended_at is not null then
                o_status[item.n] := 'REJECTED';
                o_code[item.n] := 'SESSION_NOT_RUNNING';
                o_detail[item.n] := 'SESSION_NOT_RUNNING: ended at ' || item.ended_at::text;
            elsif item.session_symbol is not null and item.session_symbol <> item.symbol then
                o_status[item.n] := 'REJECTED';
                o_code[item.n] := 'WRONG_SYMBOL';
                o_detail[item.n] := format('WRONG_SYMBOL: requested=%s session=%s', item.symbol, item.session_symbol);
            elsif item.code is not null then
                o_status[item.n] := 'REJECTED';
            elsif item.record_only or item.mode <> 'PAPER' then
                o_status[item.n] := 'RECORDED';
            elsif item.side = 'buy' then
                required := round(ceil(item.quantity * item.unit_cost * 100) / 100, 2);
                if required > cash_left[item.u] then
                    o_status[item.n] := 'REJECTED';
                    o_code[item.n] := 'INSUFFICIENT_FUNDS';
                    o_detail[item.n] := format('INSUFFICIENT_FUNDS: required=%s available=%s',
                        trim_scale(required), trim_scale(cash_left[item.u]));
                else
                    o_status[item.n] := 'ACCEPTED';
                    cash_left[item.u] := cash_left[item.u] - required;
                    reserved_cash[item.n] := required;
                    incoming_any[item.k] := incoming_any[item.k] + trunc(item.quantity * item.incoming_share, 9);
                    if item.type = 'market' then
                        incoming_market[item.k] := incoming_market[item.k] + trunc(item.quantity * item.incoming_share, 9);
                    end if;
                end if;
            else
                free := units_left[item.k];
                reachable := case when item.type = 'market' then incoming_any[item.k] else incoming_market[item.k] end;
                -- Only a sell that waits can be without a reservation, and only a symbol with something open can make it wait.
                if item.waiting or item.quantity > free + reachable then
                    select coalesce(sum(trunc((o.quantity - o.filled_quantity) * item.incoming_share, 9)) filter (
                               where o.side = 'buy' and (o.type = 'market' or item.type = 'market')), 0) as incoming,
                           coalesce(sum(o.quantity) filter (
                               where o.side = 'sell' and o.broker_order_id is null and o.reserved_quantity = 0), 0) as promised
                    into own
                    from orders o
                    where o.user_id = item.user_id and o.symbol = item.symbol
                      and o.status in ('accepted', 'new', 'partially_filled')
                      and o.session_id is not distinct from item.session_id;
                    free := free - own.promised;
                    reachable := reachable + own.incoming;
                end if;
                if item.quantity <= free then
                    o_status[item.n] := 'ACCEPTED';
                    units_left[item.k] := units_left[item.k] - item.quantity;
                    reserved_units[item.n] := item.quantity;
                elsif item.quantity <= free + reachable then
                    o_status[item.n] := 'ACCEPTED';
                    units_left[item.k] := units_left[item.k] - item.quantity;
                else
                    o_status[item.n] := 'REJECTED';
                    o_code[item.n] := 'INSUFFICIENT_QUANTITY';
                    o_detail[item.n] := format('INSUFFICIENT_QUANTITY: required=%s available=%s incoming=%s',
                        trim_scale(item.quantity), trim_scale(greatest(free, 0)), trim_scale(reachable));
                end if;
            end if;

            if o_status[item.n] = 'ACCEPTED' then
                accepted := accepted + 1;
                o_order[item.n] := item.order_id;
                -- Behind an opposite order that could trade with it, at the broker or waiting, it waits: the venue would
                -- take the pair for a wash trade.
                if item.side = 'buy' then
                    blocked := market_sell[item.m]
                        or lowest_sell[item.m] is not null and (item.type = 'market' or item.limit_price >= lowest_sell[item.m]);
                    market_buy[item.m] := market_buy[item.m] or item.type = 'market';
                    highest_buy[item.m] := greatest(highest_buy[item.m], item.limit_price);
                else
                    blocked := market_buy[item.m]
                        or highest_buy[item.m] is not null and (item.type = 'market' or item.limit_price <= highest_buy[item.m]);
                    market_sell[item.m] := market_sell[item.m] or item.type = 'market';
                    lowest_sell[item.m] := least(lowest_sell[item.m], item.limit_price);
                end if;
                if not blocked and item.type = 'limit' then
                    broker[item.n] := item.order_id;
                elsif not blocked and item.side = 'buy' then
                    if not coalesce(merged_buy[item.m], '{}') ? item.tif then
                        merged_buy[item.m] := coalesce(merged_buy[item.m], '{}') || jsonb_build_object(item.tif, item.order_id);
                    end if;
                    broker[item.n] := merged_buy[item.m] ->> item.tif;
                elsif not blocked then
                    if not coalesce(merged_sell[item.m], '{}') ? item.tif then
                        merged_sell[item.m] := coalesce(merged_sell[item.m], '{}') || jsonb_build_object(item.tif, item.order_id);
                    end if;
                    broker[item.n] := merged_sell[item.m] ->> item.tif;
                end if;
            end if;
        end if;
        o_balance[item.n] := cash_left[item.u];
    end loop;

    insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, order_type, limit_price, metadata,
                         event_kind, event_seq, ordinal, generated_at, received_at, processed_at, status, code, detail, order_id)
    select i.signal_id, i.session_id, i.user_id, i.strategy_id, i.symbol, upper(i.side), i.quantity, i.confidence, i.type,
           i.limit_price, i.metadata, i.event_kind, i.event_seq, i.ordinal, i.generated_at, i.received_at,
           case when i.status <> 'ACCEPTED' then i.received_at end, i.status, i.code, i.detail, i.order_id
    from unnest(stored, p_signal, p_session, account, strategy, p_symbol, p_side, p_quantity, p_confidence, p_type, p_limit,
                p_metadata, p_event_kind, p_event_seq, p_ordinal, p_generated_at, p_received_at, o_status, o_code, o_detail, o_order)
         as i (stored, signal_id, session_id, user_id, strategy_id, symbol, side, quantity, confidence, type, limit_price,
                metadata, event_kind, event_seq, ordinal, generated_at, received_at, status, code, detail, order_id)
    where i.stored;

    if accepted = 0 then
        return;
    end if;

    with sent as (
        insert into broker_orders (id, symbol, side, type, time_in_force, quantity, limit_price, status, traceparent, created_at, updated_at)
        select i.broker, i.symbol, i.side, i.type, i.tif, sum(i.quantity), i.limit_price, 'accepted',
               (array_agg(i.traceparent order by i.n))[1], min(i.received_at), min(i.received_at)
        from unnest(broker, p_symbol, p_side, p_type, p_tif, p_quantity, p_limit, p_traceparent, p_received_at)
             with ordinality as i (broker, symbol, side, type, tif, quantity, limit_price, traceparent, received_at, n)
        where i.broker is not null
        group by i.broker, i.symbol, i.side, i.type, i.tif, i.limit_price
        order by min(i.n)
        returning id, symbol, side, type, time_in_force, quantity, limit_price, traceparent)
    select array_agg(id), array_agg(symbol), array_agg(side), array_agg(type), array_agg(time_in_force), array_agg(quantity),
           array_agg(limit_price), array_agg(traceparent)
    into b_id, b_symbol, b_side, b_type, b_tif, b_quantity, b_limit, b_traceparent
    from sent;

    insert into orders (id, user_id, session_id, signal_id, broker_order_id, symbol, asset_class, side, type, time_in_force, quantity,
                        limit_price, status, reserved_cash, reserved_quantity, traceparent, created_at, updated_at,
                        client_order_id, request_hash)
    select i.order_id, i.user_id, i.session_id, i.signal_id, i.broker, i.symbol, i.class, i.side, i.type, i.tif, i.quantity,
           i.limit_price, 'accepted', i.reserved_cash, i.reserved_units, i.traceparent, i.received_at, i.received_at,
           i.client_order_id, i.request_hash
    from unnest(o_status, o_new, p_order, account, p_session, p_signal, broker, p_symbol, p_class, p_side, p_type, p_tif, p_quantity,
                p_limit, reserved_cash, reserved_units, p_traceparent, p_received_at, p_client_order_id, p_request_hash)
         as i (status, new, order_id, user_id, session_id, signal_id, broker, symbol, class, side, type, tif, quantity,
                limit_price, reserved_cash, reserved_units, traceparent, received_at, client_order_id, request_hash)
    where i.new and i.status = 'ACCEPTED';

    perform book_reservations(p_order, account, p_session, p_symbol, reserved_cash, reserved_units, p_received_at[1]);

    with told as materialized (
        select i.user_id, a.last_event_id + row_number() over (partition by i.user_id order by i.n) as id, i.session_id, i.received_at,
               order_event(i.order_id, i.signal_id, i.symbol, i.side, 'accepted', i.quantity, 0, null, null,
                           coalesce(ps.quantity, ph.quantity, 0), coalesce(ps.average_price, ph.average_price, 0), i.balance) as data,
               i.traceparent, i.n
        from unnest(o_status, o_new, p_order, account, p_session, p_signal, p_symbol, p_side, p_quantity, p_traceparent,
                    p_received_at, o_balance)
             with ordinality as i (status, new, order_id, user_id, session_id, signal_id, symbol, side, quantity, traceparent,
                    received_at, balance, n)
        join accounts a on a.user_id = i.user_id
        left join positions ps on ps.user_id = i.user_id and ps.session_id = i.session_id and ps.symbol = i.symbol
        left join positions ph on ph.user_id = i.user_id and ph.session_id is null and i.session_id is null and ph.symbol = i.symbol
        where i.new and i.status = 'ACCEPTED'),
    kept as (
        insert into user_events (user_id, id, session_id, kind, occurred_at, data, traceparent)
        select user_id, id, session_id, 'order', received_at, data::jsonb, traceparent from told)
    select array_agg(user_id order by n), array_agg(event_message(id, user_id, session_id, 'order', received_at, data, traceparent) order by n)
    into e_user, e_message
    from told;

    update accounts a
    set last_event_id = a.last_event_id + c.events
    from (select u as user_id, count(*) as events from unnest(e_user) u group by u) c
    where a.user_id = c.user_id;
end $$;

-- Posts reservations: cash -> cash_reserved for buys, units -> units_reserved for sells, and the positions' reserved units.
create function book_reservations(
    p_order uuid[], p_user uuid[], p_session uuid[], p_symbol text[], p_cash numeric[], p_units numeric[], p_at timestamptz) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
    changed integer;
    expected integer;
begin
    if exists (select 1 from unnest(p_units) u where u > 0) then
        insert into ledger_accounts (owner_id, kind, asset)
        select distinct i.user_id, 'units_reserved', i.symbol
        from unnest(p_user, p_symbol, p_units) as i (user_id, symbol, units)
        where i.units > 0
        on conflict do nothing;

        update positions p
        set reserved = p.reserved + i.units, updated_at = p_at
        from (
            select x.user_id, x.session_id, x.symbol, sum(x.units) as units
            from unnest(p_user, p_session, p_symbol, p_units) as x (user_id, session_id, symbol, units)
            where x.units > 0
            group by x.user_id, x.session_id, x.symbol) i
        where p.user_id = i.user_id and p.symbol = i.symbol and p.session_id is not distinct from i.session_id;
    end if;

    insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, order_id, booked_at)
    select i.user_id, case when i.cash > 0 then 'cash' else 'units' end,
           i.user_id, case when i.cash > 0 then 'cash_reserved' else 'units_reserved' end,
           case when i.cash > 0 then 'USD' else i.symbol end, i.cash + i.units, 'reserve', i.order_id, p_at
    from unnest(p_order, p_user, p_symbol, p_cash, p_units) with ordinality as i (order_id, user_id, symbol, cash, units, n)
    where i.cash > 0 or i.units > 0
    order by i.n;

    select 2 * count(distinct (i.user_id, case when i.cash > 0 then 'USD' else i.symbol end)) into expected
    from unnest(p_user, p_symbol, p_cash, p_units) as i (user_id, symbol, cash, units)
    where i.cash > 0 or i.units > 0;
    update ledger_accounts l
    set balance = l.balance + d.amount
    from (
        select i.user_id, k.kind, case when i.cash > 0 then 'USD' else i.symbol end as asset, sum(k.sign * (i.cash + i.units)) as amount
        from unnest(p_user, p_symbol, p_cash, p_units) as i (user_id, symbol, cash, units)
        cross join lateral (values
            (case when i.cash > 0 then 'cash' else 'units' end, -1),
            (case when i.cash > 0 then 'cash_reserved' else 'units_reserved' end, 1)) as k (kind, sign)
        where i.cash > 0 or i.units > 0
        group by 1, 2, 3) d
    where l.owner_id = d.user_id and l.kind = d.kind and l.asset = d.asset;
    get diagnostics changed = row_count;
    if changed <> expected then
        raise exception 'reservations touch % balances, % are there', expected, changed;
    end if;
end $$;

-- Ends an order before it is filled: what is still reserved goes back, the signal learns it, the user is told. The caller
-- holds the account. Answers the event as it goes over the bus; null when the order was over already.
create function close_order(p_order uuid, p_status text, p_code text, p_detail text, p_at timestamptz) returns text
language plpgsql as $$
declare
    o orders;
    held record;
    event bigint;
    free numeric;
    data text;
begin
    select * into o from orders where id = p_order and status in ('accepted', 'new', 'partially_filled') for update;
    if not found then
        return null;
    end if;

    if o.reserved_cash > 0 then
        insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, order_id, booked_at)
        values (o.user_id, 'cash_reserved', o.user_id, 'cash', 'USD', o.reserved_cash, 'release', o.id, p_at);
        update ledger_accounts
        set balance = balance + case kind when 'cash' then o.reserved_cash else -o.reserved_cash end
        where owner_id = o.user_id and kind in ('cash', 'cash_reserved') and asset = 'USD';
    end if;
    if o.reserved_quantity > 0 then
        insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, order_id, booked_at)
        values (o.user_id, 'units_reserved', o.user_id, 'units', o.symbol, o.reserved_quantity, 'release', o.id, p_at);
        update ledger_accounts
        set balance = balance + case kind when 'units' then o.reserved_quantity else -o.reserved_quantity end
        where owner_id = o.user_id and kind in ('units', 'units_reserved') and asset = o.symbol;
        update positions
        set reserved = reserved - o.reserved_quantity, updated_at = p_at
        where user_id = o.user_id and session_id is not distinct from o.session_id and symbol = o.symbol;
    end if;

    update orders
    set status = p_status, code = p_code, detail = p_detail, reserved_cash = 0, reserved_quantity = 0, updated_at = p_at,
        canceled_at = case when p_status = 'canceled' then p_at end
    where id = o.id;

    update signals
    set status = case when p_status = 'rejected' then 'REJECTED' when o.filled_quantity > 0 then 'PARTIAL' else 'EXPIRED' end,
        code = case when p_status = 'rejected' then p_code end,
        detail = p_detail, processed_at = p_at
    where id = o.signal_id;

    select coalesce(max(quantity), 0) as quantity, coalesce(max(average_price), 0) as price into held
    from positions
    where user_id = o.user_id and session_id is not distinct from o.session_id and symbol = o.symbol;
    select balance into free from ledger_accounts where owner_id = o.user_id and kind = 'cash' and asset = 'USD';
    update accounts set last_event_id = last_event_id + 1 where user_id = o.user_id returning last_event_id into event;
    data := order_event(o.id, o.signal_id, o.symbol, o.side, p_status, o.quantity, o.filled_quantity, o.average_fill_price, p_code,
                        held.quantity, held.price, free);
    insert into user_events (user_id, id, session_id, kind, occurred_at, data, traceparent)
    values (o.user_id, event, o.session_id, 'order', p_at, data::jsonb, o.traceparent);
    return event_message(event, o.user_id, o.session_id, 'order', p_at, data, o.traceparent);
end $$;

-- Locks the symbols and, of them, the accounts of everyone whose order waits.
create function lock_waiting(p_symbols text[]) returns void
language plpgsql as $$
begin
    perform lock_symbols(p_symbols);
    perform 1 from accounts a
    where a.user_id in (
        select o.user_id from orders o
        where o.symbol = any (p_symbols) and o.broker_order_id is null and o.status = 'accepted')
    order by a.user_id
    for update;
end $$;

-- Offers the waiting orders of some symbols to the broker as far as nothing opposite is open or waits before them: oldest
-- first, like market orders together. A sell that waited without a reservation gets it now, or is refused if the units
-- it counted on did not come.
create function release_waiting(
    p_symbols text[], p_at timestamptz,
    out e_user uuid[], out e_message text[],
    out b_id uuid[], out b_symbol text[], out b_side text[], out b_type text[], out b_tif text[], out b_quantity numeric[],
    out b_limit numeric[], out b_traceparent text[])
language plpgsql
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    symbol_now text;
    o orders;
    open record;
    ahead_market_buy boolean;
    ahead_market_sell boolean;
    ahead_highest_buy numeric;
    ahead_lowest_sell numeric;
    blocked boolean;
    free numeric;
    merged jsonb;
    target uuid;
    released uuid[] := '{}';
    broker uuid[] := '{}';
begin
    perform lock_waiting(p_symbols);

    foreach symbol_now in array p_symbols loop
        select coalesce(bool_or(b.side = 'buy' and b.type = 'market'), false) as market_buy,
               coalesce(bool_or(b.side = 'sell' and b.type = 'market'), false) as market_sell,
               max(b.limit_price) filter (where b.side = 'buy') as highest_buy,
               min(b.limit_price) filter (where b.side = 'sell') as lowest_sell
        into open
        from broker_orders b
        where b.symbol = symbol_now and b.status in ('accepted', 'new', 'partially_filled');
        ahead_market_buy := false;
        ahead_market_sell := false;
        ahead_highest_buy := null;
        ahead_lowest_sell := null;
        merged := '{}';

        for o in
            select * from orders w
            where w.symbol = symbol_now and w.broker_order_id is null and w.status = 'accepted'
            order by w.created_at, w.id
        loop
            if o.side = 'buy' then
                blocked := open.market_sell or ahead_market_sell
                    or open.lowest_sell is not null and (o.type = 'market' or o.limit_price >= open.lowest_sell)
                    or ahead_lowest_sell is not null and (o.type = 'market' or o.limit_price >= ahead_lowest_sell);
            else
                blocked := open.market_buy or ahead_market_buy
                    or open.highest_buy is not null and (o.type = 'market' or o.limit_price <= open.highest_buy)
                    or ahead_highest_buy is not null and (o.type = 'market' or o.limit_price <= ahead_highest_buy);
            end if;

            if blocked or o.held_until > p_at then
                if o.side = 'buy' then
                    ahead_market_buy := ahead_market_buy or o.type = 'market';
                    ahead_highest_buy := greatest(ahead_highest_buy, o.limit_price);
                else
                    ahead_market_sell := ahead_market_sell or o.type = 'market';
                    ahead_lowest_sell := least(ahead_lowest_sell, o.limit_price);
                end if;
                -- Nothing behind these can pass.
                exit when ahead_market_buy and (open.market_sell or ahead_market_sell)
                    or ahead_market_sell and (open.market_buy or ahead_market_buy);
                continue;
            end if;

            if o.side = 'sell' and o.reserved_quantity = 0 then
                select coalesce(max(p.quantity - p.reserved), 0) into free
                from positions p
                where p.user_id = o.user_id and p.session_id is not distinct from o.session_id and p.symbol = o.symbol;
                if free < o.quantity then
                    e_user := e_user || o.user_id;
                    e_message := e_message || close_order(o.id, 'rejected', 'INSUFFICIENT_QUANTITY',
                        format('INSUFFICIENT_QUANTITY: required=%s available=%s', trim_scale(o.quantity), trim_scale(greatest(free, 0))),
                        p_at);
                    continue;
                end if;
                perform book_reservations(array[o.id], array[o.user_id], array[o.session_id], array[o.symbol],
                    array[0::numeric], array[o.quantity], p_at);
                update orders set reserved_quantity = o.quantity where id = o.id;
            end if;

            target := o.id;
            if o.type = 'market' then
                if not merged ? (o.side || o.time_in_force) then
                    merged := merged || jsonb_build_object(o.side || o.time_in_force, o.id);
                end if;
                target := merged ->> (o.side || o.time_in_force);
            end if;
            released := released || o.id;
            broker := broker || target;
            if o.side = 'buy' then
                open.market_buy := open.market_buy or o.type = 'market';
                open.highest_buy := greatest(open.highest_buy, o.limit_price);
            else
                open.market_sell := open.market_sell or o.type = 'market';
                open.lowest_sell := least(open.lowest_sell, o.limit_price);
            end if;
        end loop;
    end loop;

    if array_length(released, 1) is null then
        return;
    end if;

    with sent as (
        insert into broker_orders (id, symbol, side, type, time_in_force, quantity, limit_price, status, traceparent, created_at, updated_at)
        select i.broker, w.symbol, w.side, w.type, w.time_in_force, sum(w.quantity), w.limit_price, 'accepted',
               (array_agg(w.traceparent order by i.n))[1], p_at, p_at
        from unnest(released, broker) with ordinality as i (id, broker, n)
        join orders w on w.id = i.id
        group by i.broker, w.symbol, w.side, w.type, w.time_in_force, w.limit_price
        order by min(i.n)
        returning id, symbol, side, type, time_in_force, quantity, limit_price, traceparent)
    select array_agg(id), array_agg(symbol), array_agg(side), array_agg(type), array_agg(time_in_force), array_agg(quantity),
           array_agg(limit_price), array_agg(traceparent)
    into b_id, b_symbol, b_side, b_type, b_tif, b_quantity, b_limit, b_traceparent
    from sent;

    update orders w
    set broker_order_id = i.broker, held_until = null, updated_at = p_at
    from unnest(released, broker) as i (id, broker)
    where w.id = i.id;
end $$;

-- Takes a broker order back that the venue refused for something opposite being open: its orders wait again.
create function hold_broker_order(p_broker_order uuid, p_until timestamptz, p_at timestamptz) returns void
language plpgsql as $$
begin
    update orders set broker_order_id = null, status = 'accepted', held_until = p_until, updated_at = p_at
    where broker_order_id = p_broker_order and status in ('accepted', 'new');
    delete from broker_orders where id = p_broker_order and filled_quantity = 0;
end $$;

-- Ends an order that still waits, at its owner's wish. Null when it does not wait (any more).
create function cancel_waiting(p_order uuid, p_user uuid, p_at timestamptz) returns text
language plpgsql as $$
declare
    symbol_now text;
begin
    select symbol into symbol_now from orders where id = p_order and user_id = p_user;
    if not found then
        return null;
    end if;
    perform lock_symbols(array[symbol_now]);
    perform 1 from accounts where user_id = p_user for update;
    perform 1 from orders where id = p_order and broker_order_id is null and status = 'accepted';
    if not found then
        return null;
    end if;
    return close_order(p_order, 'canceled', null, null, p_at);
end $$;

-- Locks what a settlement of some broker orders may touch: their symbols, the accounts of their orders and of those that
-- wait behind them, the broker orders themselves.
create function lock_settlement(p_broker_orders uuid[]) returns void
language plpgsql as $$
declare
    symbols text[];
begin
    select array_agg(distinct b.symbol) into symbols from broker_orders b where b.id = any (p_broker_orders);
    perform lock_symbols(symbols);
    perform 1 from accounts a
    where a.user_id in (
        select o.user_id from orders o where o.broker_order_id = any (p_broker_orders)
        union
        select o.user_id from orders o
        where o.symbol = any (symbols) and o.broker_order_id is null and o.status = 'accepted')
    order by a.user_id
    for update;
    perform 1 from broker_orders b where b.id = any (p_broker_orders) order by b.id for update;
end $$;
