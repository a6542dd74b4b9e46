-- What is deleted when it is old (docs/operating.md).

-- Logs and tape of a session go some time after its end. From the moment that stands here nobody is shown them any more; they are deleted after it,
-- some rows at a time, and when none is left that is noted, so that the session is not looked at again.
alter table sessions
    add column logs_gone_at timestamptz,
    add column tape_gone_at timestamptz,
    add column logs_cleared boolean not null default false,
    add column tape_cleared boolean not null default false,
    add check (ended_at is not null or (logs_gone_at is null and tape_gone_at is null)),
    add check (logs_gone_at is not null or not logs_cleared),
    add check (tape_gone_at is not null or not tape_cleared);
create index sessions_logs_to_clear on sessions (ended_at, id) where ended_at is not null and not logs_cleared;
create index sessions_tape_to_clear on sessions (ended_at, id) where ended_at is not null and not tape_cleared;

-- Events of a user up to this one are gone, but for those that an open session was not told yet: whoever asks for what follows an earlier one has
-- missed some. The newest event of a user always stays. No reference, as in user_events (docs/adr/0007).
create table user_event_floors (
    user_id      uuid primary key,
    gone_through bigint not null check (gone_through > 0)
);

-- Broker orders that are over, by an instant that never changes: an order's changes in place stay that.
create index broker_orders_over on broker_orders (created_at) where status in ('filled', 'canceled', 'expired', 'rejected');

create index worker_jobs_ended on worker_jobs (ended_at) where ended_at is not null;
create index market_data_jobs_ended on market_data_jobs (ended_at) where ended_at is not null;
