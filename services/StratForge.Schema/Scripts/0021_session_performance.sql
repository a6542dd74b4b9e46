-- What sessions earned, over time, and what signals that trade nothing would have (docs/sessions.md).

-- What a session has earned so far, sampled while it runs or holds something: never recomputed from later prices.
create table session_samples (
    session_id uuid not null references sessions (id),
    -- On the market's clock.
    at         timestamptz not null,
    -- Realised and unrealised, USD.
    pnl        numeric not null,
    primary key (session_id, at)
);

-- Signals that were only recorded, in their order: what the hypothetical books take next.
create index signals_recorded on signals (session_id, received_at, id) where status = 'RECORDED';

-- What one recorded signal would have come to. Nothing of it is in the ledger.
create table hypothetical_fills (
    signal_id    uuid primary key,
    session_id   uuid not null references sessions (id),
    symbol       text not null,
    -- Null: the bar after the signal did not reach its limit, so it would not have filled.
    price        numeric check (price > 0),
    -- Profit of what it would have closed, USD.
    realised_pnl numeric not null default 0,
    -- Start of the bar after the signal, on the market's clock.
    at           timestamptz not null,
    check (price is not null or realised_pnl = 0)
);
create index hypothetical_fills_session on hypothetical_fills (session_id, at);

-- The hypothetical position of a session after the last signal that was taken.
create table hypothetical_books (
    session_id  uuid not null references sessions (id),
    symbol      text not null,
    -- Below zero when it would be short.
    quantity    numeric not null,
    -- What the position would have cost, USD; below zero when short: what it would have brought.
    cost        numeric not null,
    -- What all fills would have brought less what they would have cost, USD.
    cash        numeric not null,
    fills       integer not null,
    unfilled    integer not null,
    wins        integer not null,
    losses      integer not null,
    -- The last signal taken.
    received_at timestamptz not null,
    signal_id   uuid not null,
    primary key (session_id, symbol),
    check ((quantity = 0) = (cost = 0))
);
