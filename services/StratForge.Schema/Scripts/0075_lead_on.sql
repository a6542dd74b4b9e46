-- Goes on as the writer after a commit of which nobody knows whether it took place: waits for it if it is under way, and has it refused if it is
-- still to come.
create function lead_on(p_epoch bigint) returns bigint
language plpgsql as $$
declare
    led bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('trading', 0));
    update trading_leader set epoch = epoch + 1 where epoch = p_epoch returning epoch into led;
    if led is null then
        raise exception 'another gateway keeps the books' using errcode = 'SF001';
    end if;
    return led;
end $$;
