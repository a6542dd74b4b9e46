-- Sessions whose strategy subscribes to further symbols (docs/sessions.md). What they are told is numbered through all their symbols: the first
-- bar after first_seq has the next number, whatever its symbol. With one symbol that is the bar's own number, so older rows stay as they are.

-- The further symbols of a session, in the order in which its strategy's host knows them: the session's own is 0.
create table session_symbols (
    session_id uuid not null references sessions (id),
    place      smallint not null check (place between 1 and 31),
    symbol     text not null,
    -- Bars of this symbol after this number belong to the session. Null until it first runs.
    first_seq  bigint check (first_seq >= 0),
    primary key (session_id, place),
    unique (session_id, symbol)
);
create index session_symbols_symbol on session_symbols (symbol);

-- Of which symbol each bar is, by its place above, a byte each; null where all are of the session's own.
alter table session_tape_starts add column warm_places bytea check (octet_length(warm_places) * 56 = octet_length(warm_bars));

-- Which bar each one is, 9 bytes: the place of its symbol, and its number there, little-endian; null where all are of the session's own.
alter table session_tape_bars add column sources bytea check (octet_length(sources) * 56 = octet_length(bars) * 9);

-- Bars of several symbols come in order of their time, those of one time in order of their symbols. A bar that went ahead because another symbol
-- was silent for too long has its number here before anybody sees it, so that whoever takes the session over keeps to the same order.
create table session_tape_order (
    session_id uuid not null references sessions (id),
    number     bigint not null,
    place      smallint not null check (place between 0 and 31),
    seq        bigint not null,
    primary key (session_id, number)
);
