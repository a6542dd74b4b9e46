-- The tables that an order's intake writes, with the columns, checks and indexes of the platform's as of November 2026. A copy that stays as it
-- is, so that the baseline stays the same when the platform's tables change.

create table users (
    id uuid primary key
);

create table accounts (
    user_id       uuid primary key references users (id),
    last_event_id bigint not null default 0 check (last_event_id >= 0),
    opened_at     timestamptz not null
);

create table broker_orders (
    id                    uuid primary key,
    venue_order_id        text unique,
    symbol                text not null,
    side                  text not null check (side in ('buy', 'sell')),
    type                  text not null check (type in ('market', 'limit')),
    time_in_force         text not null check (time_in_force in ('day', 'gtc', 'ioc', 'fok')),
    quantity              numeric not null check (quantity > 0),
    limit_price           numeric check (limit_price > 0),
    status                text not null check (status in
                          ('accepted', 'new', 'partially_filled', 'filled', 'canceled', 'expired', 'rejected')),
    filled_quantity       numeric not null default 0 check (filled_quantity >= 0 and filled_quantity <= quantity),
    traceparent           text,
    created_at            timestamptz not null,
    submitted_at          timestamptz,
    updated_at            timestamptz not null,
    venue_filled_quantity numeric not null default 0
                          check (venue_filled_quantity >= filled_quantity and venue_filled_quantity <= quantity),
    end_status            text check (end_status in ('canceled', 'expired', 'rejected')),
    end_detail            text,
    check ((type = 'limit') = (limit_price is not null))
);
create index broker_orders_open on broker_orders (symbol, side) where status in ('accepted', 'new', 'partially_filled');
create index broker_orders_unsent on broker_orders (created_at) where submitted_at is null and status = 'accepted';

create table orders (
    id                 uuid primary key,
    user_id            uuid not null,
    session_id         uuid,
    signal_id          uuid,
    broker_order_id    uuid,
    symbol             text not null,
    asset_class        text not null check (asset_class in ('stock', 'crypto')),
    side               text not null check (side in ('buy', 'sell')),
    type               text not null check (type in ('market', 'limit')),
    time_in_force      text not null check (time_in_force in ('day', 'gtc', 'ioc', 'fok')),
    quantity           numeric not null check (quantity > 0),
    limit_price        numeric check (limit_price > 0),
    status             text not null check (status in
                       ('accepted', 'new', 'partially_filled', 'filled', 'canceled', 'expired', 'rejected')),
    filled_quantity    numeric not null default 0 check (filled_quantity >= 0 and filled_quantity <= quantity),
    average_fill_price numeric check (average_fill_price > 0),
    reserved_cash      numeric not null default 0 check (reserved_cash >= 0),
    reserved_quantity  numeric not null default 0 check (reserved_quantity >= 0),
    code               text,
    detail             text,
    traceparent        text,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    submitted_at       timestamptz,
    filled_at          timestamptz,
    canceled_at        timestamptz,
    client_order_id    text check (length(client_order_id) between 1 and 128),
    request_hash       bytea check (octet_length(request_hash) = 32),
    held_until         timestamptz,
    check ((type = 'limit') = (limit_price is not null)),
    check (status in ('accepted', 'new', 'partially_filled') or (reserved_cash = 0 and reserved_quantity = 0)),
    check ((status = 'filled') = (filled_quantity = quantity))
);
create index orders_user on orders (user_id, created_at desc, id desc);
create index orders_open on orders (user_id, symbol) where status in ('accepted', 'new', 'partially_filled');
create index orders_waiting on orders (symbol, created_at) where broker_order_id is null and status = 'accepted';
create index orders_broker on orders (broker_order_id);

create table ledger_accounts (
    owner_id uuid not null,
    kind     text not null check (kind in ('cash', 'cash_reserved', 'units', 'units_reserved', 'fees', 'market', 'capital', 'rounding')),
    asset    text not null,
    balance  numeric not null default 0,
    primary key (owner_id, kind, asset),
    check (kind not in ('cash_reserved', 'units_reserved') or balance >= 0)
);

create table ledger_entries (
    id           bigint generated always as identity primary key,
    debit_owner  uuid not null,
    debit_kind   text not null,
    credit_owner uuid not null,
    credit_kind  text not null,
    asset        text not null,
    amount       numeric not null check (amount > 0),
    reason       text not null check (reason in ('deposit', 'reserve', 'release', 'trade', 'fee', 'rounding', 'reset')),
    order_id     uuid,
    execution_id uuid,
    booked_at    timestamptz not null,
    check ((debit_owner, debit_kind) <> (credit_owner, credit_kind))
);
create index ledger_entries_debit on ledger_entries (debit_owner, id desc);
create index ledger_entries_credit on ledger_entries (credit_owner, id desc) where credit_owner <> debit_owner;
create index ledger_entries_order on ledger_entries (order_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are immutable', tg_table_name;
end $$;
create trigger ledger_entries_immutable before update or delete on ledger_entries
    for each row execute function refuse_change();

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
