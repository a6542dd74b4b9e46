-- Trades and quotes that a session was told, a row for those that came together. They are stored nowhere else: what is not here was told nobody.
create table session_tape_ticks (
    session_id  uuid not null references sessions (id),
    -- Number of the first, among all trades and quotes of the session.
    first_tick  bigint not null check (first_tick > 0),
    -- Told after this bar and before the next, and after this order event and before the next.
    after_seq   bigint not null,
    after_event bigint not null,
    -- 50 bytes each, little-endian: T or Q, the place of its symbol, milliseconds since 1970, four doubles (price, size, 0, 0; bid, its size, ask,
    -- its size), and the first eight bytes of a SHA-256 over its number, symbol and these values.
    ticks       bytea not null check (octet_length(ticks) > 0 and octet_length(ticks) % 50 = 0),
    primary key (session_id, first_tick)
);

-- Trades and quotes up to this one were handled and their signals answered.
alter table sessions add column processed_tick bigint not null default 0;
