-- Running workers. All leases of a worker are this one row: renewing a thousand of them changes one row, and a session's own row changes
-- only when it changes hands.
create table workers (
    id               text primary key,
    -- Sessions it can run: its weight when they are shared out.
    capacity         integer not null check (capacity > 0),
    -- Advisory lock that it holds on the connection of its heartbeat: gone at the moment the process is.
    presence_key     bigint not null,
    started_at       timestamptz not null,
    seen_at          timestamptz not null,
    lease_expires_at timestamptz not null,
    -- It goes down and takes nothing more.
    leaving          boolean not null default false
);
create index workers_lease on workers (lease_expires_at);

-- Workers whose sessions are theirs. One that was killed is not among them two seconds after its last heartbeat, since its lock is gone. One
-- that hangs or can't reach the database keeps its sessions until its lease runs out: it may be slow, not dead.
create view live_workers as
select w.id, w.capacity, w.leaving
from workers w
where w.lease_expires_at > now()
  and (w.seen_at > now() - interval '2 seconds'
       or exists (
           select from pg_locks l
           where l.locktype = 'advisory' and l.granted and l.objsubid = 1
             and l.database = (select oid from pg_database where datname = current_database())
             and (l.classid::bigint << 32) | l.objid::bigint = w.presence_key));

-- The worker that runs a session is alive as long as its row says so. From here on lease_expires_at is the moment from which the end of a
-- session without a worker is waited for; claims clear it.
create index sessions_owner on sessions (lease_owner) where ended_at is null and lease_owner is not null;
update sessions set lease_expires_at = null where ended_at is null;
