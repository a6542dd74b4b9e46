-- A locked account lets nobody in (docs/identity.md). What belongs to it stays.
alter table users add column locked_at timestamptz;
alter table users add column lock_reason text check (length(lock_reason) between 1 and 500);
alter table users add constraint users_lock_check check (lock_reason is null or locked_at is not null);

-- The list of users, newest first.
create index users_newest on users (created_at desc, id desc);
