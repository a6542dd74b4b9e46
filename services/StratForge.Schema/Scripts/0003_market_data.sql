-- From which market time on the bars of a symbol are numbered. Bars up to it are history; a bar after it is never skipped.
create table market_data_live (
    symbol     text not null,
    timeframe  text not null,
    live_after timestamptz not null,
    primary key (symbol, timeframe)
);

-- Bars live in one partition per month of market time, which in a replay may lie years back. The ingestor makes them ahead of the
-- bars; what slipped into the default partition before moves along.
create function ensure_market_data_partition(month date) returns void language plpgsql as $$
declare
    first_day date := date_trunc('month', month::timestamp)::date;
    last_day  date := (date_trunc('month', month::timestamp) + interval '1 month')::date;
    name      text := 'market_data_' || to_char(month, 'YYYY_MM');
    beginning timestamptz := first_day::timestamp at time zone 'UTC';
    ending    timestamptz := last_day::timestamp at time zone 'UTC';
begin
    if to_regclass(name) is not null then
        return;
    end if;

    -- One at a time, whoever asks.
    perform pg_advisory_xact_lock(hashtextextended('market_data_partition', 0));
    if to_regclass(name) is not null then
        return;
    end if;

    execute format('create table %I (like market_data including defaults including constraints)', name);
    lock table market_data_default in access exclusive mode;
    execute format(
        'with moved as (delete from market_data_default where time >= %L and time < %L returning *)
         insert into %I select * from moved',
        beginning, ending, name);
    execute format(
        'alter table market_data attach partition %I for values from (%L) to (%L)',
        name, beginning, ending);
end $$;
