-- Bars that somebody fetches from the broker or brings in a file. A download is resumed where it stood when its gateway died.
create table market_data_jobs (
    id               uuid primary key,
    user_id          uuid not null references users (id),
    kind             text not null check (kind in ('download', 'import')),
    status           text not null check (status in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELED')),
    symbols          text[] not null,
    timeframe        text not null check (timeframe in ('1m', '1d')),
    starts_at        timestamptz,
    ends_at          timestamptz,
    next_symbol      integer not null default 0,
    next_at          timestamptz,
    lines            bigint not null default 0,
    stored           bigint not null default 0,
    known            bigint not null default 0,
    rejected         bigint not null default 0,
    problems         jsonb not null default '[]',
    error            text,
    cancel_requested boolean not null default false,
    created_at       timestamptz not null,
    started_at       timestamptz,
    heartbeat_at     timestamptz,
    ended_at         timestamptz,
    check ((ended_at is not null) = (status in ('COMPLETED', 'FAILED', 'CANCELED'))),
    check (kind = 'import' or (starts_at is not null and ends_at is not null and starts_at <= ends_at))
);
create index market_data_jobs_open on market_data_jobs (created_at) where status in ('QUEUED', 'RUNNING');
create index market_data_jobs_by_user on market_data_jobs (user_id, created_at desc);
