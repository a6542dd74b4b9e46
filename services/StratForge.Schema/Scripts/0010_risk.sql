-- What accounts may do, and the switches that stop them. Both have a keeper: what the house laid down for a user, the user
-- cannot take back, and what he laid down for himself is his to change.

-- A row says everything; null is no limit. Without a row the defaults of the platform hold (docs/risk.md).
create table risk_limits (
    -- Null: the house's, for everybody.
    user_id               uuid references users (id),
    keeper                text not null check (keeper in ('house', 'user')),
    max_order_notional    numeric check (max_order_notional > 0),
    max_position_notional numeric check (max_position_notional > 0),
    max_open_orders       integer check (max_open_orders > 0),
    max_orders_per_minute integer check (max_orders_per_minute > 0),
    max_daily_loss        numeric check (max_daily_loss > 0),
    allowed_symbols       text[] check (array_position(allowed_symbols, null) is null),
    denied_symbols        text[] check (array_position(denied_symbols, null) is null),
    allow_shorting        boolean not null,
    price_collar_percent  numeric check (price_collar_percent > 0 and price_collar_percent <= 100),
    max_price_age         interval check (max_price_age > interval '0'),
    updated_at            timestamptz not null,
    unique nulls not distinct (user_id, keeper),
    check (user_id is not null or keeper = 'house')
);

-- Without a row, a switch is normal.
create table trading_switches (
    scope      text not null check (scope in ('global', 'user', 'session')),
    -- The user or the session; null for global.
    scope_id   uuid,
    -- Whom it concerns: the user, or the session's owner.
    user_id    uuid references users (id),
    keeper     text not null check (keeper in ('house', 'user')),
    mode       text not null check (mode in ('normal', 'reduce_only', 'flatten', 'pause')),
    reason     text check (length(reason) between 1 and 500),
    set_by     uuid not null references users (id),
    set_at     timestamptz not null,
    unique nulls not distinct (scope, scope_id, keeper),
    check ((scope = 'global') = (scope_id is null)),
    check ((scope = 'global') = (user_id is null)),
    check (scope <> 'user' or scope_id = user_id),
    check (scope <> 'global' or keeper = 'house'),
    check (scope <> 'session' or keeper = 'user')
);

-- Every change of both, for good. Changes are made one after the other, so a higher number was committed later: replicas see by the
-- highest one whether what they hold is still true.
create table risk_changes (
    id       bigint generated always as identity primary key,
    at       timestamptz not null,
    actor_id uuid not null references users (id),
    subject  text not null check (subject in ('limits', 'trading_mode')),
    scope    text not null check (scope in ('global', 'user', 'session')),
    scope_id uuid,
    keeper   text not null check (keeper in ('house', 'user')),
    -- Null where the defaults held.
    before   jsonb,
    after    jsonb not null,
    check ((scope = 'global') = (scope_id is null))
);
create trigger risk_changes_immutable before update or delete on risk_changes
    for each row execute function refuse_change();

-- The newest order that closes a position because a switch says so: one at a time per position. The row is written before the
-- order is placed, and the order's key is made of it; so whoever finds it after a crash asks again and gets the same order.
create table closings (
    user_id    uuid not null references users (id),
    -- Null: held by hand.
    session_id uuid references sessions (id),
    symbol     text not null,
    attempt    integer not null check (attempt > 0),
    side       text not null check (side in ('buy', 'sell')),
    quantity   numeric not null check (quantity > 0),
    -- Neither while the answer is not known; the order, or why it was refused.
    order_id   uuid,
    code       text,
    detail     text,
    asked_at   timestamptz not null,
    unique nulls not distinct (user_id, session_id, symbol),
    check (order_id is null or code is null),
    check ((code is null) = (detail is null))
);
