-- The accounts at the broker that the books were kept for, one after the other: the newest is whose books these are. A second is written only where
-- whoever runs the platform has asked for it (docs/operating.md).
create table books_accounts (
    seq            integer primary key check (seq > 0),
    account_id     uuid not null,
    account_number text not null check (length(account_number) between 1 and 100),
    -- At a simulated exchange, whose account lives in its data folder.
    is_simulated   boolean not null,
    since          timestamptz not null
);
create trigger books_accounts_immutable before update or delete on books_accounts
    for each row execute function refuse_change();
