-- Whether stocks trade, as their exchanges said last. A symbol without a row trades, or nobody follows it.
create table trading_status (
    symbol      text primary key,
    state       text not null check (state in ('trading', 'halted', 'paused', 'quoting')),
    reason      text not null,
    reason_code text not null,
    since       timestamptz not null
);
