-- What the venue books in the account by itself: fees, dividends, interest (docs/venue-bookings.md).

-- Each of the venue's entries once, by its id there.
create table venue_bookings (
    id          text primary key check (length(id) between 1 and 200),
    type        text not null,
    -- As the venue dates it, in New York.
    date        date not null,
    -- As orders spell it; null where the venue names none.
    symbol      text,
    -- Zero where the venue names none.
    quantity    numeric not null,
    net_amount  numeric not null,
    description text,
    -- 'before': it was there when the platform began to look, and is part of what was taken over.
    outcome     text not null check (outcome in ('before', 'booked')),
    booked_at   timestamptz not null
);
create index venue_bookings_day on venue_bookings (date, type, symbol);
create trigger venue_bookings_immutable before update or delete on venue_bookings
    for each row execute function refuse_change();

-- Since when somebody looks, on the venue's calendar.
create table venue_bookings_since (
    only_one boolean primary key default true check (only_one),
    date     date not null
);

alter table ledger_entries drop constraint ledger_entries_reason_check;
alter table ledger_entries add constraint ledger_entries_reason_check check (reason in
    ('deposit', 'reserve', 'release', 'trade', 'fee', 'pnl', 'dividend', 'interest', 'reset', 'repair'));
