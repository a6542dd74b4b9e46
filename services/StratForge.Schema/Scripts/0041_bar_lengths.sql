-- Where the bar that holds an instant begins. Bars below four hours follow each other without regard to a day; longer ones begin anew at each midnight of
-- the exchange, so that a day on which clocks change has 23 or 25 hours and no bar lies in two days.
create function market_bar_start(step interval, at timestamptz, zone text) returns timestamptz language sql immutable parallel safe as $$
    select case
        when step < interval '4 hours' then date_bin(step, at, timestamptz '2000-01-01T00:00:00Z')
        else date_bin(step, at at time zone zone, timestamp '2000-01-01T00:00:00') at time zone zone
    end
$$;

-- Where it ends: the start of the next.
create function market_bar_end(step interval, at timestamptz, zone text) returns timestamptz language sql immutable parallel safe as $$
    select case
        when step < interval '4 hours' then date_bin(step, at, timestamptz '2000-01-01T00:00:00Z') + step
        else (date_bin(step, at at time zone zone, timestamp '2000-01-01T00:00:00') + step) at time zone zone
    end
$$;
