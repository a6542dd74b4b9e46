-- What a session was told, by value, so that it can be told again whatever becomes of market_data: bars are corrected there, and go when they
-- are old (docs/adr/0011).

-- Where a session begins. What is pinned elsewhere stands here once more: a replay notices when it is not the same any more.
create table session_tape_starts (
    session_id uuid primary key references sessions (id),
    code_hash  text not null,
    parameters jsonb not null,
    seed       bigint not null,
    cash       numeric not null,
    -- History that its indicators were fed, oldest first, 56 bytes a bar as below.
    warm_bars  bytea not null check (octet_length(warm_bars) % 56 = 0)
);

-- Bars in the order of their numbers, a row for those of one moment. A bar is 56 bytes, little-endian: start in milliseconds since 1970,
-- open, high, low, close, volume as doubles, and the first eight bytes of a SHA-256 over symbol, number and these values.
create table session_tape_bars (
    session_id uuid not null references sessions (id),
    first_seq  bigint not null,
    bars       bytea not null check (octet_length(bars) > 0 and octet_length(bars) % 56 = 0),
    primary key (session_id, first_seq)
);

-- The first eight bytes of a SHA-256 over the event's own JSON, as a number: tells when somebody changed it here. Null on older tape.
alter table session_tape add column digest bigint;

alter table sessions
    -- Order events up to this one were handled and their signals answered: with processed_seq, the place up to which all is settled.
    add column processed_event_id bigint,
    -- Run hash of everything up to that place (docs/replay.md).
    add column run_hash text check (run_hash ~ '^[0-9a-f]{64}$');
