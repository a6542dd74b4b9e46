-- The platform's tables. A rule that matters stands here as a constraint as well as in the code that keeps it.
-- Ids are UUIDv7 made by the services. Money, prices and quantities are numeric; instants are timestamptz.

create table users (
    id            uuid primary key,
    email         text not null check (email = lower(email) and length(email) between 3 and 254),
    username      text not null check (length(username) between 1 and 64),
    password_hash text not null,
    role          text not null default 'user' check (role in ('user', 'admin')),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    unique (email),
    unique (username)
);

-- A refresh token is used once; using one again revokes its whole family.
create table refresh_tokens (
    id          uuid primary key,
    user_id     uuid not null references users (id) on delete cascade,
    family_id   uuid not null,
    token_hash  bytea not null unique check (octet_length(token_hash) = 32),
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz,
    revoked_at  timestamptz
);
create index refresh_tokens_family on refresh_tokens (family_id);
create index refresh_tokens_user on refresh_tokens (user_id);

-- One row per user: the counter that orders the user's events.
create table accounts (
    user_id       uuid primary key references users (id),
    last_event_id bigint not null default 0 check (last_event_id >= 0),
    opened_at     timestamptz not null,
    -- When the owner last began anew.
    reset_at      timestamptz
) with (fillfactor = 70);

create table strategies (
    id                uuid primary key,
    user_id           uuid not null references users (id),
    name              text not null check (length(name) between 1 and 100),
    language          text not null check (language in ('csharp', 'python')),
    symbol            text not null,
    code              text not null check (octet_length(code) <= 262144),
    code_hash         text not null,
    version           integer not null default 1 check (version > 0),
    parameters        jsonb not null default '{}'::jsonb,
    logic_explanation text,
    enabled           boolean not null default true,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    deleted_at        timestamptz
);
create index strategies_user on strategies (user_id, created_at desc, id desc) where deleted_at is null;

-- What a session runs is pinned: editing a strategy makes a new version and leaves running sessions alone.
create table strategy_versions (
    strategy_id uuid not null references strategies (id),
    version     integer not null check (version > 0),
    language    text not null,
    code        text not null,
    code_hash   text not null,
    created_at  timestamptz not null,
    primary key (strategy_id, version)
);

create table sessions (
    id               uuid primary key,
    user_id          uuid not null references users (id),
    strategy_id      uuid not null references strategies (id),
    strategy_version integer not null,
    symbol           text not null,
    asset_class      text not null check (asset_class in ('stock', 'crypto')),
    mode             text not null default 'PAPER' check (mode in ('PAPER', 'OBSERVE', 'BACKTEST')),
    status           text not null check (status in
                     ('STARTING', 'RUNNING', 'PAUSED', 'STOPPING', 'STOPPED', 'FAILED', 'COMPLETED')),
    parameters       jsonb not null default '{}'::jsonb,
    seed             bigint not null default 0,
    state_metadata   jsonb not null default '{}'::jsonb,
    failure_code     text,
    failure_detail   text,
    final_pnl        numeric,
    created_at       timestamptz not null,
    started_at       timestamptz,
    ended_at         timestamptz,
    -- Bars after this number belong to the session; set once, when it first runs.
    first_seq        bigint,
    -- Bars up to this number were handled and their signals answered; may lag, never leads.
    processed_seq    bigint,
    -- User events up to this id were delivered or lie before the session.
    first_event_id   bigint not null default 0,
    lease_owner      text,
    lease_expires_at timestamptz,
    lease_epoch      bigint not null default 0 check (lease_epoch >= 0),
    foreign key (strategy_id, strategy_version) references strategy_versions (strategy_id, version),
    check ((status = 'FAILED') = (failure_code is not null)),
    check ((status in ('STOPPED', 'FAILED', 'COMPLETED')) = (ended_at is not null))
);
create index sessions_user on sessions (user_id, created_at desc, id desc);
create index sessions_open on sessions (lease_expires_at) where ended_at is null;
create index sessions_strategy on sessions (strategy_id) where ended_at is null;
create index sessions_symbol on sessions (symbol) where ended_at is null;

-- Inputs of a session other than bars (orders, fills), each with its place among the bars: what a takeover or a replay feeds again.
create table session_tape (
    session_id uuid not null references sessions (id),
    event_id   bigint not null,
    -- Delivered after this bar and before the next.
    after_seq  bigint not null,
    payload    jsonb not null,
    primary key (session_id, event_id)
);

create table session_logs (
    session_id uuid not null references sessions (id),
    id         bigint generated always as identity,
    at         timestamptz not null,
    level      text not null check (level in ('debug', 'info', 'warning', 'error')),
    message    text not null,
    primary key (session_id, id)
);

-- These rows and those of orders, ledger_entries and user_events are written from sessions, users and balances that the one writer
-- has in memory, and nothing ever deletes those: they carry no references (docs/adr/0007).
create table signals (
    id           uuid primary key,
    session_id   uuid not null,
    user_id      uuid not null,
    strategy_id  uuid not null,
    symbol       text not null,
    action       text not null check (action in ('BUY', 'SELL')),
    quantity     numeric not null,
    confidence   double precision not null check (confidence between 0 and 1),
    order_type   text not null default 'market',
    limit_price  numeric,
    metadata     jsonb,
    event_kind   smallint not null,
    event_seq    bigint not null,
    ordinal      integer not null,
    generated_at timestamptz not null,
    received_at  timestamptz not null,
    processed_at timestamptz,
    status       text not null check (status in
                 ('ACCEPTED', 'EXECUTED', 'PARTIAL', 'REJECTED', 'RECORDED', 'EXPIRED')),
    code         text,
    detail       text,
    order_id     uuid,
    check ((status = 'REJECTED') = (code is not null)),
    -- A malformed signal is recorded as it came, refused.
    check (status = 'REJECTED' or (quantity > 0 and (limit_price is null or limit_price > 0)))
);
create index signals_user on signals (user_id, received_at desc, id desc);
create index signals_session on signals (session_id, received_at desc, id desc);

-- What was sent to the broker: one order, or several users' like orders together, or a part of what they want. The id is the broker's
-- client_order_id; that of an order's first broker order is the order's own where it is the oldest in it. A row without submitted_at
-- is the outbox.
create table broker_orders (
    id              uuid primary key,
    venue_order_id  uuid unique,
    symbol          text not null,
    side            text not null check (side in ('buy', 'sell')),
    type            text not null check (type in ('market', 'limit')),
    time_in_force   text not null check (time_in_force in ('day', 'gtc', 'ioc', 'fok')),
    quantity        numeric not null check (quantity > 0),
    limit_price     numeric check (limit_price > 0),
    status          text not null check (status in
                    ('accepted', 'new', 'partially_filled', 'filled', 'canceled', 'expired', 'rejected')),
    filled_quantity numeric not null default 0,
    -- The most the venue has said was filled; we are never ahead of it, and complete when level.
    venue_filled_quantity numeric not null default 0,
    -- The venue says it is over while fills are still missing here.
    end_status      text check (end_status in ('canceled', 'expired', 'rejected')),
    end_detail      text,
    -- The house wants it back.
    recalled        boolean not null default false,
    traceparent     text,
    created_at      timestamptz not null,
    submitted_at    timestamptz,
    updated_at      timestamptz not null,
    check ((type = 'limit') = (limit_price is not null)),
    check (filled_quantity >= 0 and venue_filled_quantity >= filled_quantity and quantity >= venue_filled_quantity)
);
create index broker_orders_open on broker_orders (created_at) where status in ('accepted', 'new', 'partially_filled');

create table orders (
    id                 uuid primary key,
    user_id            uuid not null,
    session_id         uuid,
    signal_id          uuid,
    -- The broker order that carries it now; null while it waits in the house (docs/shared-account.md).
    broker_order_id    uuid,
    symbol             text not null,
    asset_class        text not null check (asset_class in ('stock', 'crypto')),
    side               text not null check (side in ('buy', 'sell')),
    effect             text not null check (effect in ('open', 'close')),
    type               text not null check (type in ('market', 'limit', 'stop', 'stop_limit', 'trailing_stop')),
    time_in_force      text not null check (time_in_force in ('day', 'gtc', 'ioc', 'fok')),
    quantity           numeric not null check (quantity > 0),
    notional           numeric check (notional > 0),
    limit_price        numeric check (limit_price > 0),
    stop_price         numeric check (stop_price > 0),
    trail_price        numeric check (trail_price > 0),
    trail_percent      numeric check (trail_percent > 0 and trail_percent < 100),
    high_water         numeric,
    triggered_at       timestamptz,
    status             text not null check (status in
                       ('held', 'accepted', 'new', 'partially_filled', 'filled', 'canceled', 'expired', 'rejected', 'replaced')),
    filled_quantity    numeric not null default 0 check (filled_quantity >= 0 and filled_quantity <= quantity),
    average_fill_price numeric check (average_fill_price > 0),
    -- Still reserved: cash, units of a closing order. Zero once the order is over.
    reserved_cash      numeric not null default 0 check (reserved_cash >= 0),
    reserved_quantity  numeric not null default 0 check (reserved_quantity >= 0),
    -- The most a unit may cost.
    collar_price       numeric check (collar_price > 0),
    held_until         timestamptz,
    cancel_asked       boolean not null default false,
    was_sent           boolean not null default false,
    -- The entry of the bracket, or the first of the pair, and what this is in it.
    parent_id          uuid,
    leg                text check (leg in ('take_profit', 'stop_loss')),
    replaces           uuid,
    replaced_by        uuid,
    code               text,
    detail             text,
    traceparent        text,
    -- The caller's own key; the order's id is derived from it, so it cannot make two.
    client_order_id    text check (length(client_order_id) between 1 and 128),
    request_hash       bytea check (octet_length(request_hash) = 32),
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    expires_at         timestamptz,
    submitted_at       timestamptz,
    filled_at          timestamptz,
    canceled_at        timestamptz,
    check ((type in ('limit', 'stop_limit')) = (limit_price is not null)),
    check ((type in ('stop', 'stop_limit')) = (stop_price is not null)),
    check ((type = 'trailing_stop') = (trail_price is not null or trail_percent is not null)),
    check (status in ('held', 'accepted', 'new', 'partially_filled') or (reserved_cash = 0 and reserved_quantity = 0)),
    check (broker_order_id is null or status <> 'held'),
    check ((status = 'filled') = (filled_quantity = quantity))
);
create index orders_user on orders (user_id, created_at desc, id desc);
create index orders_open on orders (user_id) where status in ('held', 'accepted', 'new', 'partially_filled');

create table trades (
    id              uuid primary key,
    execution_id    uuid not null,
    order_id        uuid not null,
    -- Null where two users' orders met in the house.
    broker_order_id uuid,
    user_id         uuid not null,
    session_id      uuid,
    signal_id       uuid,
    symbol          text not null,
    action          text not null check (action in ('BUY', 'SELL')),
    quantity        numeric not null check (quantity > 0),
    price           numeric not null check (price > 0),
    fee             numeric not null default 0 check (fee >= 0),
    fee_asset       text not null default 'USD',
    -- What the user's money changed by: negative for a purchase.
    cash_amount     numeric not null,
    realised_pnl    numeric not null default 0,
    executed_at     timestamptz not null,
    received_at     timestamptz not null,
    unique (execution_id, order_id)
);
create index trades_user on trades (user_id, executed_at desc, id desc);
create index trades_session on trades (session_id, executed_at desc, id desc) where session_id is not null;
create index trades_broker on trades (broker_order_id) where broker_order_id is not null;

create table positions (
    user_id       uuid not null,
    session_id    uuid,
    symbol        text not null,
    -- Below zero when the units are owed.
    quantity      numeric not null default 0,
    average_price numeric not null default 0 check (average_price >= 0),
    -- Promised to open orders that close it.
    reserved      numeric not null default 0 check (reserved >= 0),
    realised_pnl  numeric not null default 0,
    -- Cash held against it while it is short.
    margin        numeric not null default 0 check (margin >= 0),
    updated_at    timestamptz not null,
    unique nulls not distinct (user_id, session_id, symbol),
    check (reserved <= abs(quantity)),
    check (margin = 0 or quantity < 0)
);
create index positions_session on positions (session_id) where session_id is not null;

-- Kept balances of the double-entry ledger. The house is the owner of all zeros. What is at the broker is the sum over all owners of
-- cash, cash_reserved, margin, suspense and rounding in USD, and of units, units_reserved and suspense in a symbol.
create table ledger_accounts (
    owner_id uuid not null,
    kind     text not null check (kind in ('cash', 'cash_reserved', 'margin', 'units', 'units_reserved', 'fees', 'realised_pnl', 'dividends',
                                           'market', 'capital', 'suspense', 'rounding')),
    asset    text not null,
    balance  numeric not null default 0,
    primary key (owner_id, kind, asset),
    check (kind not in ('cash_reserved', 'units_reserved', 'margin') or balance >= 0),
    check (kind not in ('market', 'capital', 'suspense', 'rounding') or owner_id = '00000000-0000-0000-0000-000000000000')
) with (fillfactor = 70);

-- Every entry moves an amount of one asset from one account to another: balanced by its shape. Never changed, never deleted.
create table ledger_entries (
    id           bigint generated always as identity primary key,
    debit_owner  uuid not null,
    debit_kind   text not null,
    credit_owner uuid not null,
    credit_kind  text not null,
    asset        text not null,
    amount       numeric not null check (amount > 0),
    reason       text not null check (reason in
                 ('deposit', 'reserve', 'release', 'trade', 'fee', 'pnl', 'dividend', 'reset', 'repair')),
    order_id     uuid,
    execution_id uuid,
    booked_at    timestamptz not null,
    check ((debit_owner, debit_kind) <> (credit_owner, credit_kind))
);
-- A reservation moves between accounts of one owner: his entries are found by what he gave, and by what others gave him.
create index ledger_entries_debit on ledger_entries (debit_owner, id desc);
create index ledger_entries_credit on ledger_entries (credit_owner, id desc) where credit_owner <> debit_owner;
create index ledger_entries_order on ledger_entries (order_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are immutable', tg_table_name;
end $$;
create trigger ledger_entries_immutable before update or delete on ledger_entries
    for each row execute function refuse_change();

-- What the router decided that is not plain sending.
create table routing_decisions (
    id              bigint generated always as identity primary key,
    at              timestamptz not null,
    kind            text not null check (kind in ('wait', 'cross', 'split', 'recall', 'return')),
    symbol          text not null,
    order_id        uuid,
    broker_order_id uuid,
    other_order_id  uuid,
    quantity        numeric,
    price           numeric,
    reason          text not null
);
create index routing_decisions_order on routing_decisions (order_id) where order_id is not null;

create table user_events (
    user_id     uuid not null,
    id          bigint not null check (id > 0),
    session_id  uuid,
    kind        text not null check (kind in ('order', 'fill', 'portfolio', 'session')),
    occurred_at timestamptz not null,
    data        jsonb not null,
    traceparent text,
    primary key (user_id, id)
);
create index user_events_session on user_events (session_id, id) where session_id is not null;

-- Equity as it was sampled, never recomputed from later prices.
create table equity_samples (
    user_id uuid not null references users (id),
    at      timestamptz not null,
    equity  numeric not null,
    cash    numeric not null,
    primary key (user_id, at)
);

-- Bars. seq numbers the live ones of a symbol without gaps, in the order in which strategies see them; history fetched
-- from before the first live bar has none.
create table market_data (
    symbol    text not null,
    timeframe text not null,
    time      timestamptz not null,
    open      numeric not null check (open > 0),
    high      numeric not null,
    low       numeric not null check (low > 0),
    close     numeric not null check (close > 0),
    volume    numeric not null check (volume >= 0),
    seq       bigint,
    primary key (symbol, timeframe, time),
    check (high >= open and high >= close and high >= low and low <= open and low <= close)
) partition by range (time);
create table market_data_default partition of market_data default;
create index market_data_seq on market_data (symbol, timeframe, seq) where seq is not null;

create table idempotency_keys (
    user_id      uuid not null references users (id),
    key          text not null check (length(key) between 1 and 255),
    route        text not null,
    request_hash bytea not null,
    status       integer,
    content_type text,
    body         bytea,
    created_at   timestamptz not null,
    primary key (user_id, key, route)
);
