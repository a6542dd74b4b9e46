-- Lets go of whole months of bars that ended at or before a moment, and of what lies in the default partition from before it.
create function drop_market_data_before(cutoff timestamptz) returns integer language plpgsql as $$
declare
    partition text;
    dropped   integer := 0;
begin
    if cutoff is null then
        return 0;
    end if;

    perform pg_advisory_xact_lock(hashtextextended('market_data_partition', 0));
    for partition in
        select child.relname
        from pg_inherits
        join pg_class child on child.oid = inhrelid
        where inhparent = 'market_data'::regclass
          and child.relname ~ '^market_data_\d{4}_\d{2}$'
          and (to_date(substring(child.relname from '\d{4}_\d{2}$'), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= cutoff
        order by child.relname
    loop
        execute format('drop table %I', partition);
        dropped := dropped + 1;
    end loop;

    delete from market_data_default where time < cutoff;
    return dropped;
end $$;
