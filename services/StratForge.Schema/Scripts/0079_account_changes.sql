-- What was done to accounts that is not their owners' everyday business, for good: who, what, when, to whom.
create table account_changes (
    id       bigint generated always as identity primary key,
    at       timestamptz not null,
    actor_id uuid not null references users (id),
    action   text not null check (action in ('user_added', 'user_locked', 'user_unlocked', 'password_link_made', 'password_set')),
    user_id  uuid not null references users (id),
    reason   text check (length(reason) between 1 and 500)
);
create index account_changes_user on account_changes (user_id, id desc);
create trigger account_changes_immutable before update or delete on account_changes
    for each row execute function refuse_change();
