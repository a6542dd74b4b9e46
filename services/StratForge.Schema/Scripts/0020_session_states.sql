-- Sessions as their owners steer them (docs/sessions.md): how one ends, what is done with its orders then, and who was told.

alter table sessions
    -- What becomes of its open orders and of what it holds when it ends.
    add column stop_policy   text not null default 'leave' check (stop_policy in ('leave', 'cancel', 'flatten')),
    add column stop_asked_at timestamptz,
    -- Its worker let go of it after it was told to stop, or it never had one: nobody claims it any more.
    add column let_go_at     timestamptz,
    -- What its policy asks for is done.
    add column wound_up_at   timestamptz,
    -- The status that its owner's events told last.
    add column told_status   text,
    add check (let_go_at is null or status in ('STOPPING', 'STOPPED'));

-- Sessions that began before keep what they were promised: their orders stay. A strategy that is gone can't look after its orders, so
-- those of later ones are canceled unless their owner says otherwise.
alter table sessions alter column stop_policy set default 'cancel';
update sessions set told_status = status, wound_up_at = ended_at;

-- Old code that became the newest again.
alter table strategy_versions add column restored_from integer;

create index sessions_to_wind_up on sessions (id)
    where wound_up_at is null and status in ('STOPPING', 'FAILED') and (status = 'STOPPING' or stop_policy <> 'leave');
create index sessions_to_tell on sessions (id) where told_status is distinct from status;

-- What has ended never begins again.
create function refuse_to_rise() returns trigger language plpgsql as $$
begin
    raise exception 'session % has ended as %', old.id, old.status using errcode = 'SF004';
end $$;
create trigger sessions_end_for_good before update of status on sessions
    for each row when (old.ended_at is not null and old.status is distinct from new.status) execute function refuse_to_rise();

-- Whether a policy has nothing left to do for a session.
create function session_is_clear(p_user uuid, p_session uuid, p_policy text) returns boolean
language sql stable as $$
    select p_policy = 'leave'
        or (not exists (select from orders
                        where user_id = p_user and session_id = p_session and status in ('held', 'accepted', 'new', 'partially_filled'))
            and (p_policy = 'cancel'
                 or not exists (select from positions where user_id = p_user and session_id = p_session and quantity <> 0)))
$$;

-- The owner's word. It is written in the books' transactions, so that it holds for every signal that is taken in after it.
create function change_session(p_session uuid, p_from text[], p_to text, p_policy text, p_at timestamptz) returns void
language plpgsql as $$
declare
    held sessions;
begin
    select * into held from sessions where id = p_session for update;
    if held.id is null or not (held.status = any (p_from)) then
        raise exception 'session % is % by now', p_session, held.status using errcode = 'SF004';
    end if;

    update sessions
    set status = p_to,
        told_status = p_to,
        stop_policy = coalesce(nullif(p_policy, ''), stop_policy),
        stop_asked_at = case when p_to = 'STOPPING' then coalesce(stop_asked_at, p_at) else stop_asked_at end,
        -- Whoever ends it needs a moment from which to wait for its worker; without one there is nobody to wait for.
        let_go_at = case when p_to = 'STOPPING' and held.lease_owner is null and held.status = 'STARTING' then p_at else let_go_at end,
        lease_expires_at = case when p_to = 'STOPPING' then coalesce(lease_expires_at, p_at) else lease_expires_at end
    where id = p_session;
    perform end_session(p_session, p_at);
end $$;

-- Ends a session whose worker has let go and for which its policy has nothing left to do; otherwise does nothing.
create function end_session(p_session uuid, p_at timestamptz) returns boolean
language plpgsql as $$
begin
    update sessions
    set status = 'STOPPED', ended_at = p_at, wound_up_at = p_at, lease_owner = null, lease_expires_at = null,
        final_pnl = (select coalesce(sum(realised_pnl), 0) from trades where session_id = p_session)
    where id = p_session and status = 'STOPPING' and let_go_at is not null and session_is_clear(user_id, id, stop_policy);
    return found;
end $$;

-- Marks what an event of the same transaction tells; fails when it was told before, and the event with it.
create function tell_session(p_session uuid, p_status text) returns void
language plpgsql as $$
begin
    update sessions set told_status = p_status where id = p_session and told_status is distinct from p_status;
    if not found then
        raise exception 'of session % it was told that it is %', p_session, p_status using errcode = 'SF004';
    end if;
end $$;
