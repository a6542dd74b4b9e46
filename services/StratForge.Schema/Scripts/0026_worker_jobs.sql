-- What a user asks for that takes longer than a request: some worker does it in the cage. A job belongs to a live worker, or to whoever takes it
-- (see live_workers); it may be begun again, so what it does has to stand repetition.
create table worker_jobs (
    id             uuid primary key,
    user_id        uuid not null references users (id),
    kind           text not null check (length(kind) between 1 and 32),
    -- What it is about: the session of a replay.
    subject_id     uuid,
    request        jsonb not null default '{}'::jsonb,
    status         text not null default 'QUEUED' check (status in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELED')),
    -- Share of the work that is done.
    progress       double precision not null default 0 check (progress between 0 and 1),
    cancel_asked   boolean not null default false,
    result         jsonb,
    failure_code   text,
    failure_detail text,
    attempts       integer not null default 0,
    lease_owner    text,
    lease_epoch    bigint not null default 0,
    created_at     timestamptz not null,
    started_at     timestamptz,
    ended_at       timestamptz,
    check ((status in ('COMPLETED', 'FAILED', 'CANCELED')) = (ended_at is not null)),
    check ((status = 'COMPLETED') = (result is not null)),
    check ((status = 'FAILED') = (failure_code is not null))
);
create index worker_jobs_open on worker_jobs (created_at) where ended_at is null;
create index worker_jobs_subject on worker_jobs (subject_id, kind, created_at desc, id desc);
create index worker_jobs_user_open on worker_jobs (user_id, kind) where ended_at is null;
