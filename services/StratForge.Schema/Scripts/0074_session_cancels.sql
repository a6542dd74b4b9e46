-- The newest event of each kind at which a session's strategy took orders back. Whoever takes the session over tells it the events since the last
-- settled one again, and it asks for the same again: by then it may have placed orders that a cancel of all must not find.
create table session_cancels (
    session_id uuid not null references sessions (id),
    event_kind smallint not null check (event_kind in (1, 2, 3)),
    event_seq  bigint not null,
    primary key (session_id, event_kind)
);

-- Fails when a later claim on the session exists, or when this or a later event of the kind took orders back before.
create function take_cancel(p_session uuid, p_epoch bigint, p_kind smallint, p_seq bigint) returns void
language plpgsql as $$
begin
    if not exists (select 1 from sessions where id = p_session and lease_epoch <= p_epoch) then
        raise exception 'session % belongs to a later claim than %', p_session, p_epoch using errcode = 'SF007';
    end if;
    insert into session_cancels (session_id, event_kind, event_seq)
    values (p_session, p_kind, p_seq)
    on conflict (session_id, event_kind) do update set event_seq = excluded.event_seq where session_cancels.event_seq < excluded.event_seq;
    if not found then
        raise exception 'session % took orders back at event % of kind % before', p_session, p_seq, p_kind using errcode = 'SF007';
    end if;
end $$;
