-- What a session's strategy was told of its signals, before any order event told of them: written with the place up to which the session is
-- settled, and told again by whoever takes it over or replays it. Events from before there was this table have none, and none is told.
create table session_tape_outcomes (
    session_id uuid not null references sessions (id),
    -- The event at which the signals were emitted, as in signals.
    event_kind smallint not null,
    event_seq  bigint not null,
    payload    jsonb not null,
    -- The first eight bytes of a SHA-256 over the outcomes' own JSON, as a number.
    digest     bigint not null,
    primary key (session_id, event_kind, event_seq)
);
