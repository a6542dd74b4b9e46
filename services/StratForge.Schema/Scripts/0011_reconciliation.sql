-- Whether what the books say is at the broker is there (docs/reconciliation.md), and accounts that began anew (docs/ledger.md).

-- Every look at the broker that came to its end; kept for a week.
create table reconciliation_runs (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    cause     text not null check (cause in ('lead', 'connect', 'timer', 'request', 'repair')),
    -- How often books and broker were read before every difference was understood, or given up until the next run.
    looks     integer not null check (looks > 0),
    assets    integer not null,
    in_flight integer not null,
    drifting  integer not null
);
create index reconciliation_runs_at on reconciliation_runs (at);

-- What happened to an asset between books and broker, for good. A drift begins with 'drift', or with 'changed' where it was another
-- one before; 'changed', 'recovered' and 'repaired' end the one they name.
create table reconciliation_history (
    id         bigint generated always as identity primary key,
    at         timestamptz not null,
    asset      text not null,
    kind       text not null check (kind in ('opening', 'drift', 'changed', 'recovered', 'repaired')),
    -- What the books said is at the broker, and what was there, before anything was booked.
    expected   numeric not null,
    actual     numeric not null,
    difference numeric not null check (difference = actual - expected),
    -- A drift ends once.
    drift_id   bigint unique references reconciliation_history (id),
    -- The request that repaired it: one id never repairs twice.
    repair_id  uuid unique,
    actor_id   uuid references users (id),
    reason     text check (length(reason) between 1 and 500),
    check ((drift_id is not null) = (kind in ('changed', 'recovered', 'repaired'))),
    check ((kind = 'repaired') = (repair_id is not null)),
    check ((kind = 'repaired') = (actor_id is not null)),
    check ((kind in ('opening', 'repaired')) = (reason is not null))
);
-- What was there before the platform is taken over once.
create unique index reconciliation_history_opening on reconciliation_history (asset) where kind = 'opening';
create trigger reconciliation_history_immutable before update or delete on reconciliation_history
    for each row execute function refuse_change();

-- The newest finding per asset: USD, or a symbol in units.
create table reconciliation_assets (
    asset      text primary key,
    status     text not null check (status in ('matches', 'in_flight', 'drift', 'opening')),
    expected   numeric not null,
    actual     numeric not null,
    -- Orders at the broker may still move it.
    in_flight  boolean not null,
    -- How the expected amount is made up.
    users      numeric not null,
    house      numeric not null,
    suspense   numeric not null,
    rounding   numeric not null,
    -- The drift that stands, and by how much.
    drift_id   bigint references reconciliation_history (id),
    drift      numeric not null default 0,
    since      timestamptz not null,
    checked_at timestamptz not null,
    check (expected = users + house + suspense + rounding),
    check ((status = 'drift') = (drift_id is not null)),
    check ((status = 'drift') = (drift <> 0))
);

-- Accounts that began anew. What they were before stays in the ledger and in every history.
create table account_resets (
    id        uuid primary key,
    user_id   uuid not null references users (id),
    at        timestamptz not null,
    -- The same on the market's clock: equity counts from here.
    market_at timestamptz not null,
    deposit   numeric not null check (deposit > 0),
    reason    text check (length(reason) between 1 and 500)
);
create index account_resets_user on account_resets (user_id, at desc);

-- Last word before an account begins anew: no session may start meanwhile. Whoever starts one locks the same row.
create function assert_no_sessions(p_user uuid) returns void
language plpgsql as $$
begin
    perform 1 from accounts where user_id = p_user for update;
    if exists (select 1 from sessions where user_id = p_user and ended_at is null) then
        raise exception 'a session of % has begun', p_user using errcode = 'SF003';
    end if;
end $$;
